using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Takes requests off the body of an HTTP request; a marshaller reads them in the server's own buffers.
/// </summary>
internal sealed class RequestReader<TRequest>(
    HttpContext http, Func<DeserializationContext, TRequest> deserializer, int? limit)
    where TRequest : class
{
    private readonly PipeReader _body = http.Request.BodyReader;
    private readonly string? _encoding = http.Request.Headers[WireNames.Encoding];
    private readonly PayloadContext _context = new();

    /// <summary>The next request, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">The message is incomplete, too large, or in an unknown encoding.</exception>
    public async ValueTask<TRequest?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _body.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool taken = false;
            try
            {
                if (TryTake(ref buffer, out TRequest? message))
                {
                    taken = true;
                    return message;
                }

                if (!result.IsCompleted)
                    continue;
                return buffer.IsEmpty
                    ? null
                    : throw new RpcException(new Status(StatusCode.Internal, "Incomplete message."));
            }
            finally
            {
                // Everything counts as seen while a message is incomplete; that also opens the flow-control window for
                // the rest of a message that is larger than the window.
                _body.AdvanceTo(buffer.Start, taken ? buffer.Start : buffer.End);
            }
        }
    }

    /// <summary>The one request of a call.</summary>
    /// <exception cref="RpcException">There is no message, or more than one.</exception>
    public async ValueTask<TRequest> ReadSingleAsync(CancellationToken cancellationToken)
    {
        TRequest request = await ReadAsync(cancellationToken)
            ?? throw new RpcException(new Status(StatusCode.Internal, "Incomplete message."));

        ReadResult rest = await _body.ReadAsync(cancellationToken);
        bool more = !rest.Buffer.IsEmpty;
        _body.AdvanceTo(rest.Buffer.End);
        return more
            ? throw new RpcException(new Status(StatusCode.Internal, "Additional data after the message received."))
            : request;
    }

    private bool TryTake(ref ReadOnlySequence<byte> buffer, out TRequest? message)
    {
        message = null;
        if (buffer.Length < Framing.HeaderSize)
            return false;

        Span<byte> header = stackalloc byte[Framing.HeaderSize];
        buffer.Slice(0, Framing.HeaderSize).CopyTo(header);
        (bool compressed, int length) = Framing.Read(header, limit);
        if (buffer.Length - Framing.HeaderSize < length)
            return false;

        ReadOnlySequence<byte> payload = buffer.Slice(Framing.HeaderSize, length);
        buffer = buffer.Slice(payload.End);
        message = _context.Deserialize(
            deserializer, compressed ? Compression.Decompress(payload, _encoding, limit) : payload);
        return true;
    }
}
