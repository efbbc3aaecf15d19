using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using DistSeq2Seq.Protocol.Actors;
using DistSeq2Seq.Protocol.Cluster;
using Member = Akka.Cluster.Member;

namespace DistSeq2Seq.Worker;

/// <summary>
/// The worker's side of the cluster: announces itself to the coordinator, hands its orders to the training thread and the
/// thread's answers back. Holds nothing that must survive it.
/// </summary>
internal sealed class WorkerActor : ReceiveActor, IWithTimers
{
    /// <summary>How often the worker says that it is there; the coordinator answers the first time.</summary>
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _workerId;
    private readonly string _grpcAddress;
    private readonly WorkerOptions _options;
    private readonly TrainingThread _training;
    private readonly SnapshotStore _snapshots;
    private readonly Action<int> _exit;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActorSelection? _coordinator;
    private UniqueAddress? _coordinatorNode;
    private bool _leaving;
    private bool _finished;

    public WorkerActor(string workerId, string grpcAddress, WorkerOptions options, TrainingThread training, SnapshotStore snapshots, Action<int> exit)
    {
        (_workerId, _grpcAddress, _options, _training, _snapshots, _exit) = (workerId, grpcAddress, options, training, snapshots, exit);
        Receive<ClusterEvent.MemberUp>(up => Found(up.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => Lost(removed.Member));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Announce>(_ => AnnounceSelf());
        Receive<Leave>(_ => LeaveRun());

        Receive<Welcome>(Join);
        Receive<Refused>(Refuse);
        Receive<Regroup>(regroup => _training.Quiesce(regroup.Generation));
        Receive<ExchangePlan>(plan => _training.Post(new TrainingCommand.Synchronize(plan)));
        Receive<StepPlan>(plan => _training.Post(new TrainingCommand.Step(plan)));
        Receive<ValidationPlan>(plan => _training.Post(new TrainingCommand.Validate(plan)));
        Receive<ReleaseSnapshot>(release => _snapshots.Release(release.Step));
        Receive<RunFinished>(Finish);
        Receive<FromThread>(answer => _coordinator?.Tell(answer.Message));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer(nameof(Announce), Announce.Instance, TimeSpan.Zero, AnnounceInterval);
        var self = Self;
        _training.Start(message => self.Tell(new FromThread(message)));
    }

    /// <inheritdoc/>
    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);

    private void Found(Member member)
    {
        if (!member.HasRole(ActorSystemSettings.Coordinator))
            return;
        _log.Info("Found the coordinator at {0}", member.Address);
        _coordinatorNode = member.UniqueAddress;
        _coordinator = Context.ActorSelection(new RootActorPath(member.Address) / "user" / ActorSystemSettings.Coordinator);
        AnnounceSelf();
    }

    private void Lost(Member member)
    {
        if (member.UniqueAddress != _coordinatorNode)
            return;
        _log.Warning("The coordinator at {0} is gone; keeping the state of step {1} and waiting for it to come back", member.Address, _training.Position.Step);
        (_coordinator, _coordinatorNode) = (null, null);
        if (_leaving)
            _exit(ExitCodes.Terminated); // nobody is left to say goodbye to
    }

    private void AnnounceSelf() => _coordinator?.Tell(new JoinRequest
    {
        WorkerId = _workerId,
        Host = _options.Host,
        GrpcAddress = _grpcAddress,
        ProcessId = Environment.ProcessId,
        Device = _options.Device,
        Position = _training.Position,
        HighestGeneration = _training.Generation,
    });

    private void LeaveRun()
    {
        if (_leaving || _finished || _coordinator is null)
        {
            _exit(ExitCodes.Terminated);
            return;
        }

        _leaving = true;
        Timers.CancelAll();
        _coordinator.Tell(new Leaving { WorkerId = _workerId });
    }

    private void Join(Welcome welcome)
    {
        _finished = false; // a coordinator with more steps to do may follow one that was done
        _training.Post(new TrainingCommand.Prepare(welcome));
    }

    private void Refuse(Refused refused)
    {
        _log.Warning("The coordinator refused this worker: {0}", refused.Reason);
        if (refused.Final)
            _exit(ExitCodes.BadInput);
    }

    private void Finish(RunFinished finished)
    {
        // A coordinator that stays says so again at every announcement.
        if (!_finished)
            _log.Info("{0}: {1}", _options.Stay && finished.ExitCode == ExitCodes.Success ? "Resting" : "Stopping", finished.Reason);
        _finished = true;
        _exit(_leaving ? ExitCodes.Terminated : finished.ExitCode);
    }

    /// <summary>Asks the actor to leave the run (SIGTERM); the second time it leaves at once.</summary>
    public sealed class Leave
    {
        /// <summary>The only instance.</summary>
        public static readonly Leave Instance = new();
    }

    private sealed class Announce
    {
        public static readonly Announce Instance = new();
    }

    /// <summary>Something the training thread has to say to the coordinator.</summary>
    private sealed record FromThread(object Message);
}
