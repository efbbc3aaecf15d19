using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Worker.Training;
using Member = Akka.Cluster.Member;

namespace DistSeq2Seq.Worker.Hosting;

/// <summary>
/// The worker's side of the cluster: announces itself to the coordinator, hands its orders to the training thread and the
/// thread's answers back. It holds no state that is needed after its end.
/// </summary>
internal sealed class WorkerActor : ReceiveActor, IWithTimers
{
    /// <summary>How often the worker says that it is there; the coordinator answers each time (<see cref="Heard"/>).</summary>
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Silence of the coordinator after which this worker joins anew, if the cluster finds it unreachable too. The cluster's view alone
    /// does not count, because any node can spoil it: one busy worker that misses heartbeats would make all other workers leave.
    /// </summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(WorkerHost.HeartbeatPauseSeconds);

    /// <summary>Time without a coordinator after which the log says so; then at twice that, and so on.</summary>
    private static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(5);

    private readonly WorkerContext _worker;
    private readonly string _grpcAddress;
    private readonly TrainingThread _training;
    private readonly CoordinatorAbsence _absence;
    private readonly WorkerEnd _end;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActorSelection? _coordinator;
    private UniqueAddress? _coordinatorNode;
    private long _heard;
    private bool _unreachable;
    private bool _leaving;
    private bool _finished;
    private TimeSpan _sayAbsenceAt = FirstWord;

