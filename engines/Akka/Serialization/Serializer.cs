using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Turns objects into bytes and back.</summary>
public abstract class Serializer
{
    /// <summary>The system it works for.</summary>
    protected readonly ExtendedActorSystem system;

    /// <summary>For a system.</summary>
    protected Serializer(ExtendedActorSystem system) => this.system = system;

    /// <summary>The same number in every process; up to 40 is taken. By default from <c>akka.actor.serialization-identifiers</c>.</summary>
    /// <exception cref="ArgumentException">The configuration has none for this type.</exception>
    public virtual int Identifier
    {
        get
        {
            foreach (var (name, id) in system.Settings.Config.GetConfig("akka.actor.serialization-identifiers").Texts())
            {
                if (TypeNames.Find(name) == GetType()) return int.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
            }

            throw new ArgumentException($"Couldn't find serializer id for [{GetType()}] under [akka.actor.serialization-identifiers] HOCON path");
        }
    }

    /// <summary>Whether the type's name goes with the bytes.</summary>
    public abstract bool IncludeManifest { get; }

    /// <summary>The bytes of an object.</summary>
    public abstract byte[] ToBinary(object obj);

    /// <summary>The object of some bytes.</summary>
    public abstract object FromBinary(byte[] bytes, Type type);
}

/// <summary>A serializer that names what it wrote by a text of its own.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    /// <summary>For a system.</summary>
    protected SerializerWithStringManifest(ExtendedActorSystem system) : base(system)
    {
    }

    /// <inheritdoc/>
    public sealed override bool IncludeManifest => true;

    /// <inheritdoc/>
    public sealed override object FromBinary(byte[] bytes, Type type) => FromBinary(bytes, TypeNames.Of(type));

    /// <summary>The object of some bytes.</summary>
    public abstract object FromBinary(byte[] bytes, string manifest);

    /// <summary>The text that goes with an object.</summary>
    public abstract string Manifest(object o);
}
