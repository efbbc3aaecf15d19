using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Remote;

/// <summary>A system's connections: one outgoing to each peer it sends to, and those that peers make to it.</summary>
internal sealed class RemoteTransport : IDisposable
{
    private readonly ConcurrentDictionary<Address, Association> _associations = new();
    private readonly ConcurrentDictionary<(Address Address, int Uid), byte> _quarantined = new();
    private readonly ConcurrentDictionary<InboundConnection, byte> _inbound = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TcpListener _listener;

    private RemoteTransport(ActorSystemImpl system)
    {
        System = system;
        Log = Logging.GetLogger(system, "Remoting");
        Settings = system.Settings.Config.GetConfig("akka.remote");
        var tcp = Settings.GetConfig("dot-netty.tcp");
        if (tcp.GetBoolean("enable-ssl"))
            throw new ConfigurationException(
                "akka.remote.dot-netty.tcp.enable-ssl is on, but the bundled engine has no TLS. Use the real packages (Engines=nuget), " +
                "or keep the port inside a trusted network.");
        MaximumFrame = (int)tcp.GetByteSize("maximum-frame-size").GetValueOrDefault();
        GateClosed = Settings.GetTimeSpan("retry-gate-closed-for");
        ConnectTimeout = tcp.GetTimeSpan("connection-timeout");
        var hostname = tcp.GetString("hostname");
        var port = tcp.GetInt("port");
        _listener = Listen(hostname, port);
        var publicHost = tcp.GetString("public-hostname");
        if (string.IsNullOrEmpty(publicHost)) publicHost = string.IsNullOrEmpty(hostname) ? Dns.GetHostName() : hostname;
        var publicPort = tcp.GetInt("public-port");
        LocalAddress = new Address(
            "akka.tcp", system.Name, publicHost, publicPort > 0 ? publicPort : ((IPEndPoint)_listener.LocalEndpoint).Port);
        Uid = Random.Shared.Next(1, int.MaxValue);
    }

    public ActorSystemImpl System { get; }

    public ILoggingAdapter Log { get; }

    public Config Settings { get; }

    public Address LocalAddress { get; }

    /// <summary>Tells this incarnation of the system from others on the same address.</summary>
    public int Uid { get; }

    public int MaximumFrame { get; }

    public TimeSpan GateClosed { get; }

    public TimeSpan ConnectTimeout { get; }

    public IActorRef Watcher { get; private set; }

    public CancellationToken Closing => _closing.Token;

    public static RemoteTransport Start(ActorSystemImpl system)
    {
        var remote = new RemoteTransport(system);
        system.Provider.UseRemoting(remote);
        remote.Watcher = system.SystemActorOf(Props.Create(typeof(RemoteWatcher), remote), "remote-watcher");
        _ = remote.AcceptLoop();
        remote.Log.Info("Remoting started; listening on addresses : [{0}]", remote.LocalAddress);
        return remote;
    }

    public void Send(Address to, Outgoing outgoing)
    {
        if (_closing.IsCancellationRequested) ToDeadLetters(outgoing);
        else _associations.GetOrAdd(to, static (address, remote) => new Association(remote, address), this).Send(outgoing);
    }

    public void ToDeadLetters(Outgoing outgoing)
    {
        if (outgoing.Message is Dispatch.SystemMessage) return;
        var sender = outgoing.Sender ?? System.DeadLetters;
        System.DeadLetters.Tell(
            outgoing.Message is IDeadLetterSuppression quiet
                ? new SuppressedDeadLetter(quiet, sender, outgoing.Recipient)
                : new DeadLetter(outgoing.Message, sender, outgoing.Recipient),
            sender);
    }

    public bool IsQuarantined(Address address, int uid) => _quarantined.ContainsKey((address, uid));

    /// <summary>Never speaks to that incarnation again.</summary>
    public void Quarantine(Address address, int uid)
    {
        if (!_quarantined.TryAdd((address, uid), 0)) return;
        Log.Warning("Association to [{0}] having UID [{1}] is irrecoverably failed. UID is now quarantined and all messages to this UID " +
            "will be delivered to dead letters. Remote ActorSystem must be restarted to recover from this situation.", address, uid);
        if (_associations.TryGetValue(address, out var association)) association.Quarantine(uid);
        foreach (var connection in _inbound.Keys.Where(c => c.Peer == address && c.PeerUid == uid)) connection.Close();
        System.EventStream.Publish(new QuarantinedEvent(address, uid));
    }

    /// <summary>A peer has shown itself under a uid; false if that incarnation is quarantined.</summary>
    public bool PeerSeen(Address peer, int uid, bool inbound)
    {
        if (IsQuarantined(peer, uid)) return false;
        if (inbound && _associations.TryGetValue(peer, out var association)) association.PeerConnected(uid);
        System.EventStream.Publish(new AssociatedEvent(LocalAddress, peer, inbound));
        Watcher?.Tell(new RemoteWatcher.PeerConnected(peer), ActorRefs.NoSender);
        return true;
    }

    public void Forget(InboundConnection connection) => _inbound.TryRemove(connection, out _);

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Dispose();
        foreach (var association in _associations.Values) association.Dispose();
        foreach (var connection in _inbound.Keys) connection.Close();
    }

    private static TcpListener Listen(string hostname, int port)
    {
        IPAddress address;
        if (string.IsNullOrEmpty(hostname)) address = IPAddress.Any;
        else if (!IPAddress.TryParse(hostname, out address))
        {
            var all = Dns.GetHostAddresses(hostname);
            address = Array.Find(all, a => a.AddressFamily == AddressFamily.InterNetwork) ?? all[0];
        }

        var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new RemoteTransportException(
                $"Cannot listen on {(string.IsNullOrEmpty(hostname) ? "any address" : hostname)}, port {port}: {error.Message}. " +
                "Choose another akka.remote.dot-netty.tcp.port (0 for any), or end the program that has it.", error);
        }
    }

    private async Task AcceptLoop()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_closing.Token).ConfigureAwait(false);
                var connection = new InboundConnection(this, socket);
                _inbound.TryAdd(connection, 0);
                _ = connection.Run();
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                Log.Warning("An incoming connection failed: {0}", error.Message);
            }
        }
    }
}

/// <summary>The remoting could not start.</summary>
public class RemoteTransportException : AkkaException
{
    /// <summary>With what is wrong, and its cause.</summary>
    public RemoteTransportException(string message, Exception cause = null) : base(message, cause)
    {
    }
}
