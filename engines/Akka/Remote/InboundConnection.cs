using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Remote;

/// <summary>A connection that a peer made: what it sends is delivered here, in order.</summary>
internal sealed class InboundConnection(RemoteTransport remote, Socket socket)
{
    public const string QuarantinedReason = "quarantined";

    // Frames hold a little more than the payload that maximum-frame-size bounds on the sending side.
    private const int FrameOverhead = 64 * 1024;

    public Address Peer { get; private set; }

    public int PeerUid { get; private set; }

    public void Close() => socket.Dispose();

    public async Task Run()
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await using var buffered = new BufferedStream(stream, 64 * 1024);
            if (!await Accept(stream).ConfigureAwait(false)) return;
            while (await WireFormat.ReadFrame(buffered, remote.MaximumFrame + FrameOverhead, remote.Closing).ConfigureAwait(false) is { } body)
                Deliver(body);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            remote.Log.Debug("The connection from [{0}] broke: {1}", Peer, error.Message);
        }
        catch (Exception error)
        {
            remote.Log.Error(error, "The connection from [{0}] is closed: {1}", Peer, error.Message);
        }
        finally
        {
            remote.Forget(this);
            if (Peer != null && !remote.Closing.IsCancellationRequested)
                remote.System.EventStream.Publish(new DisassociatedEvent(remote.LocalAddress, Peer, inbound: true));
        }
    }

    private async Task<bool> Accept(NetworkStream stream)
    {
        var hello = await WireFormat.ReadFrame(stream, remote.MaximumFrame, remote.Closing).ConfigureAwait(false);
        if (hello == null) return false;
        using var reader = WireFormat.Reader(hello);
        if ((FrameKind)hello[0] != FrameKind.Associate || reader.ReadInt32() != WireFormat.Magic)
        {
            remote.Log.Warning("A connection from [{0}] does not speak this engine's protocol; closed.", socket.RemoteEndPoint);
            return false;
        }

        var peer = Address.Parse(reader.ReadString());
        var uid = reader.ReadInt32();
        var meant = Address.Parse(reader.ReadString());
        if (meant != remote.LocalAddress)
        {
            var reason = $"[{meant}] was called, but this system is [{remote.LocalAddress}]; use the address that its public-hostname gives";
            remote.Log.Error("Dropping the connection from [{0}]: {1}.", peer, reason);
            await stream.WriteAsync(WireFormat.Refuse(reason), remote.Closing).ConfigureAwait(false);
            return false;
        }

        (Peer, PeerUid) = (peer, uid);
        if (!remote.PeerSeen(peer, uid, inbound: true))
        {
            await stream.WriteAsync(WireFormat.Refuse(QuarantinedReason), remote.Closing).ConfigureAwait(false);
            return false;
        }

        await stream.WriteAsync(WireFormat.Associate(remote.LocalAddress, remote.Uid, peer.ToString()), remote.Closing).ConfigureAwait(false);
        return true;
    }

    private void Deliver(byte[] body)
    {
        try
        {
            using var reader = WireFormat.Reader(body);
            var provider = remote.System.Provider;
            var recipient = (InternalActorRef)provider.ResolveActorRef(reader.ReadString());
            switch ((FrameKind)body[0])
            {
                case FrameKind.Message:
                    var sender = reader.ReadString();
                    var message = WireFormat.ReadMessage(reader, remote.System.Serialization);
                    recipient.Tell(message, sender.Length == 0 ? ActorRefs.NoSender : provider.ResolveActorRef(sender));
                    break;
                case FrameKind.System:
                    DeliverSystem(recipient, (SystemKind)reader.ReadByte(), reader, provider);
                    break;
            }
        }
        catch (Exception error)
        {
            // One message that cannot be read must not take the connection with it.
            remote.Log.Error(error, "A message from [{0}] could not be read and is dropped: {1}", Peer, error.Message);
        }
    }

    private void DeliverSystem(InternalActorRef recipient, SystemKind kind, BinaryReader reader, ActorRefProvider provider)
    {
        if (kind == SystemKind.Stop)
        {
            recipient.Stop();
            return;
        }

        var other = (InternalActorRef)provider.ResolveActorRef(reader.ReadString());
        switch (kind)
        {
            case SystemKind.Watch:
                recipient.SendSystemMessage(new Watch(recipient, other));
                break;
            case SystemKind.Unwatch:
                recipient.SendSystemMessage(new Unwatch(recipient, other));
                break;
            case SystemKind.Dead:
                recipient.SendSystemMessage(new DeathWatchNotification(other, reader.ReadBoolean(), AddressTerminated: false));
                if (other is RemoteActorRef dead) remote.Watcher.Tell(new RemoteWatcher.Ended(dead, recipient), ActorRefs.NoSender);
                break;
        }
    }
}
