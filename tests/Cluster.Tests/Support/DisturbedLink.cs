using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>What the links of a test's network do to what passes; may be changed at any time.</summary>
internal sealed class LinkWeather(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <summary>What it draws delays from.</summary>
    public int Seed { get; } = seed;

    /// <summary>Every byte arrives this much later.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>And up to this much besides, drawn anew for each piece; the order within a connection stays.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Sees and may change each piece before it goes on.</summary>
    public Action<ArraySegment<byte>>? Tamper { get; set; }

    /// <summary>When a piece that comes now has to go on, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Due()
    {
        lock (_lock)
            return Environment.TickCount64 + (long)(Delay + (Jitter * _random.NextDouble())).TotalMilliseconds;
    }
}

/// <summary>
/// A TCP relay between whoever connects and one listener: delays what passes, changes it, or breaks every connection, for
/// machines whose kernel cannot (netem).
/// </summary>
internal sealed class DisturbedLink : IDisposable
{
    private const int PieceBytes = 64 * 1024;
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly LinkWeather _weather;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];

    /// <param name="listen">Where others connect.</param>
    /// <param name="target">Where that leads.</param>
    /// <param name="weather">What happens on the way.</param>
    public DisturbedLink(IPEndPoint listen, IPEndPoint target, LinkWeather weather)
    {
        (_target, _weather) = (target, weather);
        _listener = new TcpListener(listen);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Resets every connection, as a router that was restarted does.</summary>
    /// <returns>How many there were.</returns>
    public int Break()
    {
        Socket[] open;
        lock (_lock)
            open = [.. _open];
        foreach (var socket in open)
            Reset(socket);
        return open.Length / 2;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        Break();
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_ended.Token);
                _ = RelayAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Ended, or the client was gone before it was taken.
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            client.NoDelay = server.NoDelay = true;
            lock (_lock)
                _open.UnionWith([client, server]);
            try
            {
                await server.ConnectAsync(_target, _ended.Token);
                await await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The other half learns of it below.
            }
            finally
            {
                lock (_lock)
                    _open.ExceptWith([client, server]);
                Reset(client);
                Reset(server);
            }
        }
    }

    /// <summary>Reads ahead of what is written, so that a delay costs time and not bandwidth.</summary>
    private async Task PassAsync(Socket from, Socket to)
    {
        var under = Channel.CreateUnbounded<(byte[] Bytes, long Due)>();
        var writing = WriteAsync(under.Reader, to);
        try
        {
            var buffer = new byte[PieceBytes];
            while (await from.ReceiveAsync(buffer, _ended.Token) is > 0 and var count)
            {
                var piece = buffer[..count];
                _weather.Tamper?.Invoke(piece);
                under.Writer.TryWrite((piece, _weather.Due()));
            }
        }
        finally
        {
            under.Writer.Complete();
            await writing; // what was sent before the end arrives before it
        }
    }

    private async Task WriteAsync(ChannelReader<(byte[] Bytes, long Due)> under, Socket to)
    {
        await foreach (var (bytes, due) in under.ReadAllAsync(_ended.Token))
        {
            if (due - Environment.TickCount64 is > 0 and var wait)
                await Task.Delay((int)wait, _ended.Token);
            for (var sent = 0; sent < bytes.Length;)
                sent += await to.SendAsync(bytes.AsMemory(sent), _ended.Token);
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }
}
