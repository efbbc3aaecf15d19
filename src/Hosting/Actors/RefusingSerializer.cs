using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>
/// Stands where Akka.NET has its JSON serializer, which takes any type and makes whatever type a message from outside names. This one
/// makes nothing: what is no Protobuf message neither leaves this node nor enters it.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>The JSON serializer's number, by which a message from outside asks for it.</summary>
    private const int JsonIdentifier = 1;

    /// <param name="system">The node's actor system.</param>
    /// <param name="settings">The JSON serializer's settings, which mean nothing here.</param>
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