    /// <param name="worker">The process, which outlives the actor, as do the other parts.</param>
    /// <param name="grpcAddress">Where this process serves gRPC.</param>
    /// <param name="training">The training thread.</param>
    /// <param name="absence">How long there has been no coordinator.</param>
    /// <param name="end">Ways to end the actor, its system or the process.</param>
    public WorkerActor(WorkerContext worker, string grpcAddress, TrainingThread training, CoordinatorAbsence absence, WorkerEnd end)
    {
        (_worker, _grpcAddress, _training, _absence, _end) = (worker, grpcAddress, training, absence, end);
        Receive<ClusterEvent.MemberUp>(up => Found(up.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => Lost(removed.Member.UniqueAddress, "was removed from the cluster"));
        Receive<ClusterEvent.UnreachableMember>(unreachable => Doubt(unreachable.Member, true));
        Receive<ClusterEvent.ReachableMember>(reachable => Doubt(reachable.Member, false));
        Receive<ClusterEvent.IClusterDomainEvent>(_ => { });
        Receive<Announce>(_ => LookAndAnnounce());
        Receive<Leave>(_ => LeaveRun());
        Receive<DrainTimeout>(_ => GiveUpLeaving());

        Hear<Heard>(_ => { });
        Hear<Welcome>(Join);
        Hear<Refused>(Refuse);
        Hear<Regroup>(regroup => _training.Quiesce(regroup.Generation));
        Hear<ExchangePlan>(plan => _training.Post(new TrainingCommand.Synchronize(plan)));
        Hear<StepPlan>(plan => _training.Post(new TrainingCommand.Step(plan)));
        Hear<ValidationPlan>(plan => _training.Post(new TrainingCommand.Validate(plan)));
        Hear<ReleaseSnapshot>(release => _worker.State.Release(release.Step));
        Hear<RunFinished>(Finish);
        Receive<FromThread>(answer => _coordinator?.Tell(answer.Message));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(nameof(Announce), Announce.Instance, TimeSpan.Zero, AnnounceInterval);
        var self = Self;
        _training.Attach(message => self.Tell(new FromThread(message)));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Cluster.Get(Context.System).Unsubscribe(Self);
        _absence.Begin();
        _end.Ended();
    }

    /// <summary>Handles a message of the coordinator, which also shows that the coordinator is alive.</summary>
    private void Hear<T>(Action<T> handle) => Receive<T>(message =>
    {
        _heard = Stopwatch.GetTimestamp();
        handle(message);
    });

    private void Found(Member member)
    {
        if (!member.HasRole(NodeRoles.Coordinator))
            return;
        _log.Info("Found the coordinator at {0}", member.Address);
        _absence.End();
        _sayAbsenceAt = FirstWord;
        (_coordinatorNode, _unreachable, _heard) = (member.UniqueAddress, false, Stopwatch.GetTimestamp());
        _coordinator = Context.ActorSelection(new RootActorPath(member.Address) / "user" / NodeRoles.Coordinator);
        AnnounceSelf();
    }

    /// <summary>Some node of the cluster does not reach a member any more, or all nodes reach it again.</summary>
    private void Doubt(Member member, bool unreachable)
    {
        if (member.UniqueAddress == _coordinatorNode)
            _unreachable = unreachable;
    }

    private void LookAndAnnounce()
    {
        var silence = Stopwatch.GetElapsedTime(_heard);
        if (_coordinatorNode is { } node && _unreachable && silence >= SilenceLimit)
            Lost(node, $"gives no sign of life: silent for {silence.TotalSeconds:F1} s and unreachable for the cluster");
        AnnounceSelf();
    }

    private void Lost(UniqueAddress node, string reason)
    {
        if (node != _coordinatorNode)
            return;
        _log.Warning("The coordinator at {0} {1}; keeping the state of step {2} for {3} s while waiting for it, and joining anew",
            node.Address, reason, _training.Position.Step, _training.Patience.TotalSeconds);
        (_coordinator, _coordinatorNode) = (null, null);
        if (_leaving)
        {
            _end.Exit(ExitCodes.Terminated); // there is no coordinator left to say goodbye to
            return;
        }

        _absence.Begin();
        _end.Rejoin();
    }

    private void AnnounceSelf()
    {
        if (_coordinator is null)
            GiveUpWhenPatienceEnds();
        else if (_leaving)
            _coordinator.Tell(new Leaving { WorkerId = _worker.WorkerId }); // again and again until a coordinator answers
        else if (_training.Pause == TimeSpan.Zero)
            _coordinator.Tell(new JoinRequest
            {
                WorkerId = _worker.WorkerId,
                Host = _worker.Options.Host,
                GrpcAddress = _grpcAddress,
                ProcessId = Environment.ProcessId,
                Device = _worker.Options.Device,
                Position = _training.Position,
                HighestGeneration = _training.Generation,
                PreparingFor = _training.PreparingFor,
                ProtocolVersion = ProtocolVersion.Current,
            });
    }

    private void GiveUpWhenPatienceEnds()
    {
        var absence = _absence.Length;
        if (absence < _training.Patience)
        {
            if (absence < _sayAbsenceAt)
                return;
            while (_sayAbsenceAt <= absence)
                _sayAbsenceAt *= 2;
            _log.Info("No coordinator answers at {0} for {1:F0} s; waiting up to {2:F0} s for one (cluster.timeouts.coordinator)",
                string.Join(", ", _worker.Options.Seeds), absence.TotalSeconds, _training.Patience.TotalSeconds);
            return;
        }

        _log.Error("No coordinator at {0} for {1:F0} s (cluster.timeouts.coordinator is {2:F0} s); giving up the state of step {3}. Start "
            + "this worker again once there is one.",
            string.Join(", ", _worker.Options.Seeds), absence.TotalSeconds, _training.Patience.TotalSeconds, _training.Position.Step);
        _end.Exit(ExitCodes.Failure);
    }

    private void LeaveRun()
    {
        if (_leaving || _finished || _coordinator is null)
        {
            _end.Exit(ExitCodes.Terminated);
            return;
        }

        _leaving = true;
        Timers.StartSingleTimer(nameof(DrainTimeout), new DrainTimeout(), _training.DrainTime);
        AnnounceSelf();
    }

    private void GiveUpLeaving()
    {
        _log.Warning("Not let go within {0} s (cluster.timeouts.drain): ending at once, at step {1}; the others take the step under "
            + "way again", _training.DrainTime.TotalSeconds, _training.Position.Step);
        _end.Exit(ExitCodes.Terminated);
    }

    private void Join(Welcome welcome)
    {
        _finished = false; // a coordinator with more steps to do may follow one that was done
        _training.Prepare(welcome);
    }

    private void Refuse(Refused refused)
    {
        _log.Warning("The coordinator refused this worker: {0}. {1}", refused.Reason, refused.Final
            ? $"Ending with exit code {ExitCodes.BadInput}." : "It keeps its state and joins anew.");
        if (refused.Final)
            _end.Exit(ExitCodes.BadInput);
    }

    private void Finish(RunFinished finished)
    {
        // A coordinator that stays says so again at every announcement.
        if (!_finished)
            _log.Info("{0}: {1}", _worker.Options.Stay && finished.ExitCode == ExitCodes.Success ? "Resting" : "Stopping", finished.Reason);
        _finished = true;
        _end.Exit(_leaving ? ExitCodes.Terminated : finished.ExitCode);
    }

    /// <summary>Asks the actor to leave the run (SIGTERM); the second time it leaves at once.</summary>
    public sealed class Leave
    {
        /// <summary>The only instance.</summary>
        public static readonly Leave Instance = new();
    }

    private sealed record DrainTimeout;

    private sealed class Announce
    {
        public static readonly Announce Instance = new();
    }

    /// <summary>A message from the training thread to the coordinator.</summary>
    private sealed record FromThread(object Message);
}
