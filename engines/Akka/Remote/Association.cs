using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// The way out to one peer. Messages queue here and one pump connects, serializes and writes them in order. When the connection
/// fails the address is gated: for a while messages are dropped at once, then the next one connects again.
/// </summary>
internal sealed class Association : IDisposable
{
    private const int MostQueued = 100_000;
    private const int WriteBatch = 64 * 1024;

    private readonly Channel<Outgoing> _queue = Channel.CreateUnbounded<Outgoing>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RemoteTransport _remote;
    private readonly Address _peer;
    private readonly Lock _lock = new();
    private CancellationTokenSource _connection;
    private int _peerUid;
    private int _queued;
    private long _gatedUntil;
    private bool _replaced;

    public Association(RemoteTransport remote, Address peer)
    {
        (_remote, _peer) = (remote, peer);
        _ = Task.Run(Pump);
    }

    public void Send(Outgoing outgoing)
    {
        if (Environment.TickCount64 < Volatile.Read(ref _gatedUntil) || Volatile.Read(ref _queued) >= MostQueued)
        {
            _remote.ToDeadLetters(outgoing);
            return;
        }

        Interlocked.Increment(ref _queued);
        if (!_queue.Writer.TryWrite(outgoing)) _remote.ToDeadLetters(outgoing);
    }

    /// <summary>The peer has connected to us: it can be reached. Under a new uid, what we had goes to a process that is gone.</summary>
    public void PeerConnected(int uid)
    {
        lock (_lock)
        {
            Volatile.Write(ref _gatedUntil, 0);
            if (_connection == null || _peerUid == 0 || _peerUid == uid) return;
            _replaced = true;
            _connection.Cancel();
        }
    }

    public void Quarantine(int uid)
    {
        lock (_lock)
        {
            if (_peerUid == uid) _connection?.Cancel();
        }
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        lock (_lock) _connection?.Cancel();
    }

    private async Task Pump()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(_remote.Closing);
            lock (_lock) (_connection, _peerUid, _replaced) = (connection, 0, false);
            try
            {
                using var socket = await Connect(connection.Token).ConfigureAwait(false);
                await using var stream = new NetworkStream(socket);
                await Associate(stream, connection.Token).ConfigureAwait(false);
                var broken = WatchForEnd(stream, connection);
                await WriteAll(stream, connection.Token).ConfigureAwait(false);
                await broken.ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Failed(error);
            }
            finally
            {
                lock (_lock) _connection = null;
            }
        }
    }

    private async Task<Socket> Connect(CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(token);
            late.CancelAfter(_remote.ConnectTimeout);
            await socket.ConnectAsync(_peer.Host, _peer.Port ?? 0, late.Token).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task Associate(NetworkStream stream, CancellationToken token)
    {
        await stream.WriteAsync(WireFormat.Associate(_remote.LocalAddress, _remote.Uid, _peer.ToString()), token).ConfigureAwait(false);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(token);
        late.CancelAfter(_remote.ConnectTimeout);
        var answer = await WireFormat.ReadFrame(stream, _remote.MaximumFrame, late.Token).ConfigureAwait(false)
            ?? throw new IOException("the peer closed the connection during the handshake");
        using var reader = WireFormat.Reader(answer);
        if ((FrameKind)answer[0] == FrameKind.Refuse) throw new IOException(Refused(reader.ReadString()));
        if ((FrameKind)answer[0] != FrameKind.Associate || reader.ReadInt32() != WireFormat.Magic)
            throw new IOException("the peer does not speak this engine's protocol");
        reader.ReadString();
        var uid = reader.ReadInt32();
        lock (_lock) _peerUid = uid;
        if (!_remote.PeerSeen(_peer, uid, inbound: false)) throw new IOException($"UID {uid} of the peer is quarantined");
    }

    private string Refused(string reason)
    {
        if (reason == InboundConnection.QuarantinedReason)
        {
            _remote.Log.Error("The remote system [{0}] has quarantined this system. No further associations to the remote system are " +
                "possible until this system is restarted.", _peer);
            _remote.System.EventStream.Publish(new ThisActorSystemQuarantinedEvent(_remote.LocalAddress, _peer));
        }

        return "the peer refused: " + reason;
    }

    private async Task WatchForEnd(NetworkStream stream, CancellationTokenSource connection)
    {
        try
        {
            while (await WireFormat.ReadFrame(stream, _remote.MaximumFrame, connection.Token).ConfigureAwait(false) != null)
            {
                // A peer has nothing more to say on a connection that is ours.
            }

            throw new IOException("the connection was closed by the peer");
        }
        finally
        {
            await connection.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAll(NetworkStream stream, CancellationToken token)
    {
        var batch = new MemoryStream();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(token).ConfigureAwait(false))
            {
                batch.SetLength(0);
                while (batch.Length < WriteBatch && _queue.Reader.TryRead(out var outgoing))
                {
                    Interlocked.Decrement(ref _queued);
                    if (Encode(outgoing) is { } frame) batch.Write(frame);
                }

                await stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The reader, which sees the end of the connection first, has its reason.
        }
    }

    private byte[] Encode(Outgoing outgoing)
    {
        var provider = _remote.System.Provider;
        try
        {
            var recipient = outgoing.Recipient.Path.ToSerializationFormat();
            var sender = outgoing.Sender == null ? "" : provider.PathForOthers(outgoing.Sender);
            var frame = outgoing.Message is SystemMessage system
                ? WireFormat.System(provider, recipient, system)
                : WireFormat.Message(_remote.System.Serialization, recipient, sender, outgoing.Message);
            if (frame.Length - sizeof(int) <= _remote.MaximumFrame) return frame;
            throw new OversizedPayloadException(
                $"Discarding oversized payload sent to {outgoing.Recipient}: max allowed size {_remote.MaximumFrame} bytes, actual size " +
                $"of encoded {outgoing.Message.GetType()} was {frame.Length - sizeof(int)} bytes. " +
                "Send less, or raise akka.remote.dot-netty.tcp.maximum-frame-size on both sides.");
        }
        catch (Exception error)
        {
            _remote.Log.Error(error, "Transient association error (association remains live). {0}", error.Message);
            return null;
        }
    }

    private void Failed(Exception error)
    {
        if (_remote.Closing.IsCancellationRequested) return;
        _remote.System.EventStream.Publish(new DisassociatedEvent(_remote.LocalAddress, _peer, inbound: false));
        lock (_lock)
        {
            if (_replaced)
            {
                _remote.Log.Info("The system at [{0}] was restarted; connecting to its new incarnation.", _peer);
                return;
            }

            Volatile.Write(ref _gatedUntil, Environment.TickCount64 + (long)_remote.GateClosed.TotalMilliseconds);
        }

        var reason = error is OperationCanceledException ? "the connection took too long or was given up" : error.Message;
        _remote.Log.Warning(
            "Association with remote system [{0}] has failed; address is now gated for [{1}] ms. Reason: [{2}]",
            _peer, _remote.GateClosed.TotalMilliseconds, reason);
        while (_queue.Reader.TryRead(out var outgoing))
        {
            Interlocked.Decrement(ref _queued);
            _remote.ToDeadLetters(outgoing);
        }
    }
}
