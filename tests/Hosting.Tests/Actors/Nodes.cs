using Akka.Actor;
using Akka.Cluster;
using DistSeq2Seq.Hosting.Actors;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DistSeq2Seq.Hosting.Tests.Actors;

/// <summary>Nodes of one actor cluster in this process, joined by real remoting; what they say is kept.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly List<ActorNodeHost> _nodes = [];

    /// <summary>Everything that the nodes' loggers were told.</summary>
    public KeptLog Log { get; } = new();

    public async Task<ActorSystem> StartAsync(string role, params string[] seeds)
    {
        var node = await ActorNodeHost.StartAsync(new ActorNode { Role = role, Seeds = seeds }, Log);
        _nodes.Add(node);
        if (seeds.Length == 0)
            Cluster.Get(node.System).Join(Cluster.Get(node.System).SelfAddress);
        return node.System;
    }

    /// <summary>host:port of a node.</summary>
    public static string AddressOf(ActorSystem system) => $"{Cluster.Get(system).SelfAddress.Host}:{Cluster.Get(system).SelfAddress.Port}";

    /// <summary>Looks again and again, on the thread that calls, so that the state of the thread pool does not matter.</summary>
    public static void Until(Func<bool> condition, Func<string> what)
    {
        var end = DateTime.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"not within {Limit}: {what()}");
            Thread.Sleep(20);
        }
    }

    public static void UntilUp(ActorSystem system, int count) =>
        Until(() => Cluster.Get(system).State.Members.Count(m => m.Status == MemberStatus.Up) == count,
            () => $"{count} members up; seen: {string.Join(", ", Cluster.Get(system).State.Members)}");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class KeptLog : ILoggerFactory
{
    private readonly List<(LogLevel Level, string Category, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string Category, string Text)> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(KeptLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (log._lines)
                log._lines.Add((logLevel, category, formatter(state, exception) + exception));
        }
    }
}
