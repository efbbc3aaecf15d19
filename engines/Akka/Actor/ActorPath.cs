using System.Globalization;

namespace Akka.Actor;

/// <summary>An actor's name in its tree: <c>akka://System/user/parent/child</c>. Comparisons leave the uid out.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    /// <summary>What a name may hold besides letters and digits.</summary>
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private string _text;
    private string _textWithUid;
    private Tuple<Address, string> _textForOthers;

    /// <summary>A root.</summary>
    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
        Elements = [];
    }

    /// <summary>A child; uid 0 means any incarnation.</summary>
    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        Parent = parentPath;
        Address = parentPath.Address;
        Name = name;
        Uid = uid;
        Elements = [.. parentPath.Elements, name];
    }

    /// <summary>The last element.</summary>
    public string Name { get; }

    /// <summary>The system.</summary>
    public Address Address { get; }

    /// <summary>Tells incarnations under one name apart; 0 if unknown.</summary>
    public long Uid { get; }

    /// <summary>The path above, or null at the root.</summary>
    public ActorPath Parent { get; }

    /// <summary>How many elements there are below the root.</summary>
    public int Depth => Elements.Count;

    /// <summary>The names from the root down.</summary>
    public IReadOnlyList<string> Elements { get; }

    /// <summary>The root.</summary>
    public ActorPath Root => Parent == null ? this : Parent.Root;

    /// <summary>The path of a child.</summary>
    public static ActorPath operator /(ActorPath path, string name) => new ChildActorPath(path, name, 0);

    /// <summary>The path of a descendant.</summary>
    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(n => n.Length > 0).Aggregate(path, (parent, n) => parent / n);

    /// <summary>Whether both name the same place.</summary>
    public static bool operator ==(ActorPath left, ActorPath right) => Equals(left, right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(ActorPath left, ActorPath right) => !Equals(left, right);

    /// <summary>Whether the text may name an actor.</summary>
    public static bool IsValidPathElement(string s) =>
        !string.IsNullOrEmpty(s) && s[0] != '$' && s.All(c => char.IsAsciiLetterOrDigit(c) || ValidSymbols.Contains(c) || c == '%');

    /// <summary>Reads a full path, with or without uid.</summary>
    /// <exception cref="UriFormatException">The text is no path.</exception>
    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed : throw new UriFormatException($"'{path}' is no path of an actor.");

    /// <summary>Reads a full path if the text is one.</summary>
    public static bool TryParse(string path, out ActorPath actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address, out var rest)) return false;
        long uid = 0;
        var hash = rest.IndexOf('#');
        if (hash >= 0)
        {
            if (!long.TryParse(rest.AsSpan(hash + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out uid)) return false;
            rest = rest[..hash];
        }

        actorPath = (new RootActorPath(address) / rest.Split('/')).WithUid(uid);
        return true;
    }

    /// <summary>The same place, that incarnation.</summary>
    public ActorPath WithUid(long uid) => Parent == null || uid == Uid ? this : new ChildActorPath(Parent, Name, uid);

    /// <summary>The path of a child.</summary>
    public ActorPath Child(string childName) => this / childName;

    /// <summary><c>/user/parent/child</c>.</summary>
    public string ToStringWithoutAddress() => "/" + string.Join('/', Elements);

    /// <summary>With the address and, if known, the uid.</summary>
    public string ToStringWithUid() => _textWithUid ??= WithUid(ToString());

    /// <summary>With the address.</summary>
    public string ToStringWithAddress() => ToString();

    /// <summary>With the given address in place of a local one.</summary>
    public string ToStringWithAddress(Address address) =>
        (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    /// <summary>With address and uid, as it crosses the network.</summary>
    public string ToSerializationFormat() => ToStringWithUid();

    /// <summary>As it crosses the network, with the given address in place of a local one.</summary>
    public string ToSerializationFormatWithAddress(Address address)
    {
        // One system has one address that others know, so the last text is the next one too.
        if (_textForOthers is not { } last || last.Item1 != address)
            _textForOthers = last = Tuple.Create(address, WithUid(ToStringWithAddress(address)));
        return last.Item2;
    }

    /// <inheritdoc/>
    public bool Equals(ActorPath other) =>
        ReferenceEquals(this, other) || (other is not null && Name == other.Name && Address == other.Address && Equals(Parent, other.Parent));

    /// <inheritdoc/>
    public override bool Equals(object obj) => Equals(obj as ActorPath);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public int CompareTo(ActorPath other) => string.CompareOrdinal(ToString(), other?.ToString());

    /// <inheritdoc/>
    public override string ToString() => _text ??= Address + ToStringWithoutAddress();

    private string WithUid(string text) => Uid == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}#{Uid}");
}

/// <summary>The top of a system's tree.</summary>
public sealed class RootActorPath : ActorPath
{
    /// <summary>Of the system at the address.</summary>
    public RootActorPath(Address address, string name = "") : base(address, name)
    {
    }
}

/// <summary>A place below another.</summary>
public sealed class ChildActorPath : ActorPath
{
    /// <summary>Below the parent; uid 0 means any incarnation.</summary>
    public ChildActorPath(ActorPath parentPath, string name, long uid) : base(parentPath, name, uid)
    {
    }
}
