using System.Buffers;
using System.IO.Compression;

namespace Grpc.Core.Internal;

/// <summary>Unpacks messages that a peer sent compressed. This side never compresses.</summary>
internal static class Compression
{
    /// <param name="message">The compressed message.</param>
    /// <param name="encoding">The peer's <c>grpc-encoding</c>, if it sent one.</param>
    /// <param name="limit">The largest message allowed, in bytes, unpacked; null is no limit.</param>
    /// <exception cref="RpcException">The encoding is unknown or missing, or the message too large.</exception>
    public static ReadOnlySequence<byte> Decompress(ReadOnlySequence<byte> message, string? encoding, int? limit)
    {
        if (encoding is null or WireNames.Identity)
        {
            throw new RpcException(new Status(
                StatusCode.Internal,
                $"A message is marked as compressed, but its grpc-encoding is '{encoding ?? "missing"}'."));
        }

        if (encoding != WireNames.Gzip)
        {
            throw new RpcException(new Status(
                StatusCode.Unimplemented,
                $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {WireNames.SupportedEncodings}"));
        }

        using var gzip = new GZipStream(new MemoryStream(message.ToArray()), CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        Span<byte> piece = stackalloc byte[4096];
        int read;
        while ((read = gzip.Read(piece)) > 0)
        {
            // A few bytes can unpack to gigabytes, so the limit has to hold on the way, not at the end.
            if (unpacked.Length + read > (limit ?? int.MaxValue))
                throw Framing.TooLarge();

            unpacked.Write(piece[..read]);
        }

        return new ReadOnlySequence<byte>(unpacked.GetBuffer(), 0, (int)unpacked.Length);
    }
}
