using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Writes responses into the body of an HTTP response. A message whose length the marshaller announces goes straight
/// into the server's buffers; any other is collected first, for its length comes before it.
/// </summary>
internal sealed class ResponseWriter<TResponse>(
    HttpContext http, Action<TResponse, SerializationContext> serializer, int? limit) : SerializationContext
    where TResponse : class
{
    private readonly PipeWriter _body = http.Response.BodyWriter;
    private readonly PooledBufferWriter _collected = new();
    private int? _announced;
    private IBufferWriter<byte>? _target;
    private bool _complete;

    /// <summary>
    /// Puts a message into the server's buffers, where it stays until the next flush or the end of the call.
    /// </summary>
    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        // The headers have to be on their way before the body's buffers are touched.
        if (!http.Response.HasStarted)
            await http.Response.StartAsync(cancellationToken);

        _announced = null;
        _target = null;
        _complete = false;
        try
        {
            serializer(message, this);
            if (!_complete)
            {
                throw new InvalidOperationException(
                    $"The marshaller of {typeof(TResponse)} did not call Complete on its context.");
            }
        }
        finally
        {
            _collected.Release();
        }
    }

    /// <exception cref="OperationCanceledException">The caller is gone, or the token was cancelled.</exception>
    public async Task FlushAsync(CancellationToken callToken, CancellationToken cancellationToken)
    {
        FlushResult result = await _body.FlushAsync(cancellationToken);

        // The server's flush may return as if all were well after the request was aborted.
        if (!result.IsCompleted && (callToken.IsCancellationRequested || cancellationToken.IsCancellationRequested))
            throw new OperationCanceledException("Request aborted while sending the message.");
    }

    public override void SetPayloadLength(int payloadLength)
    {
        Framing.CheckSend(payloadLength, limit);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_complete)
            throw new InvalidOperationException("The message was completed already.");
        if (_target is not null)
            return _target;

        if (_announced is not { } length)
        {
            _collected.Start(capacity: 0);
            return _target = _collected;
        }

        WriteHeader(length);
        return _target = _body;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        SetPayloadLength(payload.Length);
        GetBufferWriter().Write(payload);
        _complete = true;
    }

    public override void Complete()
    {
        if (GetBufferWriter() == _collected)
        {
            Framing.CheckSend(_collected.Written.Length, limit);
            WriteHeader(_collected.Written.Length);
            _body.Write(_collected.Written.Span);
        }

        _complete = true;
    }

    private void WriteHeader(int length)
    {
        Framing.Write(_body.GetSpan(Framing.HeaderSize), length);
        _body.Advance(Framing.HeaderSize);
    }
}
