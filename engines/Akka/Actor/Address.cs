using System.Globalization;

namespace Akka.Actor;

/// <summary>Where an actor system is: <c>akka://System</c>, or <c>akka.tcp://System@host:port</c> when others can reach it.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>The address that stands for every system.</summary>
    public static readonly Address AllSystems = new("akka", "all-systems");

    /// <summary>From its parts; host and port are null for a local address.</summary>
    public Address(string protocol, string system, string host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
    }

    /// <summary>Orders by protocol, system, host and port.</summary>
    public static IComparer<Address> Comparer { get; } = Comparer<Address>.Create(Compare);

    /// <summary>Host name or IP address, or null.</summary>
    public string Host { get; }

    /// <summary>TCP port, or null.</summary>
    public int? Port { get; }

    /// <summary>The system's name.</summary>
    public string System { get; }

    /// <summary><c>akka</c> or <c>akka.tcp</c>.</summary>
    public string Protocol { get; }

    /// <summary>Whether only this process can use it.</summary>
    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    /// <summary>Whether other systems can use it.</summary>
    public bool HasGlobalScope => !HasLocalScope;

    /// <summary>Whether both are the same address.</summary>
    public static bool operator ==(Address left, Address right) => Equals(left, right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Address left, Address right) => !Equals(left, right);

    /// <summary>Reads <c>akka.tcp://System@host:port</c>.</summary>
    /// <exception cref="UriFormatException">The text is no address.</exception>
    public static Address Parse(string address) =>
        TryParse(address, out var parsed) ? parsed : throw new UriFormatException($"'{address}' is no address of an actor system.");

    /// <summary>Reads an address if the text is one.</summary>
    public static bool TryParse(string path, out Address address) => TryParse(path, out address, out _);

    /// <summary>Reads an address and gives what follows it, from the slash on.</summary>
    public static bool TryParse(string path, out Address address, out string absolutUri)
    {
        address = null;
        absolutUri = null;
        var scheme = path?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (scheme < 0 || !path.StartsWith("akka", StringComparison.OrdinalIgnoreCase)) return false;
        var slash = path.IndexOf('/', scheme + 3);
        var authority = slash < 0 ? path[(scheme + 3)..] : path[(scheme + 3)..slash];
        absolutUri = slash < 0 ? "/" : path[slash..];
        var at = authority.IndexOf('@');
        if (at < 0)
        {
            if (authority.Length == 0) return false;
            address = new Address(path[..scheme], authority);
            return true;
        }

        var colon = authority.LastIndexOf(':');
        if (at == 0 || colon < at || !int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        address = new Address(path[..scheme], authority[..at], authority[(at + 1)..colon], port);
        return port <= ushort.MaxValue;
    }

    /// <summary>The same with another protocol.</summary>
    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    /// <summary>The same with another system name.</summary>
    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    /// <summary>The same with another host.</summary>
    public Address WithHost(string host = null) => new(Protocol, System, host, Port);

    /// <summary>The same with another port.</summary>
    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    /// <summary><c>System@host:port</c>.</summary>
    public string HostPort() => ToString()[(Protocol.Length + 3)..];

    /// <inheritdoc/>
    public int CompareTo(Address other) => Compare(this, other);

    /// <inheritdoc/>
    public bool Equals(Address other) =>
        other is not null && Port == other.Port && Host == other.Host && System == other.System && Protocol == other.Protocol;

    /// <inheritdoc/>
    public override bool Equals(object obj) => Equals(obj as Address);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Host, Port, System, Protocol);

    /// <inheritdoc/>
    public override string ToString()
    {
        if (HasLocalScope) return $"{Protocol}://{System}";
        return string.Create(CultureInfo.InvariantCulture, $"{Protocol}://{System}@{Host}:{Port}");
    }

    private static int Compare(Address left, Address right)
    {
        if (ReferenceEquals(left, right)) return 0;
        if (left is null) return -1;
        if (right is null) return 1;
        var order = string.CompareOrdinal(left.Protocol, right.Protocol);
        if (order == 0) order = string.CompareOrdinal(left.System, right.System);
        if (order == 0) order = string.CompareOrdinal(left.Host, right.Host);
        return order != 0 ? order : Nullable.Compare(left.Port, right.Port);
    }
}
