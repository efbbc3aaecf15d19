using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Cluster;

/// <summary>The cluster's messages as bytes.</summary>
internal sealed class ClusterMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 5;

    public override string Manifest(object o) => o switch
    {
        InitJoin => "IJ",
        InitJoinAck => "IJA",
        InitJoinNack => "IJN",
        Join => "J",
        Welcome => "W",
        Gossip => "G",
        Heartbeat => "HB",
        HeartbeatRsp => "HBR",
        ExitingConfirmed => "EC",
        _ => throw new ArgumentException($"Can't serialize [{o.GetType()}] here."),
    };

    public override byte[] ToBinary(object obj)
    {
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        switch (obj)
        {
            case InitJoinAck ack:
                writer.Write(ack.Address.ToString());
                break;
            case InitJoinNack nack:
                writer.Write(nack.Address.ToString());
                break;
            case Join join:
                Write(writer, join.Node);
                Write(writer, join.Roles);
                break;
            case Welcome welcome:
                Write(writer, welcome.From);
                Write(writer, welcome.Membership);
                break;
            case Gossip gossip:
                Write(writer, gossip.From);
                Write(writer, gossip.To);
                Write(writer, gossip.Membership);
                break;
            case Heartbeat heartbeat:
                Write(writer, heartbeat.From);
                break;
            case HeartbeatRsp response:
                Write(writer, response.From);
                break;
            case ExitingConfirmed confirmed:
                Write(writer, confirmed.Node);
                break;
        }

        writer.Flush();
        return buffer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        return manifest switch
        {
            "IJ" => new InitJoin(),
            "IJA" => new InitJoinAck(Address.Parse(reader.ReadString())),
            "IJN" => new InitJoinNack(Address.Parse(reader.ReadString())),
            "J" => new Join(ReadNode(reader), ReadRoles(reader)),
            "W" => new Welcome(ReadNode(reader), ReadMembership(reader)),
            "G" => new Gossip(ReadNode(reader), ReadNode(reader), ReadMembership(reader)),
            "HB" => new Heartbeat(ReadNode(reader)),
            "HBR" => new HeartbeatRsp(ReadNode(reader)),
            "EC" => new ExitingConfirmed(ReadNode(reader)),
            _ => throw new ArgumentException($"Unknown manifest [{manifest}]"),
        };
    }

    private static void Write(BinaryWriter writer, UniqueAddress node)
    {
        writer.Write(node.Address.ToString());
        writer.Write(node.Uid);
    }

    private static UniqueAddress ReadNode(BinaryReader reader) => new(Address.Parse(reader.ReadString()), reader.ReadInt32());

    private static void Write(BinaryWriter writer, ImmutableHashSet<string> roles)
    {
        writer.Write(roles.Count);
        foreach (var role in roles) writer.Write(role);
    }

    private static ImmutableHashSet<string> ReadRoles(BinaryReader reader) => [.. Read(reader, r => r.ReadString())];

    private static void Write(BinaryWriter writer, Membership membership)
    {
        writer.Write(membership.Members.Count);
        foreach (var member in membership.Members.Values)
        {
            Write(writer, member.UniqueAddress);
            writer.Write((byte)member.Status);
            writer.Write(member.UpNumber);
            Write(writer, member.Roles);
        }

        writer.Write(membership.Rows.Count);
        foreach (var (observer, row) in membership.Rows)
        {
            Write(writer, observer);
            writer.Write(row.Version);
            writer.Write(row.Unreachable.Count);
            foreach (var node in row.Unreachable) Write(writer, node);
        }

        writer.Write(membership.Removed.Count);
        foreach (var (node, when) in membership.Removed)
        {
            Write(writer, node);
            writer.Write(when.Ticks);
        }
    }

    private static Membership ReadMembership(BinaryReader reader)
    {
        var members = Read(reader, r =>
        {
            var node = ReadNode(r);
            var status = (MemberStatus)r.ReadByte();
            var upNumber = r.ReadInt32();
            return new Member(node, upNumber, status, ReadRoles(r));
        });
        var rows = Read(reader, r =>
        {
            var observer = ReadNode(r);
            var version = r.ReadInt64();
            return KeyValuePair.Create(observer, new ReachabilityRow(version, [.. Read(r, ReadNode)]));
        });
        var removed = Read(reader, r => KeyValuePair.Create(ReadNode(r), new DateTime(r.ReadInt64(), DateTimeKind.Utc)));
        return Membership.Of(members, rows, removed);
    }

    private static List<T> Read<T>(BinaryReader reader, Func<BinaryReader, T> one)
    {
        var count = reader.ReadInt32();
        var all = new List<T>(Math.Clamp(count, 0, 1024));
        for (var i = 0; i < count; i++) all.Add(one(reader));
        return all;
    }
}
