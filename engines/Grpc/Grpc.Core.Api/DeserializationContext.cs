using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller finds a message.</summary>
public abstract class DeserializationContext
{
    /// <summary>The message's size in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message, copied into a new array.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>
    /// The message in the transport's own memory. Valid only until the deserializer returns: what is to be kept has to
    /// be copied.
    /// </summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
