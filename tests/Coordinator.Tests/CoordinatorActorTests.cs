using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Akka.Hosting.TestKit;
using Akka.TestKit;
using DistSeq2Seq.Coordinator.Checkpoints;
using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Monitoring;
using Google.Protobuf;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

/// <summary>The coordinator's actor: what it takes from whom, what it answers, and when its process ends.</summary>
public sealed class CoordinatorActorTests : TestKit
{
    private const int TotalSteps = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryRun _run = new();
    private readonly OpenedRun _opened;
    private readonly RunJournal _journal;
    private readonly PeerChannels _channels = new();
    private readonly CheckpointService _checkpoints;
    private readonly StatusBoard _board;
    private readonly RunControl _control = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CoordinatorActorTests()
    {
        _opened = OpenedRun.Open(_run.Configuration);
        _journal = new RunJournal(_run.Configuration.Run);
        _checkpoints = new CheckpointService(_opened.Folder, _run.Configuration, _opened.Data, _channels);
        _board = new StatusBoard(_run.Configuration, _opened.Folder.RunId);
    }

    [Fact]
    public async Task Announcement_OfAWorkerThatFits_IsHeardAndWelcomed()
    {
        var actor = Start();
        var worker = CreateTestProbe();
        actor.Tell(Announcement("one"), worker);
        await worker.ExpectMsgAsync<Heard>(Patience);
        var welcome = await worker.ExpectMsgAsync<Welcome>(Patience);
        Assert.Equal((_opened.Folder.RunId, "this-coordinator", _opened.Data.Fingerprint),
            (welcome.RunId, welcome.CoordinatorId, welcome.CorpusFingerprint));
        Assert.Equal(Path.GetFullPath(_opened.Data.Path), welcome.PreparedFolder);

        // While it prepares it announces itself again: that is heard, but no second reason to prepare.
        var again = Announcement("one");
        again.PreparingFor = welcome.CoordinatorId;
        actor.Tell(again, worker);
        actor.Tell(new Leaving { WorkerId = "nobody" }, worker);
        await worker.ExpectMsgAsync<Heard>(Patience);
        Assert.Equal(ExitCodes.Terminated, (await worker.ExpectMsgAsync<RunFinished>(Patience)).ExitCode);
    }

    [Fact]
    public async Task Message_ThatCannotBeActedOn_IsRefusedForGoodAndCounted()
    {
        var actor = Start();
        var worker = CreateTestProbe();
        actor.Tell(new JoinRequest { ProtocolVersion = ProtocolVersion.Current }, worker);
        var refused = await worker.ExpectMsgAsync<Refused>(Patience);
        Assert.True(refused.Final);
        Assert.Contains("names no worker", refused.Reason, StringComparison.Ordinal);
        await AwaitConditionAsync(() => Task.FromResult(_board.Current.Refusals[RefusalReasons.Message] == 1), Patience);
    }

