namespace Grpc.Core.Internal;

/// <summary>Header names and values of the protocol (grpc/doc/PROTOCOL-HTTP2.md).</summary>
internal static class WireNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string SupportedEncodings = "identity,gzip";

    /// <summary>Whether a content type is gRPC's, with or without a message format or parameters.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>Whether a header belongs to the protocol itself, so that it never shows up in metadata.</summary>
    public static bool IsReserved(string header) =>
        header.Length == 0
        || header[0] == ':'
        || header.Equals(Status, StringComparison.OrdinalIgnoreCase)
        || header.Equals(Message, StringComparison.OrdinalIgnoreCase)
        || header.Equals(Encoding, StringComparison.OrdinalIgnoreCase)
        || header.Equals(AcceptEncoding, StringComparison.OrdinalIgnoreCase)
        || header.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || header.Equals("content-encoding", StringComparison.OrdinalIgnoreCase);
}
