using System.Buffers;

namespace Grpc.Core;

/// <summary>
/// Where a marshaller puts a message. Either <see cref="Complete(byte[])"/> alone, or an optional
/// <see cref="SetPayloadLength"/>, then <see cref="GetBufferWriter"/>, then <see cref="Complete()"/>.
/// </summary>
public abstract class SerializationContext
{
    /// <summary>Hands over the whole message.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>The writer for the message's bytes.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>
    /// Announces the exact size in bytes. With it the bytes go straight into the buffer that is sent; without it they
    /// are collected first.
    /// </summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends a message written through <see cref="GetBufferWriter"/>.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