    [Fact]
    public async Task Announcement_OfAnotherVersion_IsRefusedForGood()
    {
        var actor = Start();
        var worker = CreateTestProbe();
        var announcement = Announcement("one");
        announcement.ProtocolVersion = 0;
        actor.Tell(announcement, worker);
        await worker.ExpectMsgAsync<Heard>(Patience);
        var refused = await worker.ExpectMsgAsync<Refused>(Patience);
        Assert.True(refused.Final);
        Assert.Contains("version 0 of the protocol", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_OfAForeignType_IsIgnored()
    {
        var actor = Start();
        var worker = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        foreach (var foreign in new object[] { "text", 5, new Welcome(), new byte[] { 1 } })
        {
            actor.Tell(foreign, worker);
            Assert.Same(foreign, (await ExpectMsgAsync<UnhandledMessage>(Patience)).Message);
        }

        actor.Tell(Announcement("one"), worker);
        await worker.ExpectMsgAsync<Heard>(Patience);
        await worker.ExpectMsgAsync<Welcome>(Patience);
        Assert.False(_ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Worker_FromItsAnnouncementToItsFirstStep_IsLedThere()
    {
        var actor = Start();
        var worker = CreateTestProbe();
        var plan = await TrainAsync(actor, worker, "one");
        Assert.Equal((1L, 1L), (plan.Generation, plan.Step));
        Assert.Equal(RunStatus.Types.State.Training, _board.Current.State);

        actor.Tell(Report("one", plan));

        await AwaitConditionAsync(() => Task.FromResult(_board.Current.Step == 1), Patience);
        Assert.Equal(1, RunJournal.ReadLedger(_run.Configuration.Run, out _).Single().Step);
    }

    [Fact]
    public async Task Worker_BackWithAnotherActor_BeginsAnewThere()
    {
        var actor = Start();
        var (before, after) = (CreateTestProbe(), CreateTestProbe());
        actor.Tell(Announcement("one"), before);
        await before.ExpectMsgAsync<Heard>(Patience);
        await before.ExpectMsgAsync<Welcome>(Patience);
        await TrainAsync(actor, after, "one");
        Assert.False(before.HasMessages);
    }

    [Fact]
    public async Task Checkpoint_AskedForAndNotWrittenWhenTheActorEnds_IsAnsweredSo()
    {
        var actor = Start();
        await TrainAsync(actor, CreateTestProbe(), "one");
        var checkpoint = _control.AskAsync(ControlAction.Checkpoint, CancellationToken.None);
        await _control.AskAsync(ControlAction.Pause, CancellationToken.None).WaitAsync(Patience); // behind the checkpoint
        Assert.False(checkpoint.IsCompleted);

        Sys.Stop(actor);

        await _ended.Task.WaitAsync(Patience);
        var error = await Assert.ThrowsAsync<ControlException>(() => checkpoint.WaitAsync(Patience));
        Assert.Equal("the run ended before its next checkpoint", error.Message);
        Assert.False(_exit.Task.IsCompleted); // its process learns that by itself
    }

    [Fact]
    public async Task Stop_WhileNobodyTrains_EndsAsTerminatedAndSaysSoToWhoeverComes()
    {
        var actor = Start();
        actor.Tell(CoordinatorActor.Stop.Instance);
        var worker = CreateTestProbe();
        actor.Tell(Announcement("one"), worker);
        var dismissal = await worker.ExpectMsgAsync<RunFinished>(Patience);
        Assert.Equal(("the run is stopped", ExitCodes.Terminated), (dismissal.Reason, dismissal.ExitCode));
        Assert.Equal(ExitCodes.Terminated, await _exit.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Stop_WhileWorkersTrain_WaitsForTheCheckpointAndASecondTimeForNothing()
    {
        var actor = Start();
        await TrainAsync(actor, CreateTestProbe(), "one");
        actor.Tell(CoordinatorActor.Stop.Instance);
        var error = await Assert.ThrowsAsync<ControlException>(() => _control.AskAsync(ControlAction.Pause, CancellationToken.None)
            .WaitAsync(Patience));
        Assert.Equal("the run has been asked to stop already", error.Message);
        Assert.False(_exit.Task.IsCompleted);

        actor.Tell(CoordinatorActor.Stop.Instance);
        Assert.Equal(ExitCodes.Terminated, await _exit.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Start_OfAFinishedRun_LetsEverybodyGoAndEnds()
    {
        var actor = Start(newestCheckpoint: TotalSteps);
        var worker = CreateTestProbe();
        actor.Tell(Announcement("one"), worker);
        Assert.Equal(ExitCodes.Success, (await worker.ExpectMsgAsync<RunFinished>(Patience)).ExitCode);
        var error = await Assert.ThrowsAsync<ControlException>(() => _control.AskAsync(ControlAction.Pause, CancellationToken.None)
            .WaitAsync(Patience));
        Assert.Equal("the run is finished", error.Message);
        Assert.Equal(ExitCodes.Success, await _exit.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Request_BeforeTheActorIsThere_SaysThatItStarts()
    {
        var error = await Assert.ThrowsAsync<ControlException>(() => _control.AskAsync(ControlAction.Pause, CancellationToken.None));
        Assert.Contains("still starting", error.Message, StringComparison.Ordinal);
    }

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider)
    {
    }

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        _checkpoints.Dispose();
        _channels.Dispose();
        _journal.Dispose();
        _opened.Dispose();
        _run.Dispose();
    }

    private static JoinRequest Announcement(string worker) => new()
    {
        WorkerId = worker,
        Host = "host",
        GrpcAddress = "http://127.0.0.1:1",
        ProcessId = 1,
        ProtocolVersion = ProtocolVersion.Current,
        Position = new ReplicaPosition(),
    };

    /// <summary>What a worker says that has taken a step alone.</summary>
    private StepReport Report(string worker, StepPlan plan)
    {
        var report = new StepReport
        {
            WorkerId = worker,
            Generation = plan.Generation,
            Step = plan.Step,
            GradientNorm = 1,
            ComputeSeconds = 0.1,
        };
        for (var micro = 0; micro < _run.Configuration.Training.MicroBatches; micro++)
            report.MicroBatches.Add(new MicroBatchResult { Index = micro, LossSum = 10, Tokens = 10 });
        return report;
    }

    private IActorRef Start(long newestCheckpoint = 0)
    {
        var configuration = _run.Configuration with
        {
            Cluster = new() { Workers = new() { Min = 1 }, Timeouts = new() { Heartbeat = 3600, Step = 3600 } },
        };
        var run = new CoordinatedRun(configuration, _opened, _journal,
            RunOptions.From(configuration, _opened.Folder.RunId, "http://127.0.0.1:2", validationPieces: 0),
            new StepSchedule(_ => 10, maxEpochs: 0, maxLength: TotalSteps));
        var process = new CoordinatorProcess("this-coordinator", code => _exit.TrySetResult(code), () => _ended.TrySetResult());
        var services = new CoordinatorServices(run, new ReductionOwner(), _checkpoints, _board, _control, process);
        return Sys.ActorOf(Props.Create(() => new CoordinatorActor(services, newestCheckpoint)));
    }

    /// <summary>Takes a worker's part until it has the plan of the first step.</summary>
    private async Task<StepPlan> TrainAsync(IActorRef coordinator, TestProbe worker, string id)
    {
        coordinator.Tell(Announcement(id), worker);
        await ExpectAsync<Welcome>(worker);
        coordinator.Tell(new WorkerReady
        {
            WorkerId = id,
            CorpusDigest = _opened.Data.TrainCorpus.Digest,
            Arithmetic = "avx2",
            Position = new ReplicaPosition(),
            Layout = { new TensorShape { Name = "weight", Shape = { 2, 3 } } },
        }, worker);
        var generation = (await ExpectAsync<Regroup>(worker)).Generation;
        coordinator.Tell(new Regrouped { WorkerId = id, Generation = generation, Position = new ReplicaPosition() }, worker);
        await ExpectAsync<ExchangePlan>(worker);
        coordinator.Tell(new Synchronized { WorkerId = id, Generation = generation, Step = 0, ReplicaDigest = "digest" }, worker);
        return await ExpectAsync<StepPlan>(worker);
    }

    /// <summary>The next message of a type; others before it are passed over.</summary>
    private static async Task<T> ExpectAsync<T>(TestProbe probe)
        where T : IMessage => (T)await probe.FishForMessageAsync(message => message is T, Patience);
}
