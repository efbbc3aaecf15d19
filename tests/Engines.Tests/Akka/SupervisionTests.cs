using Akka.Actor;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Akka;

/// <summary>Errors, restarts, death watch, stash and timers.</summary>
public class SupervisionTests : ActorTest
{
    [Fact]
    public async Task Restart_FailingMessage_IsNotHandledAgainAndTheMailboxIsKept()
    {
        var probe = new Probe(System);
        var parent = System.ActorOf(Props.Create(() => new Parent(probe.Ref, Directive.Restart)));
        var child = await parent.Ask<IActorRef>("child", Probe.Limit);
        Assert.Equal("start", await probe.Next());
        child.Tell("fail");
        child.Tell("next");
        Assert.Equal("pre-restart fail", await probe.Next());
        Assert.Equal("stop", await probe.Next());
        Assert.Equal("post-restart", await probe.Next());
        Assert.Equal("start", await probe.Next());
        Assert.Equal("next 1", await probe.Next());
    }

    [Fact]
    public async Task Resume_State_IsKept()
    {
        var probe = new Probe(System);
        var parent = System.ActorOf(Props.Create(() => new Parent(probe.Ref, Directive.Resume)));
        var child = await parent.Ask<IActorRef>("child", Probe.Limit);
        child.Tell("a");
        child.Tell("fail");
        child.Tell("b");
        Assert.Equal("start", await probe.Next());
        Assert.Equal("a 1", await probe.Next());
        Assert.Equal("b 2", await probe.Next());
    }

