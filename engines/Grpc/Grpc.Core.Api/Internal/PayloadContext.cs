using System.Buffers;

namespace Grpc.Core.Internal;

/// <summary>Hands a received message to a marshaller. One for each call, used again for each of its messages.</summary>
internal sealed class PayloadContext : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>Runs a deserializer over a payload that is valid only until this returns.</summary>
    public T Deserialize<T>(Func<DeserializationContext, T> deserializer, in ReadOnlySequence<byte> payload)
    {
        _payload = payload;
        try
        {
            return deserializer(this);
        }
        finally
        {
            _payload = default;
        }
    }
}
