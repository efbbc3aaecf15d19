using DistSeq2Seq.Protocol.Cluster;
using Google.Protobuf;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>A worker without tensors: keeps the protocol, and the number of its last step instead of a replica.</summary>
internal sealed class SimulatedWorker(string id, SimulatedCluster cluster)
{
    private readonly Queue<IMessage> _orders = [];
    private readonly Queue<Welcome> _preparations = [];
    private ExchangePlan? _plan;
    private int _history;

    public string Id { get; } = id;

    public bool Stopped { get; set; }

    public long Step { get; private set; }

    public long Generation { get; set; }

    public bool HasState { get; private set; }

    public HashSet<long> Snapshots { get; } = [];

    /// <summary>What the coordinator has sent and has not arrived.</summary>
    public Queue<IMessage> Inbox { get; } = [];

    /// <summary>What this worker has sent and has not arrived.</summary>
    public Queue<IMessage> Outbox { get; } = [];

    /// <summary>The step of the plan's generation that this worker has given its part to; 0 for none.</summary>
    public long Contributed { get; private set; }

    public int? ExitCode { get; private set; }

    /// <summary>How many times as long its computations take.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Set for a replica that computed something else.</summary>
    public string Fault { get; set; } = "";

    /// <summary>Whether it computes something else again after it has taken over sound state.</summary>
    public bool IsFaultPermanent { get; set; }

    /// <summary>The coordinator whose Welcome it prepares for; empty for none.</summary>
    public string PreparingFor { get; private set; } = "";

    public bool CanWork => !Stopped && _preparations.Count + _orders.Count > 0;

    private ReplicaPosition Position => new()
    {
        HasState = HasState,
        Step = Step,
        RunId = HasState ? SimulatedCluster.RunId : "",
        History = _history,
    };

    public JoinRequest Announcement => new()
    {
        WorkerId = Id,
        Host = "host",
        GrpcAddress = $"http://{Id}:1",
        ProcessId = 1,
        Position = Position,
        HighestGeneration = Generation,
        PreparingFor = PreparingFor,
    };

    public static string DigestOf(long step) => $"digest-of-the-state-at-{step}";

    public void Receive(IMessage message)
    {
        switch (message)
        {
            case Welcome welcome when welcome.CoordinatorId != PreparingFor:
                PreparingFor = welcome.CoordinatorId;
                _preparations.Enqueue(welcome);
                break;
            case Regroup regroup when regroup.Generation > Generation:
                Generation = regroup.Generation;
                _orders.Clear();
                Snapshots.Clear();
                (_plan, Contributed) = (null, 0);
                Outbox.Enqueue(new Regrouped { WorkerId = Id, Generation = Generation, Position = Position });
                break;
            case ExchangePlan plan when plan.Generation == Generation:
                _orders.Enqueue(plan);
                break;
            case StepPlan plan when plan.Generation == Generation:
                _orders.Enqueue(plan);
                break;
            case ValidationPlan plan when plan.Generation == Generation:
                _orders.Enqueue(plan);
                break;
            case ReleaseSnapshot release:
                Snapshots.Remove(release.Step);
                break;
            case RunFinished finished:
                ExitCode = finished.ExitCode;
                break;
        }
    }

    /// <summary>Does a part of the next order.</summary>
    public void Work()
    {
        if (_preparations.TryDequeue(out _))
        {
            PreparingFor = "";
            Outbox.Enqueue(new WorkerReady { WorkerId = Id, Position = Position, HighestGeneration = Generation });
            return;
        }

        switch (_orders.Peek())
        {
            case ExchangePlan plan:
                _orders.Dequeue();
                Synchronize(plan);
                break;
            case StepPlan plan:
                TakeStep(plan);
                break;
            case ValidationPlan plan:
                _orders.Dequeue();
                Outbox.Enqueue(new ValidationReport
                {
                    WorkerId = Id,
                    Generation = plan.Generation,
                    Step = plan.Step,
                    Pieces = { plan.Pieces.Select(p => new PieceResult
                    {
                        Piece = p, LossSum = SimulatedCluster.LossOf(plan.Step, p), Tokens = p + 1,
                            BleuCounts = { cluster.BleuCountsOf(plan.Step, p) },
                    }) },
                });
                break;
        }
    }

    public bool Holds(long step) => Snapshots.Contains(step) || (HasState && Step == step);

    private void Synchronize(ExchangePlan plan)
    {
        if (plan.Source == StateSource.Fresh)
        {
            Step = 0;
        }
        else if (!HasState || Step != plan.Step || _history != plan.History)
        {
            HasState = false;
            if (!cluster.CanFetch(plan))
            {
                Outbox.Enqueue(new ExchangeFailed
                {
                    WorkerId = Id,
                    Generation = plan.Generation,
                    Step = plan.Step,
                    Peer = plan.SourceAddress,
                    Reason = "gone",
                });
                return;
            }

            Step = plan.Step;
            Fault = IsFaultPermanent ? Fault : ""; // fetched state is sound
        }

        _history = plan.History;

        (HasState, _plan, Contributed) = (true, plan, 0);
        if (plan.SnapshotMember == Id)
            Snapshots.Add(Step);
        Outbox.Enqueue(new Synchronized
        {
            WorkerId = Id,
            Generation = plan.Generation,
            Step = Step,
            ReplicaDigest = DigestOf(Step) + Fault,
        });
    }

    /// <summary>First gives its part; then, once every member has given theirs, applies the sum.</summary>
    private void TakeStep(StepPlan order)
    {
        cluster.CheckPlan(this, order);
        if (_plan is null)
        {
            _orders.Dequeue(); // its exchange has failed; what was planned beyond waits for the next generation
            return;
        }

        if (order.Step != Step + 1)
        {
            // An order was lost. (Without losses this must not be: the cluster counts it.)
            cluster.Skew($"{Id} at step {Step} was asked for step {order.Step}");
            _plan = null;
            Outbox.Enqueue(new WorkerFailed { WorkerId = Id, Reason = "asked for another step" });
            return;
        }

        Contributed = order.Step;
        if (_plan.Members.All(m => cluster.HasContributed(m.WorkerId, _plan.Generation, order.Step)))
        {
            _orders.Dequeue();
            Step = order.Step;
            if (order.Snapshot)
                Snapshots.Add(Step);
            var self = _plan.Members.Single(m => m.WorkerId == Id);
            var report = new StepReport
            {
                WorkerId = Id,
                Generation = order.Generation,
                Step = Step,
                GradientNorm = 1,
                ComputeSeconds = Slowness * (0.1 + (Id[^1] % 5)),
                ReplicaDigest = order.Digest ? DigestOf(Step) + Fault : "",
            };
            if (cluster.IsNan(Step, _history))
            {
                (report.Skipped, report.SkippedInRow) = (true, 1);
                while (cluster.IsNan(Step - report.SkippedInRow, _history))
                    report.SkippedInRow++;
                if (self.FirstMicroBatch == 0)
                    report.NotFinite.Add(0);
            }

            for (var micro = self.FirstMicroBatch; micro < self.EndMicroBatch; micro++)
                report.MicroBatches.Add(new MicroBatchResult { Index = micro, LossSum = Step + (micro * 0.25), Tokens = 10 });
            Outbox.Enqueue(report);
        }
        else if (_plan.Members.Any(m => cluster.IsDead(m.WorkerId)))
        {
            _plan = null;
            Outbox.Enqueue(new ExchangeFailed
            {
                WorkerId = Id,
                Generation = order.Generation,
                Step = order.Step,
                Peer = "a member",
                Reason = "its stream broke",
            });
        }
    }
}
