using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>Reads what a response says about the call: its headers, its status, its trailers.</summary>
internal static class ResponseHead
{
    /// <summary>
    /// A status that is known before the body: the server sent it with the headers ("trailers-only"), or the response
    /// is not gRPC's at all. Null when the call goes on.
    /// </summary>
    public static Status? EarlyStatus(HttpResponseMessage response, out bool fromServer)
    {
        Status? sent = StatusIn(response.Headers);
        fromServer = sent is not null;
        if (fromServer)
            return sent;

        if (response.Version < HttpVersion.Version20)
        {
            return new Status(
                StatusCode.Internal,
                $"Bad gRPC response. Response protocol downgraded to HTTP/{response.Version.ToString(2)}.");
        }

        int http = (int)response.StatusCode;
        if (http != 200)
            return new Status(CodeOf(http), $"Bad gRPC response. HTTP status code: {http}");

        string? contentType = FirstOf(response.Content.Headers, "Content-Type");
        return WireNames.IsGrpc(contentType)
            ? null
            : new Status(
                StatusCode.Cancelled, $"Bad gRPC response. Invalid content-type value: {contentType ?? "none"}");
    }

    /// <summary>The status in the trailers, once the body was read to its end.</summary>
    public static Status FinalStatus(HttpResponseMessage response) =>
        StatusIn(response.TrailingHeaders) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response.");

    public static string? EncodingOf(HttpResponseMessage response) => FirstOf(response.Headers, WireNames.Encoding);

    public static Metadata MetadataOf(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            foreach (string value in values)
                HeaderValues.Add(metadata, name, value);
        }

        return metadata;
    }

    private static Status? StatusIn(HttpHeaders headers)
    {
        string? code = FirstOf(headers, WireNames.Status);
        if (code is null)
            return null;
        if (!int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return new Status(StatusCode.Cancelled, $"Unexpected grpc-status value: {code}");

        string message = FirstOf(headers, WireNames.Message) ?? "";
        return new Status((StatusCode)number, PercentEncoding.Decode(message));
    }

    private static string? FirstOf(HttpHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
            return null;
        foreach (string value in values)
            return value;
        return null;
    }

    /// <summary>What an HTTP error means (grpc/doc/http-grpc-status-mapping.md).</summary>
    private static StatusCode CodeOf(int httpStatus) => httpStatus switch
    {
        400 or 431 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        >= 100 and < 200 => StatusCode.Internal,
        _ => StatusCode.Unknown,
    };
}
