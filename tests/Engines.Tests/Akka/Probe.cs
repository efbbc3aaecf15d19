using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Akka;

/// <summary>An actor that hands what it gets to the test.</summary>
internal sealed class Probe
{
    /// <summary>Far beyond what any step takes; only a failing test waits so long.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Channel<(object Message, IActorRef Sender)> _received = Channel.CreateUnbounded<(object, IActorRef)>();

    public Probe(ActorSystem system, string? name = null)
    {
        var writer = _received.Writer;
        Ref = system.ActorOf(Props.Create(() => new Receiver(writer)), name);
    }

    public IActorRef Ref { get; }

    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    /// <summary>The next message, whatever it is.</summary>
    public async Task<object> Next()
    {
        using var late = new CancellationTokenSource(Limit);
        var (message, sender) = await _received.Reader.ReadAsync(late.Token);
        LastSender = sender;
        return message;
    }

    /// <summary>The next message, which must be of the type.</summary>
    public async Task<T> Next<T>() => Assert.IsType<T>(await Next(), exactMatch: false);

    /// <summary>The first message of the type for which the condition holds; drops what comes before.</summary>
    public async Task<T> Until<T>(Func<T, bool>? condition = null)
    {
        while (true)
        {
            if (await Next() is T message && (condition == null || condition(message))) return message;
        }
    }

    /// <summary>Asks the probe's own actor to watch another; its Terminated arrives here.</summary>
    public void Watch(IActorRef subject) => Ref.Tell(new WatchThis(subject));

    public void Unwatch(IActorRef subject) => Ref.Tell(new UnwatchThis(subject));

    private sealed record WatchThis(IActorRef Subject);

    private sealed record UnwatchThis(IActorRef Subject);

    private sealed class Receiver : ReceiveActor
    {
        public Receiver(ChannelWriter<(object, IActorRef)> writer)
        {
            Receive<WatchThis>(w => Context.Watch(w.Subject));
            Receive<UnwatchThis>(w => Context.Unwatch(w.Subject));
            ReceiveAny(m => writer.TryWrite((m, Sender)));
        }
    }
}

/// <summary>Systems that end with the test.</summary>
public abstract class ActorTest : IAsyncLifetime
{
    private readonly List<ActorSystem> _systems = [];
    private ActorSystem? _system;

    protected ActorSystem System => _system ??= Start("local");

    protected ActorSystem Start(string name, string hocon = "", string loggers = "[]")
    {
        var quiet = $"akka.loggers = {loggers}\nakka.stdout-loglevel = OFF\nakka.loglevel = DEBUG\n";
        var system = ActorSystem.Create(name, ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString(quiet)));
        _systems.Add(system);
        return system;
    }

    /// <summary>Waits for a condition.</summary>
    protected static async Task Eventually(Func<bool> condition, string what)
    {
        var until = DateTime.UtcNow + Probe.Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, "Not so in time: " + what);
            await Task.Delay(20);
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(_systems.Select(s => s.Terminate().WaitAsync(Probe.Limit)));
}
