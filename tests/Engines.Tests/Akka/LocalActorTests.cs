using Akka.Actor;
using Akka.Event;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Akka;

/// <summary>Messages, behaviours, questions and ends within one system.</summary>
public class LocalActorTests : ActorTest
{
    [Fact]
    public async Task Tell_ManyMessages_ArriveInOrder()
    {
        var probe = new Probe(System);
        for (var i = 0; i < 1000; i++) probe.Ref.Tell(i);
        for (var i = 0; i < 1000; i++) Assert.Equal(i, await probe.Next());
    }

    [Fact]
    public async Task Receive_SeveralHandlers_FirstThatFitsIsUsed()
    {
        var actor = System.ActorOf(Props.Create(() => new Classifier()));
        Assert.Equal("large", await actor.Ask<string>(100, Probe.Limit));
        Assert.Equal("int", await actor.Ask<string>(1, Probe.Limit));
        Assert.Equal("string", await actor.Ask<string>("x", Probe.Limit));
        Assert.Equal("any", await actor.Ask<string>(1.5, Probe.Limit));
    }

    [Fact]
    public async Task Become_Stacked_GoesBackToTheBehaviourBelow()
    {
        var actor = System.ActorOf(Props.Create(() => new Moody()));
        Assert.Equal("calm", await actor.Ask<string>("who", Probe.Limit));
        actor.Tell("push");
        Assert.Equal("angry", await actor.Ask<string>("who", Probe.Limit));
        actor.Tell("pop");
        Assert.Equal("calm", await actor.Ask<string>("who", Probe.Limit));
    }

