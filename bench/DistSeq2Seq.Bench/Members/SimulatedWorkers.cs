using System.Diagnostics;
using Akka.Actor;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Bench.Members;

/// <summary>Workers without tensors: an actor each, which sends what a worker's actor sends and answers as it does.</summary>
internal sealed class SimulatedWorkers
{
    /// <summary>How often a worker says that it is there, steps or not.</summary>
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait for the orders of a step: beyond, something is wrong.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly IActorRef[] _workers;
    private readonly Dictionary<long, int> _ordered = [];
    private ExchangePlan _plan = new();
    private string _refusal = "";

    /// <param name="system">Where they live: one node for all of them.</param>
    /// <param name="coordinator">host:port of the coordinator's actor system.</param>
    /// <param name="corpusDigest">The corpus that they claim to have.</param>
    /// <param name="count">How many.</param>
    public SimulatedWorkers(ActorSystem system, string coordinator, string corpusDigest, int count)
    {
        var path = $"akka.tcp://{NodeRoles.SystemName}@{coordinator}/user/{NodeRoles.Coordinator}";
        _workers = [.. Enumerable.Range(0, count).Select(i => system.ActorOf(
            Props.Create(() => new Worker(this, i, AnnounceInterval * (i + 1) / count, system.ActorSelection(path), corpusDigest)),
            Name(i)))];
    }

    /// <summary>
    /// Gradient bytes that go through the coordinator in a step of the current plan: what every member sends to shards that the
    /// coordinator owns, and what comes back.
    /// </summary>
    /// <param name="elements">Of the flat gradient.</param>
    public long TensorBytes(long elements)
    {
        var map = new ShardMap(elements, _plan.BucketElements, _plan.ChunkElements, _plan.Owners.Count);
        var owned = map.Chunks.Where(c => _plan.Owners[c.Owner].WorkerId.Length == 0).Sum(c => (long)c.Length);
        return owned * sizeof(float) * 2 * _plan.Members.Count;
    }

    /// <summary>All of them join; ends when every one has been told to take the step <paramref name="planned"/>.</summary>
    public void Join(long planned)
    {
        foreach (var worker in _workers)
            worker.Tell(Announce.Instance);
        WaitFor(planned);
    }

    /// <summary>One step: all report, and the step <paramref name="planned"/> goes out to everybody.</summary>
    /// <returns>Seconds from the first report to the last order.</returns>
    public double Step(long step, long planned)
    {
        var begin = Stopwatch.GetTimestamp();
        foreach (var worker in _workers)
            worker.Tell(new Take(step));
        WaitFor(planned);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static string Name(int worker) => $"worker-{worker:D4}";

    private void WaitFor(long step)
    {
        lock (_ordered)
        {
            for (var begin = Stopwatch.GetTimestamp(); _ordered.GetValueOrDefault(step) < _workers.Length;)
            {
                var left = Patience - Stopwatch.GetElapsedTime(begin);
                if (_refusal.Length > 0 || left <= TimeSpan.Zero || !Monitor.Wait(_ordered, left))
                    throw new InvalidOperationException($"{_ordered.GetValueOrDefault(step)} of {_workers.Length} simulated workers were "
                        + $"told to take step {step} within {Patience.TotalSeconds} s{_refusal}");
            }

            _ordered.Remove(step);
        }
    }

    /// <summary>Counted by step: the orders of two steps may overtake each other on the way to different workers.</summary>
    private void Ordered(long step)
    {
        lock (_ordered)
        {
            _ordered[step] = _ordered.GetValueOrDefault(step) + 1;
            if (_ordered[step] == _workers.Length)
                Monitor.Pulse(_ordered);
        }
    }

    private void Refused(string reason)
    {
        lock (_ordered)
        {
            _refusal = $"; the coordinator refused one: {reason}";
            Monitor.Pulse(_ordered);
        }
    }

    private sealed class Announce
    {
        public static readonly Announce Instance = new();
    }

    private sealed record Take(long Step);

    private sealed class Worker : ReceiveActor, IWithTimers
    {
        private readonly TimeSpan _startedAfter;

        /// <param name="all">Who counts the orders.</param>
        /// <param name="index">Its number.</param>
        /// <param name="startedAfter">Its announcements come that much after the first worker's: no two processes start at once.</param>
        /// <param name="coordinator">Whom it tells.</param>
        /// <param name="corpusDigest">The corpus that it claims to have.</param>
        public Worker(SimulatedWorkers all, int index, TimeSpan startedAfter, ActorSelection coordinator, string corpusDigest)
        {
            _startedAfter = startedAfter;
            var name = Name(index);
            var plan = new ExchangePlan();
            Receive<Announce>(_ => coordinator.Tell(Announcement(index)));
            Receive<Welcome>(_ => coordinator.Tell(new WorkerReady
            {
                WorkerId = name,
                CorpusDigest = corpusDigest,
                Arithmetic = "none",
                Position = new(),
                Layout = { new TensorShape { Name = "weight", Shape = { ReferenceCase.ExchangeElements } } },
            }));
            Receive<Regroup>(regroup =>
                coordinator.Tell(new Regrouped { WorkerId = name, Generation = regroup.Generation, Position = new() }));
            Receive<ExchangePlan>(given =>
            {
                all._plan = plan = given;
                coordinator.Tell(new Synchronized
                {
                    WorkerId = name,
                    Generation = plan.Generation,
                    Step = plan.Step,
                    ReplicaDigest = "equal",
                });
            });
            Receive<StepPlan>(order => all.Ordered(order.Step));
            Receive<Refused>(refused => all.Refused(refused.Reason));
            Receive<Take>(take => coordinator.Tell(Report(name, index, plan.Generation, take.Step)));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() =>
            Timers.StartPeriodicTimer(nameof(Announce), Announce.Instance, _startedAfter, AnnounceInterval);

        private static JoinRequest Announcement(int index) => new()
        {
            WorkerId = Name(index),
            Host = $"node-{index}",
            GrpcAddress = $"http://node-{index}:5051",
            ProcessId = 1,
            Device = "cpu",
            Position = new(),
            ProtocolVersion = ProtocolVersion.Current,
        };

        private static StepReport Report(string name, int index, long generation, long step) => new()
        {
            WorkerId = name,
            Generation = generation,
            Step = step,
            GradientNorm = 1,
            ComputeSeconds = 1,
            ExchangeSeconds = 0.1,
            BytesSent = 65_000_000,
            ResidentBytes = 1L << 30,
            LiveTensors = 100,
            MicroBatches = { new MicroBatchResult { Index = index, LossSum = 100, Tokens = 1500 } },
        };
    }
}
