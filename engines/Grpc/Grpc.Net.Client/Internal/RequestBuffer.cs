using System.Buffers;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// Collects one request, header and message in one pooled buffer, so that it takes one write. One for each call, used
/// again for each of its messages.
/// </summary>
internal sealed class RequestBuffer(int? limit) : SerializationContext
{
    private readonly PooledBufferWriter _buffer = new();
    private int _announced;
    private bool _started;
    private bool _complete;

    /// <summary>The frame with the message; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Serialize<T>(T message, Action<T, SerializationContext> serializer)
    {
        _announced = 0;
        _started = false;
        _complete = false;
        serializer(message, this);
        if (!_complete)
            throw new InvalidOperationException($"The marshaller of {typeof(T)} did not call Complete on its context.");

        int length = _buffer.Written.Length - Framing.HeaderSize;
        Framing.CheckSend(length, limit);
        Framing.Write(_buffer.Range(0, Framing.HeaderSize), length);
        return _buffer.Written;
    }

    public void Release() => _buffer.Release();

    public override void SetPayloadLength(int payloadLength)
    {
        // Checked before anything is allocated for it.
        Framing.CheckSend(payloadLength, limit);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        ThrowIfComplete();
        if (!_started)
        {
            // One byte more than needed: a writer asks for a further byte of room at the end, and that must not copy
            // it all.
            _buffer.Start(Framing.HeaderSize + _announced + 1);
            _buffer.Advance(Framing.HeaderSize);
            _started = true;
        }

        return _buffer;
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
        GetBufferWriter();
        _complete = true;
    }

    private void ThrowIfComplete()
    {
        if (_complete)
            throw new InvalidOperationException("The message was completed already.");
    }
}
