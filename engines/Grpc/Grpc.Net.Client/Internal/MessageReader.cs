using System.Buffers;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>Takes messages off a response's body. One for each call; not for two reads at once.</summary>
internal sealed class MessageReader<T>(Func<DeserializationContext, T> deserializer, int? limit)
    where T : class
{
    private readonly byte[] _header = new byte[Framing.HeaderSize];
    private readonly PayloadContext _context = new();

    /// <summary>The next message, or null at the end of the body.</summary>
    /// <exception cref="InvalidDataException">The body ends within a message.</exception>
    /// <exception cref="RpcException">The message is too large or its encoding unknown.</exception>
    public async ValueTask<T?> ReadAsync(Stream stream, string? encoding, CancellationToken cancellationToken)
    {
        int received = await stream
            .ReadAtLeastAsync(_header, Framing.HeaderSize, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        if (received == 0)
            return null;
        if (received < Framing.HeaderSize)
            throw EndedWithin("header", received, Framing.HeaderSize);

        (bool compressed, int length) = Framing.Read(_header, limit);
        if (length == 0 && !compressed)
            return _context.Deserialize(deserializer, ReadOnlySequence<byte>.Empty);

        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            received = await stream
                .ReadAtLeastAsync(buffer.AsMemory(0, length), length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            if (received < length)
                throw EndedWithin("message", received, length);

            var payload = new ReadOnlySequence<byte>(buffer, 0, length);
            if (compressed)
                payload = Compression.Decompress(payload, encoding, limit);
            return _context.Deserialize(deserializer, payload);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads to the end of the body, where the trailers are.</summary>
    /// <exception cref="InvalidDataException">More than one message came.</exception>
    public async ValueTask ExpectEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (await stream.ReadAsync(_header, cancellationToken).ConfigureAwait(false) > 0)
            throw new InvalidDataException("The server sent more than one message for a call with one response.");
    }

    private static InvalidDataException EndedWithin(string part, int received, int length) =>
        new($"The response ended after {received} of the {length} bytes of a {part}.");
}
