using System.Collections.Concurrent;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Akka;

/// <summary>Configuration, logging and the orderly end.</summary>
public class SystemTests : ActorTest
{
    [Fact]
    public void Config_Hocon_IsRead()
    {
        var config = ConfigurationFactory.ParseString("""
            # a comment
            a { b = 5, c = "text", "x.y" = quoted }
            a.d = [one, "two"]
            wait = 1.5 s // another
            on = yes
            size = 128000b
            """).WithFallback(ConfigurationFactory.ParseString("a.b = 6\na.e = 7\nwait = 3s"));
        Assert.Equal(5, config.GetInt("a.b"));
        Assert.Equal(7, config.GetInt("a.e"));
        Assert.Equal("text", config.GetString("a.c"));
        Assert.Equal("quoted", config.GetString("a.\"x.y\""));
        Assert.Equal(["one", "two"], config.GetStringList("a.d"));
        Assert.Equal(TimeSpan.FromSeconds(1.5), config.GetTimeSpan("wait"));
        Assert.True(config.GetBoolean("on"));
        Assert.Equal(128_000, config.GetByteSize("size", null));
        Assert.False(config.HasPath("a.none"));
        Assert.Equal("default", config.GetString("a.none", "default"));
    }

    [Fact]
    public void Config_Malformed_Throws() => Assert.ThrowsAny<Exception>(() => ConfigurationFactory.ParseString("a { b = "));

    [Fact]
    public async Task Logger_FromConfiguration_GetsTheLines()
    {
        var system = Start("logging", "", $"[\"{typeof(CollectingLogger).FullName}, {typeof(CollectingLogger).Assembly.GetName().Name}\"]");
        system.Log.Warning("value {0} of {1}", 3, "four");
        var actor = system.ActorOf(Props.Create(() => new Talker()), "talker");
        actor.Tell("hello");
        await Eventually(() => CollectingLogger.Lines.Any(l => l is Warning && l.Message.ToString() == "value 3 of four"), "the warning");
        await Eventually(() => CollectingLogger.Lines.Any(l => l is Info && l.Message.ToString() == "said hello"), "the actor's line");
        Assert.Contains(CollectingLogger.Lines, l => l.LogSource.Contains("/user/talker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CoordinatedShutdown_Run_GoesThroughThePhasesInOrderAndEndsTheSystem()
    {
        var system = Start("ending");
        var order = new ConcurrentQueue<string>();
        var shutdown = CoordinatedShutdown.Get(system);
        foreach (var phase in new[]
        {
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate, CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
        })
        {
            shutdown.AddTask(phase, "note", () =>
            {
                order.Enqueue(phase);
                return Task.FromResult(Done.Instance);
            });
        }

        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "fails", () => throw new InvalidOperationException("as asked"));
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Probe.Limit);
        await system.WhenTerminated.WaitAsync(Probe.Limit);
        Assert.Equal(["before-service-unbind", "service-stop", "before-actor-system-terminate"], order);
        Assert.Same(CoordinatedShutdown.UnknownReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Terminate_WithActors_StopsThemAll()
    {
        var system = Start("ending");
        var stopped = new TaskCompletionSource();
        system.ActorOf(Props.Create(() => new Finisher(stopped)));
        var registered = new TaskCompletionSource();
        system.RegisterOnTermination(registered.SetResult);
        await system.Terminate().WaitAsync(Probe.Limit);
        await stopped.Task.WaitAsync(Probe.Limit);
        await registered.Task.WaitAsync(Probe.Limit);
    }

    private sealed class Talker : ReceiveActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Talker() => Receive<string>(m => _log.Info("said {0}", m));
    }

    private sealed class Finisher : ReceiveActor
    {
        private readonly TaskCompletionSource _stopped;

        public Finisher(TaskCompletionSource stopped)
        {
            _stopped = stopped;
            ReceiveAny(_ => { });
        }

        protected override void PostStop() => _stopped.TrySetResult();
    }
}

/// <summary>A logger that keeps its lines for tests.</summary>
public sealed class CollectingLogger : ReceiveActor
{
    /// <summary>Everything logged by every system that uses it.</summary>
    public static readonly ConcurrentQueue<LogEvent> Lines = new();

    /// <summary>Made by the engine, from the configuration.</summary>
    public CollectingLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Lines.Enqueue);
    }
}
