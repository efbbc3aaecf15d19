using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Hosting;
using Akka.Hosting.TestKit;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Worker.Hosting;
using DistSeq2Seq.Worker.State;
using DistSeq2Seq.Worker.Training;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Member = Akka.Cluster.Member;

namespace DistSeq2Seq.Worker.Tests;

/// <summary>
/// The worker's actor, beside a coordinator whose part the test takes. Both are on one node, that of the coordinator, in a cluster of its
/// own.
/// </summary>
public sealed class WorkerActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly PeerChannels _channels = new();
    private readonly ReplicaState _state = new();
    private readonly WorkerContext _worker;
    private readonly TrainingThread _training;
    private readonly CoordinatorAbsence _absence = new();
    private readonly Channel<int> _exits = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _rejoin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkerActorTests()
        : base(NodeRoles.SystemName)
    {
        _worker = new WorkerContext(
            "one", new WorkerOptions { Seeds = [] }, _state, new ReductionOwner(), _channels, NullLogger.Instance);
        _training = new TrainingThread(_worker);
    }

    [Fact]
    public async Task Worker_InACluster_FindsTheCoordinatorAndAnnouncesItselfUntilItIsWelcomed()
    {
        var actor = StartWithCoordinator();
        var announcement = await ExpectAsync<JoinRequest>();
        Assert.Equal(("one", "http://here:5051", ProtocolVersion.Current), (announcement.WorkerId, announcement.GrpcAddress,
            announcement.ProtocolVersion));
        Assert.Equal(actor, LastSender);
        Assert.Equal(TimeSpan.Zero, _absence.Length);
        await ExpectAsync<JoinRequest>(); // the first may have been lost

        actor.Tell(new Welcome { CoordinatorId = "this-coordinator" });

        // The thread, which is not started here, has it: the coordinator hears that it is under way.
        await FishForMessageAsync(message => message is JoinRequest { PreparingFor: "this-coordinator" }, Patience);
    }

    [Fact]
    public async Task Answer_OfTheTrainingThread_GoesToTheCoordinator()
    {
        _training.Start();
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(new Regroup { Generation = 7 });
        var answer = await ExpectAsync<Regrouped>();
        Assert.Equal(("one", 7L), (answer.WorkerId, answer.Generation));
        Assert.Equal(7, _training.Generation);
    }

    [Theory]
    [InlineData(ExitCodes.Success)]
    [InlineData(ExitCodes.Failure)]
    public async Task Run_ThatIsFinished_EndsTheProcessWithItsCode(int code)
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(new RunFinished { Reason = "the end", ExitCode = code });
        Assert.Equal(code, await ExitAsync());
    }

    [Fact]
    public async Task Refusal_ForGood_EndsTheProcessAsBadInput_AndAnotherDoesNot()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(new Refused { Reason = "not now" });
        actor.Tell(new Refused { Reason = "never", Final = true });
        Assert.Equal(ExitCodes.BadInput, await ExitAsync());
        Assert.False(_exits.Reader.TryRead(out _)); // only one of the two ended it
    }

    [Fact]
    public async Task Leave_WhileThereIsACoordinator_SaysSoUntilItIsLetGo()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(WorkerActor.Leave.Instance);
        Assert.Equal("one", (await ExpectAsync<Leaving>()).WorkerId);
        await ExpectAsync<Leaving>(); // the first may have been lost
        Assert.False(_exits.Reader.TryRead(out _));

        actor.Tell(new RunFinished { ExitCode = ExitCodes.Success });
        Assert.Equal(ExitCodes.Terminated, await ExitAsync());
    }

    [Fact]
    public async Task Leave_Twice_EndsAtOnce()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(WorkerActor.Leave.Instance);
        actor.Tell(WorkerActor.Leave.Instance);
        Assert.Equal(ExitCodes.Terminated, await ExitAsync());
    }

    [Fact]
    public async Task Leave_WithoutACoordinator_EndsAtOnce()
    {
        Start().Tell(WorkerActor.Leave.Instance);
        Assert.Equal(ExitCodes.Terminated, await ExitAsync());
    }

    [Fact]
    public async Task Message_OfAForeignType_IsIgnored()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        foreach (var foreign in new object[] { "text", 5, new JoinRequest(), new byte[] { 1 } })
        {
            actor.Tell(foreign);
            Assert.Same(foreign, (await ExpectAsync<UnhandledMessage>()).Message);
        }

        await ExpectAsync<JoinRequest>();
        Assert.False(_ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Coordinator_ThatIsRemovedFromTheCluster_IsLookedForByJoiningAnew()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(new ClusterEvent.MemberRemoved(Coordinator.Copy(MemberStatus.Removed), MemberStatus.Up));
        await _rejoin.Task.WaitAsync(Patience);
        Assert.True(_absence.Length > TimeSpan.Zero);
        Assert.False(_exits.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Coordinator_UnreachableAndSilent_IsLookedForByJoiningAnew()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(new ClusterEvent.UnreachableMember(Coordinator));
        await _rejoin.Task.WaitAsync(Patience);
        Assert.True(_absence.Length > TimeSpan.Zero);
    }

    [Fact]
    public async Task Coordinator_GoneWhileTheWorkerLeaves_EndsIt()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        actor.Tell(WorkerActor.Leave.Instance);
        actor.Tell(new ClusterEvent.MemberRemoved(Coordinator.Copy(MemberStatus.Removed), MemberStatus.Up));
        Assert.Equal(ExitCodes.Terminated, await ExitAsync());
        Assert.False(_rejoin.Task.IsCompleted);
    }

    [Fact]
    public async Task Actor_ThatEnds_SaysSoAndBeginsTheAbsence()
    {
        var actor = StartWithCoordinator();
        await ExpectAsync<JoinRequest>();
        Sys.Stop(actor);
        await _ended.Task.WaitAsync(Patience);
        Assert.True(_absence.Length > TimeSpan.Zero);
    }

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) =>
        new ActorNode { Role = NodeRoles.Coordinator }.Configure(builder);

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        _training.Dispose();
        _state.Dispose();
        _channels.Dispose();
    }

    /// <summary>The coordinator's node, as the cluster sees it.</summary>
    private Member Coordinator => Cluster.Get(Sys).State.Members.Single();

    private IActorRef Start()
    {
        var end = new WorkerEnd(code => _exits.Writer.TryWrite(code), () => _rejoin.TrySetResult(), () => _ended.TrySetResult());
        return Sys.ActorOf(Props.Create(() => new WorkerActor(_worker, "http://here:5051", _training, _absence, end)), NodeRoles.Worker);
    }

    /// <summary>Starts the worker's actor in a cluster whose coordinator is the test's own actor.</summary>
    private IActorRef StartWithCoordinator()
    {
        Sys.ActorOf(Props.Create(() => new Forwarder(TestActor)), NodeRoles.Coordinator);
        Cluster.Get(Sys).Join(Cluster.Get(Sys).SelfAddress);
        return Start();
    }

    /// <summary>The next message of a type that the coordinator gets; others before it are passed over.</summary>
    private async Task<T> ExpectAsync<T>() => (T)await FishForMessageAsync(message => message is T, Patience);

    private Task<int> ExitAsync() => _exits.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef to) => ReceiveAny(to.Forward);
    }
}