    [Fact]
    public async Task Ask_NoAnswer_FailsWithAskTimeout()
    {
        var silent = System.ActorOf(Props.Create(() => new Silent()));
        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<string>("hello", TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task Ask_Cancelled_IsCancelled()
    {
        var silent = System.ActorOf(Props.Create(() => new Silent()));
        using var cancel = new CancellationTokenSource();
        var ask = silent.Ask<string>("hello", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask);
    }

    [Fact]
    public async Task Ask_AnsweredWithFailure_ThrowsItsCause()
    {
        var actor = System.ActorOf(Props.Create(() => new Classifier()));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => actor.Ask<string>('f', Probe.Limit));
        Assert.Equal("no", error.Message);
    }

    [Fact]
    public async Task PipeTo_ResultAndError_ArriveAsMessages()
    {
        var probe = new Probe(System);
        await Task.FromResult("done").PipeTo(probe.Ref);
        Assert.Equal("done", await probe.Next());
        await Task.FromException<string>(new IOException("broken")).PipeTo(probe.Ref);
        Assert.IsType<IOException>((await probe.Next<Status.Failure>()).Cause);
        await Task.FromException<string>(new IOException("broken")).PipeTo(probe.Ref, failure: e => e.Message);
        Assert.Equal("broken", await probe.Next());
    }

    [Fact]
    public async Task Forward_KeepsTheSender()
    {
        var probe = new Probe(System);
        var asker = new Probe(System);
        var forwarder = System.ActorOf(Props.Create(() => new Forwarder(probe.Ref)));
        forwarder.Tell("x", asker.Ref);
        Assert.Equal("x", await probe.Next());
        Assert.Equal(asker.Ref, probe.LastSender);
    }

    [Fact]
    public async Task ReceiveAsync_Awaiting_OtherMessagesWaitAndSenderIsKept()
    {
        var actor = System.ActorOf(Props.Create(() => new Slow()));
        var probe = new Probe(System);
        actor.Tell("slow", probe.Ref);
        actor.Tell("quick", probe.Ref);
        Assert.Equal("slow 1", await probe.Next());
        Assert.Equal("slow 2", await probe.Next());
        Assert.Equal("quick", await probe.Next());
    }

    [Fact]
    public async Task PoisonPill_MessagesBefore_AreHandledAndThoseAfterAreDeadLetters()
    {
        var probe = new Probe(System);
        var letters = new Probe(System);
        System.EventStream.Subscribe(letters.Ref, typeof(DeadLetter));
        var forwarder = System.ActorOf(Props.Create(() => new Forwarder(probe.Ref)));
        forwarder.Tell("before");
        forwarder.Tell(PoisonPill.Instance);
        forwarder.Tell("after");
        Assert.Equal("before", await probe.Next());
        var letter = await letters.Until<DeadLetter>(l => Equals(l.Message, "after"));
        Assert.Equal(forwarder.Path, letter.Recipient.Path);
    }

    [Fact]
    public async Task GracefulStop_Stops_AndGivesUpOnOneThatDoesNot()
    {
        var actor = System.ActorOf(Props.Create(() => new Silent()));
        Assert.True(await actor.GracefulStop(Probe.Limit));
        var other = System.ActorOf(Props.Create(() => new Silent()));
        Assert.False(await other.GracefulStop(TimeSpan.FromMilliseconds(50), "a message that does not stop it"));
    }

    [Fact]
    public async Task ReceiveTimeout_Silence_IsTold()
    {
        var probe = new Probe(System);
        System.ActorOf(Props.Create(() => new Impatient(probe.Ref)));
        Assert.Equal("timeout", await probe.Next());
        Assert.Equal("timeout", await probe.Next());
    }

    [Fact]
    public async Task Selection_PathPatternAndAbsence_Behave()
    {
        var probe = new Probe(System, "one");
        var second = new Probe(System, "other");
        Assert.Equal(probe.Ref, await System.ActorSelection("/user/one").ResolveOne(Probe.Limit));
        Assert.Equal(probe.Ref, await System.ActorSelection("akka://local/user/one").ResolveOne(Probe.Limit));
        System.ActorSelection("/user/o*").Tell("all");
        Assert.Equal("all", await probe.Next());
        Assert.Equal("all", await second.Next());
        await Assert.ThrowsAsync<ActorNotFoundException>(() => System.ActorSelection("/user/none").ResolveOne(TimeSpan.FromSeconds(5)));
        var identity = await System.ActorSelection("/user/none").Ask<ActorIdentity>(new Identify(7), Probe.Limit);
        Assert.Equal(7, identity.MessageId);
        Assert.Null(identity.Subject);
    }

    [Fact]
    public void ActorOf_NameTakenOrMalformed_Throws()
    {
        System.ActorOf(Props.Create(() => new Silent()), "taken");
        Assert.Throws<InvalidActorNameException>(() => System.ActorOf(Props.Create(() => new Silent()), "taken"));
        Assert.Throws<InvalidActorNameException>(() => System.ActorOf(Props.Create(() => new Silent()), "a/b"));
    }

    [Fact]
    public async Task EventStream_Unhandled_IsPublished()
    {
        var probe = new Probe(System);
        System.EventStream.Subscribe(probe.Ref, typeof(UnhandledMessage));
        var actor = System.ActorOf(Props.Create(() => new Slow()));
        actor.Tell(42);
        Assert.Equal(42, (await probe.Next<UnhandledMessage>()).Message);
    }

    [Fact]
    public async Task Scheduler_RepeatedAndCancelled_StopsSending()
    {
        var probe = new Probe(System);
        var tick = System.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(10), probe.Ref, "tick", ActorRefs.NoSender);
        await probe.Next();
        await probe.Next();
        tick.Cancel();
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), probe.Ref, "end", ActorRefs.NoSender);
        await probe.Until<string>(m => m == "end");
    }

    private sealed class Classifier : ReceiveActor
    {
        public Classifier()
        {
            Receive<int>(_ => Sender.Tell("large"), i => i > 10);
            Receive<int>(_ => Sender.Tell("int"));
            Receive<string>(_ => Sender.Tell("string"));
            Receive<char>(_ => Sender.Tell(new Status.Failure(new InvalidOperationException("no"))));
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class Moody : ReceiveActor
    {
        public Moody() => Become(Calm);

        private void Calm()
        {
            Receive<string>(_ => Sender.Tell("calm"), m => m == "who");
            Receive<string>(_ => BecomeStacked(Angry));
        }

        private void Angry()
        {
            Receive<string>(_ => Sender.Tell("angry"), m => m == "who");
            Receive<string>(_ => UnbecomeStacked());
        }
    }

    private sealed class Silent : ReceiveActor
    {
        public Silent() => ReceiveAny(_ => { });
    }

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef to) => ReceiveAny(to.Forward);
    }

    private sealed class Slow : ReceiveActor
    {
        public Slow()
        {
            ReceiveAsync<string>(
                async _ =>
                {
                    Sender.Tell("slow 1");
                    await Task.Delay(50);
                    Sender.Tell("slow 2");
                },
                m => m == "slow");
            Receive<string>(m => Sender.Tell(m));
        }
    }

    private sealed class Impatient : ReceiveActor
    {
        public Impatient(IActorRef probe)
        {
            SetReceiveTimeout(TimeSpan.FromMilliseconds(20));
            Receive<ReceiveTimeout>(_ => probe.Tell("timeout"));
        }
    }
}
