using System.Collections.Concurrent;
using System.Text;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>Any Protobuf message; the manifest is its type's name.</summary>
public class ProtobufSerializer : Serializer
{
    private static readonly ConcurrentDictionary<Type, MessageParser> Parsers = new();

    /// <summary>For a system.</summary>
    public ProtobufSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => 2;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => obj is IMessage message
        ? message.ToByteArray()
        : throw new ArgumentException($"Can't serialize a non-protobuf message using protobuf [{obj.GetType()}]");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => Parsers.GetOrAdd(type, ParserOf).ParseFrom(bytes);

    private static MessageParser ParserOf(Type type) => Activator.CreateInstance(type) is IMessage message
        ? message.Descriptor.Parser
        : throw new ArgumentException($"Can't deserialize a non-protobuf message using protobuf [{type}]");
}

/// <summary>Texts, whole numbers and bytes.</summary>
internal sealed class PrimitiveSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public static readonly Type[] Types = [typeof(string), typeof(int), typeof(long), typeof(byte[])];

    public override int Identifier => 17;

    public override string Manifest(object o) => o switch { string => "S", int => "I", long => "L", _ => "B" };

    public override byte[] ToBinary(object obj) => obj switch
    {
        string text => Encoding.UTF8.GetBytes(text),
        int number => BitConverter.GetBytes(number),
        long number => BitConverter.GetBytes(number),
        _ => (byte[])obj,
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "S" => Encoding.UTF8.GetString(bytes),
        "I" => BitConverter.ToInt32(bytes),
        "L" => BitConverter.ToInt64(bytes),
        _ => bytes,
    };
}

/// <summary>The engine's own messages that users meet: questions of identity, ends, outcomes, heartbeats.</summary>
internal sealed class MiscMessageSerializer(ActorSystemImpl owner) : SerializerWithStringManifest(owner)
{
    public static readonly Type[] Types =
    [
        typeof(Identify), typeof(ActorIdentity), typeof(PoisonPill), typeof(Kill), typeof(Status.Success), typeof(Status.Failure),
        typeof(ActorSelectionMessage), typeof(RemoteWatcher.Heartbeat), typeof(RemoteWatcher.HeartbeatResponse),
    ];

    public override int Identifier => 16;

    public override string Manifest(object o) => o switch
    {
        Identify => "ID",
        ActorIdentity => "AID",
        PoisonPill => "PP",
        Kill => "K",
        Status.Success => "SS",
        Status.Failure => "SF",
        ActorSelectionMessage => "SEL",
        RemoteWatcher.Heartbeat => "HB",
        RemoteWatcher.HeartbeatResponse => "HBR",
        _ => throw new ArgumentException($"Can't serialize [{o.GetType()}] here."),
    };

    public override byte[] ToBinary(object obj)
    {
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        switch (obj)
        {
            case Identify identify:
                WritePayload(writer, identify.MessageId);
                break;
            case ActorIdentity identity:
                WritePayload(writer, identity.MessageId);
                writer.Write(identity.Subject == null ? "" : owner.Provider.PathForOthers(identity.Subject));
                break;
            case Status.Success success:
                WritePayload(writer, success.Status);
                break;
            case Status.Failure failure:
                writer.Write(failure.Cause?.GetType().FullName ?? "");
                writer.Write(failure.Cause?.Message ?? "");
                break;
            case ActorSelectionMessage selection:
                writer.Write(selection.Elements.Length);
                foreach (var element in selection.Elements) writer.Write(element);
                WritePayload(writer, selection.Message);
                break;
            case RemoteWatcher.HeartbeatResponse response:
                writer.Write(response.Uid);
                break;
        }

        writer.Flush();
        return buffer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        switch (manifest)
        {
            case "ID":
                return new Identify(ReadPayload(reader));
            case "AID":
                var id = ReadPayload(reader);
                var path = reader.ReadString();
                return new ActorIdentity(id, path.Length == 0 ? null : owner.Provider.ResolveActorRef(path));
            case "PP":
                return PoisonPill.Instance;
            case "K":
                return Kill.Instance;
            case "SS":
                return new Status.Success(ReadPayload(reader));
            case "SF":
                var type = reader.ReadString();
                return new Status.Failure(new RemoteFailureException(type, reader.ReadString()));
            case "SEL":
                var elements = new string[reader.ReadInt32()];
                for (var i = 0; i < elements.Length; i++) elements[i] = reader.ReadString();
                return new ActorSelectionMessage(ReadPayload(reader), elements);
            case "HB":
                return RemoteWatcher.Heartbeat.Instance;
            case "HBR":
                return new RemoteWatcher.HeartbeatResponse(reader.ReadInt32());
            default:
                throw new ArgumentException($"Unknown manifest [{manifest}]");
        }
    }

    private void WritePayload(BinaryWriter writer, object payload)
    {
        writer.Write(payload != null);
        if (payload != null) WireFormat.WriteMessage(writer, owner.Serialization, payload);
    }

    private object ReadPayload(BinaryReader reader) => reader.ReadBoolean() ? WireFormat.ReadMessage(reader, owner.Serialization) : null;
}

/// <summary>An error that happened in another system; its type's name stands in the message.</summary>
public class RemoteFailureException(string type, string message) : AkkaException($"{message} ({type}, in another actor system)");