    [Fact]
    public async Task Stop_Directive_EndsTheChild()
    {
        var probe = new Probe(System);
        var parent = System.ActorOf(Props.Create(() => new Parent(probe.Ref, Directive.Stop)));
        var child = await parent.Ask<IActorRef>("child", Probe.Limit);
        var watcher = new Probe(System);
        watcher.Watch(child);
        child.Tell("fail");
        Assert.Equal(child, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Escalate_Error_RestartsTheParent()
    {
        var probe = new Probe(System);
        var parent = System.ActorOf(Props.Create(() => new Parent(probe.Ref, Directive.Escalate)));
        var child = await parent.Ask<IActorRef>("child", Probe.Limit);
        var watcher = new Probe(System);
        watcher.Watch(child);
        child.Tell("fail");
        await watcher.Next<Terminated>();
        var second = await parent.Ask<IActorRef>("child", Probe.Limit);
        Assert.NotEqual(child, second);
    }

    [Fact]
    public async Task Restart_MoreThanAllowed_StopsTheChild()
    {
        var probe = new Probe(System);
        var strategy = new OneForOneStrategy(2, 60_000, _ => Directive.Restart);
        var parent = System.ActorOf(Props.Create(() => new Parent(probe.Ref, Directive.Restart)).WithSupervisorStrategy(strategy));
        var child = await parent.Ask<IActorRef>("child", Probe.Limit);
        var watcher = new Probe(System);
        watcher.Watch(child);
        for (var i = 0; i < 3; i++) child.Tell("fail");
        await watcher.Next<Terminated>();
        var restarts = 0;
        child.Tell("late");
        probe.Ref.Tell("end");
        while (await probe.Next() is string said && said != "end") restarts += said == "post-restart" ? 1 : 0;
        Assert.Equal(2, restarts);
    }

    [Fact]
    public async Task Constructor_Throwing_StopsTheActor()
    {
        var watcher = new Probe(System);
        var actor = System.ActorOf(Props.Create(() => new Stillborn()));
        watcher.Watch(actor);
        await watcher.Next<Terminated>();
    }

    [Fact]
    public async Task Kill_Actor_StopsIt()
    {
        var watcher = new Probe(System);
        var victim = new Probe(System);
        watcher.Watch(victim.Ref);
        victim.Ref.Tell(Kill.Instance);
        Assert.Equal(victim.Ref, (await watcher.Next<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task Watch_ActorThatHasEnded_IsToldAtOnce()
    {
        var victim = new Probe(System);
        await victim.Ref.GracefulStop(Probe.Limit);
        var watcher = new Probe(System);
        watcher.Watch(victim.Ref);
        await watcher.Next<Terminated>();
    }

    [Fact]
    public async Task Unwatch_BeforeTheEnd_NothingIsTold()
    {
        var (victim, watcher) = (new Probe(System), new Probe(System));
        watcher.Watch(victim.Ref);
        watcher.Unwatch(victim.Ref);
        watcher.Ref.Tell("done");
        Assert.Equal("done", await watcher.Next());
        await victim.Ref.GracefulStop(Probe.Limit);
        watcher.Ref.Tell("end");
        Assert.Equal("end", await watcher.Next());
    }

    [Fact]
    public async Task WatchWith_End_BringsTheMessageAndUnhandledTerminatedIsAnError()
    {
        var probe = new Probe(System);
        var victim = new Probe(System);
        System.ActorOf(Props.Create(() => new CustomWatcher(victim.Ref, probe.Ref)));
        var pact = System.ActorOf(Props.Create(() => new DeathPact(victim.Ref)));
        probe.Watch(pact);
        await Task.WhenAll(pact.Ask<string>("ready", Probe.Limit));
        victim.Ref.Tell(PoisonPill.Instance);
        var told = new List<object> { await probe.Next(), await probe.Next() };
        Assert.Contains("gone", told);
        Assert.Contains(told, m => m is Terminated t && t.ActorRef.Equals(pact));
    }

    [Fact]
    public async Task Stop_Parent_EndsTheChildrenFirst()
    {
        var probe = new Probe(System);
        var parent = System.ActorOf(Props.Create(() => new Parent(probe.Ref, Directive.Stop)));
        await parent.Ask<IActorRef>("child", Probe.Limit);
        Assert.Equal("start", await probe.Next());
        System.Stop(parent);
        Assert.Equal("stop", await probe.Next());
        Assert.Equal("parent stop", await probe.Next());
    }

    [Fact]
    public async Task Stash_UnstashAll_KeepsTheOrderBeforeNewerMessages()
    {
        var probe = new Probe(System);
        var actor = System.ActorOf(Props.Create(() => new Stasher(probe.Ref)));
        foreach (var message in new[] { "a", "b", "open", "c" }) actor.Tell(message);
        Assert.Equal("a", await probe.Next());
        Assert.Equal("b", await probe.Next());
        Assert.Equal("c", await probe.Next());
    }

    [Fact]
    public async Task Stash_Restart_GivesTheMessagesBack()
    {
        var probe = new Probe(System);
        var actor = System.ActorOf(Props.Create(() => new Stasher(probe.Ref)));
        foreach (var message in new[] { "a", "fail", "open" }) actor.Tell(message);
        Assert.Equal("a", await probe.Next());
    }

    [Fact]
    public async Task Timers_ReplacedAndRestarted_StaleMessagesDoNotCome()
    {
        var probe = new Probe(System);
        var actor = System.ActorOf(Props.Create(() => new Timed(probe.Ref)));
        Assert.Equal("second", await probe.Next());
        Assert.Equal("tick 1", await probe.Next());
        actor.Tell("fail");
        Assert.Equal("second", await probe.Until<string>(m => m == "second"));
        Assert.Equal("tick 2", await probe.Next());
    }

    private sealed class Parent : ReceiveActor
    {
        private readonly IActorRef _probe;
        private readonly Directive _directive;

        public Parent(IActorRef probe, Directive directive)
        {
            (_probe, _directive) = (probe, directive);
            Receive<string>(_ => Sender.Tell(Context.ActorOf(Props.Create(() => new Child(probe)))));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => _directive);

        protected override void PostStop() => _probe.Tell("parent stop");
    }

    private sealed class Child : ReceiveActor
    {
        private readonly IActorRef _probe;
        private int _count;

        public Child(IActorRef probe)
        {
            _probe = probe;
            Receive<string>(_ => throw new InvalidOperationException("as asked"), m => m == "fail");
            Receive<string>(m => _probe.Tell($"{m} {++_count}"));
        }

        protected override void PreStart() => _probe.Tell("start");

        protected override void PostStop() => _probe.Tell("stop");

        protected override void PreRestart(Exception reason, object message)
        {
            _probe.Tell($"pre-restart {message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            _probe.Tell("post-restart");
            base.PostRestart(reason);
        }
    }

    private sealed class Stillborn : ReceiveActor
    {
        public Stillborn() => throw new InvalidOperationException("as asked");
    }

    private sealed class CustomWatcher : ReceiveActor
    {
        public CustomWatcher(IActorRef victim, IActorRef probe)
        {
            Context.WatchWith(victim, "gone");
            Receive<string>(m => probe.Tell(m));
        }
    }

    private sealed class DeathPact : ReceiveActor
    {
        public DeathPact(IActorRef victim)
        {
            Context.Watch(victim);
            Receive<string>(m => Sender.Tell(m));
        }
    }

    private sealed class Stasher : ReceiveActor, IWithUnboundedStash
    {
        public Stasher(IActorRef probe)
        {
            Receive<string>(_ => throw new InvalidOperationException("as asked"), m => m == "fail");
            Receive<string>(
                _ =>
                {
                    Become(() => Receive<string>(m => probe.Tell(m)));
                    Stash.UnstashAll();
                },
                m => m == "open");
            Receive<string>(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        private static int _incarnations;

        public Timed(IActorRef probe)
        {
            Receive<string>(_ => throw new InvalidOperationException("as asked"), m => m == "fail");
            Receive<string>(m => probe.Tell(m));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            // The first must not arrive: the second has its key.
            Timers.StartSingleTimer("key", "first", TimeSpan.Zero);
            Timers.StartSingleTimer("key", "second", TimeSpan.FromMilliseconds(20));
            Timers.StartPeriodicTimer("tick", $"tick {Interlocked.Increment(ref _incarnations)}", TimeSpan.FromMilliseconds(50));
        }
    }
}
