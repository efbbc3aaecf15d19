using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Serialization;

namespace Akka.Serialization;

/// <summary>
/// Finds the serializer for an object: the engine's own for its messages, Protobuf for <c>Google.Protobuf.IMessage</c>, and those
/// of <c>akka.actor.serializers</c> by <c>akka.actor.serialization-bindings</c>. There is none for other objects.
/// </summary>
public class Serialization
{
    private readonly ConcurrentDictionary<Type, Serializer> _byType = new();
    private readonly Dictionary<int, Serializer> _byId = [];
    private readonly List<(Type Type, Serializer Serializer)> _bindings = [];

    internal Serialization(ActorSystemImpl system)
    {
        System = system;
        var byName = new Dictionary<string, Serializer>
        {
            ["akka-misc"] = new MiscMessageSerializer(system),
            ["akka-cluster"] = new Cluster.ClusterMessageSerializer(system),
            ["primitive"] = new PrimitiveSerializer(system),
            ["proto"] = new ProtobufSerializer(system),
        };
        foreach (var type in MiscMessageSerializer.Types) _bindings.Add((type, byName["akka-misc"]));
        foreach (var type in PrimitiveSerializer.Types) _bindings.Add((type, byName["primitive"]));
        _bindings.Add((typeof(Cluster.IClusterMessage), byName["akka-cluster"]));
        _bindings.Add((typeof(Google.Protobuf.IMessage), byName["proto"]));
        var config = system.Settings.Config;
        foreach (var (name, typeName) in config.GetConfig("akka.actor.serializers").Texts()) byName[name] = Make(name, typeName);
        foreach (var serializer in byName.Values) AddSerializer(serializer);
        foreach (var (typeName, name) in config.GetConfig("akka.actor.serialization-bindings").Texts())
        {
            var type = TypeNames.Find(typeName) ?? throw new ConfigurationException(
                $"The type name for message/serializer binding '{typeName}' did not resolve to an actual Type");
            if (!byName.TryGetValue(name, out var serializer))
                throw new ConfigurationException($"Serialization binding to non existing serializer: '{name}'");
            AddSerializationMap(type, serializer);
        }
    }

    /// <summary>The system.</summary>
    public ExtendedActorSystem System { get; }

    /// <summary>The text that must go with an object's bytes.</summary>
    public static string ManifestFor(Serializer s, object msg)
    {
        if (s is SerializerWithStringManifest named) return named.Manifest(msg);
        return s.IncludeManifest ? TypeNames.Of(msg.GetType()) : "";
    }

    /// <summary>Makes a serializer known, for reading.</summary>
    public void AddSerializer(Serializer serializer)
    {
        lock (_byId) _byId[serializer.Identifier] = serializer;
    }

    /// <summary>Uses a serializer for a type and what derives from it.</summary>
    public void AddSerializationMap(Type type, Serializer serializer)
    {
        lock (_bindings)
        {
            _bindings.RemoveAll(b => b.Type == type);
            _bindings.Add((type, serializer));
        }

        _byType.Clear();
    }

    /// <summary>The object of some bytes.</summary>
    /// <exception cref="SerializationException">There is no such serializer here.</exception>
    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        Serializer serializer;
        lock (_byId) serializer = _byId.GetValueOrDefault(serializerId);
        if (serializer == null)
            throw new SerializationException($"Cannot find serializer with id [{serializerId}] (class [{manifest}]). " +
                "The most probable reason is that the configuration entry 'akka.actor.serializers' is not in sync between the two systems.");
        if (serializer is SerializerWithStringManifest named) return named.FromBinary(bytes, manifest);
        if (string.IsNullOrEmpty(manifest)) return serializer.FromBinary(bytes, null);
        var type = TypeNames.Find(manifest) ?? throw new SerializationException(
            $"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}].");
        return serializer.FromBinary(bytes, type);
    }

    /// <summary>The serializer for an object.</summary>
    /// <exception cref="SerializationException">No binding fits.</exception>
    public Serializer FindSerializerFor(object obj) => FindSerializerForType(obj.GetType());

    /// <summary>The serializer for a type: the binding nearest to it.</summary>
    /// <exception cref="SerializationException">No binding fits.</exception>
    public Serializer FindSerializerForType(Type objectType) => _byType.GetOrAdd(objectType, Nearest);

    private Serializer Nearest(Type type)
    {
        lock (_bindings)
        {
            (Type Type, Serializer Serializer) best = default;
            foreach (var binding in _bindings)
            {
                if (binding.Type.IsAssignableFrom(type) && (best.Type == null || best.Type.IsAssignableFrom(binding.Type))) best = binding;
            }

            return best.Serializer ?? throw new SerializationException(
                $"No serializer for [{type}]. Make it a Protobuf message, or bind a SerializerWithStringManifest to it in " +
                "akka.actor.serialization-bindings. This engine does not fall back to JSON.");
        }
    }

    private Serializer Make(string name, string typeName)
    {
        var type = TypeNames.Find(typeName) ?? throw new ConfigurationException(
            $"The type name for serializer '{name}' did not resolve to an actual Type: '{typeName}'");
        return (Serializer)Activator.CreateInstance(type, System);
    }
}
