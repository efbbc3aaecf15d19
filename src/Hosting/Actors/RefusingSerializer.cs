using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>
/// Replaces Akka.NET's JSON serializer, which serializes any type and creates objects of any type that a received message names. This
/// serializer refuses everything, so that only Protobuf messages enter or leave this node.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>Identifier of the JSON serializer in received messages.</summary>
    private const int JsonIdentifier = 1;

    /// <param name="system">The node's actor system.</param>
    /// <param name="settings">The JSON serializer's settings; unused.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => JsonIdentifier;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw new SerializationException(
        $"A message of type {obj.GetType()} was not sent: only Protobuf messages go to other nodes. Give it a message in cluster.proto.");

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException(
        $"A message of {bytes.Length} bytes was not read: it came in JSON (type '{type?.FullName ?? "not named"}'), and only Protobuf "
        + "messages are taken from other nodes.");
}
