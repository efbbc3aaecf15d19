using System.Text;
using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Remote;

/// <summary>
/// The wire: frames of a 4-byte little-endian length and a body whose first byte is the kind. Both sides of a connection first
/// send <see cref="FrameKind.Associate"/>; then the connecting side sends messages and the other reads.
/// </summary>
internal static class WireFormat
{
    public const int Magic = 0x31414b41;

    public static byte[] Associate(Address from, int uid, string to) => Frame(FrameKind.Associate, writer =>
    {
        writer.Write(Magic);
        writer.Write(from.ToString());
        writer.Write(uid);
        writer.Write(to);
    });

    public static byte[] Refuse(string reason) => Frame(FrameKind.Refuse, writer => writer.Write(reason));

    public static byte[] Message(Akka.Serialization.Serialization serialization, string recipient, string sender, object message) =>
        Frame(FrameKind.Message, writer =>
        {
            writer.Write(recipient);
            writer.Write(sender);
            WriteMessage(writer, serialization, message);
        });

    public static byte[] System(ActorRefProvider provider, string recipient, SystemMessage message) => Frame(FrameKind.System, writer =>
    {
        writer.Write(recipient);
        switch (message)
        {
            case Watch watch:
                writer.Write((byte)SystemKind.Watch);
                writer.Write(provider.PathForOthers(watch.Watcher));
                break;
            case Unwatch unwatch:
                writer.Write((byte)SystemKind.Unwatch);
                writer.Write(provider.PathForOthers(unwatch.Watcher));
                break;
            case DeathWatchNotification dead:
                writer.Write((byte)SystemKind.Dead);
                writer.Write(provider.PathForOthers(dead.Actor));
                writer.Write(dead.ExistenceConfirmed);
                break;
            case Terminate:
                writer.Write((byte)SystemKind.Stop);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} does not cross the network.");
        }
    });

    public static void WriteMessage(BinaryWriter writer, Akka.Serialization.Serialization serialization, object message)
    {
        var serializer = serialization.FindSerializerFor(message);
        var bytes = serializer.ToBinary(message);
        writer.Write(serializer.Identifier);
        writer.Write(Akka.Serialization.Serialization.ManifestFor(serializer, message));
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    public static object ReadMessage(BinaryReader reader, Akka.Serialization.Serialization serialization)
    {
        var id = reader.ReadInt32();
        var manifest = reader.ReadString();
        var bytes = reader.ReadBytes(reader.ReadInt32());
        return serialization.Deserialize(bytes, id, manifest);
    }

    public static BinaryReader Reader(byte[] body) => new(new MemoryStream(body, 1, body.Length - 1), Encoding.UTF8);

    /// <summary>Reads one frame's body; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The length is out of range.</exception>
    public static async ValueTask<byte[]> ReadFrame(Stream stream, int maximum, CancellationToken token)
    {
        var head = new byte[4];
        var read = await stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, token).ConfigureAwait(false);
        if (read == 0) return null;
        var length = read == 4 ? BitConverter.ToInt32(head) : -1;
        if (length <= 0 || length > maximum) throw new InvalidDataException($"A frame of {length} bytes; between 1 and {maximum} are allowed.");
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, token).ConfigureAwait(false);
        return body;
    }

    private static byte[] Frame(FrameKind kind, Action<BinaryWriter> write)
    {
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(0);
        writer.Write((byte)kind);
        write(writer);
        writer.Flush();
        var frame = buffer.ToArray();
        BitConverter.TryWriteBytes(frame, frame.Length - 4);
        return frame;
    }
}

internal enum FrameKind : byte
{
    Associate = 1,
    Refuse = 2,
    Message = 3,
    System = 4,
}

internal enum SystemKind : byte
{
    Watch = 1,
    Unwatch = 2,
    Dead = 3,
    Stop = 4,
}
