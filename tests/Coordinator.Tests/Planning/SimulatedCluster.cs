using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Protocol.Cluster;
using Google.Protobuf;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>
/// A coordinator's state machine and its workers in one thread: everything that may happen next is drawn from a seed. Links keep
/// their order, as Akka's do; beyond that any interleaving may happen. Checks what must always hold, whatever happens.
/// </summary>
internal sealed class SimulatedCluster
{
    public const string RunId = "the-run";

    private readonly Random _random;
    private readonly RunOptions _options;
    private readonly Dictionary<string, SimulatedWorker> _workers = [];
    private readonly HashSet<string> _dead = [];
    private readonly List<Effect.WriteCheckpoint> _writing = [];
    private readonly List<long> _seeking = [];
    private readonly Dictionary<(long Generation, long Step), HashSet<string>> _reported = [];
    private readonly Dictionary<long, ExchangePlan> _plans = [];
    private long _generation;
    private int _started;
    private bool _lossy;
    private int _coordinators = 1;

    public SimulatedCluster(int seed, RunOptions? options = null, long maxSteps = 40)
    {
        _random = new Random(seed);
        _options = options ?? Options();
        MaxSteps = maxSteps;
        Machine = NewMachine();
    }

    public RunMachine Machine { get; private set; }

    public long MaxSteps { get; }

    /// <summary>Parameters of the model that workers say they have; 0 for none said.</summary>
    public long Parameters { get; init; }

    /// <summary>Whether no two workers are on one host; else all are.</summary>
    public bool HasAHostForEachWorker { get; init; }

    public DateTime Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The ledger as it is read: of several entries for a step, the last.</summary>
    public SortedDictionary<long, CommittedStep> Ledger { get; } = [];

    public SortedDictionary<long, (double Loss, long Tokens, double? Bleu)> Validations { get; } = [];

    public SortedSet<long> Checkpoints { get; } = [];

    public List<Rewind> Rewinds { get; } = [];

    /// <summary>Whether the gradient of a step is not finite, in a history of so many rewinds.</summary>
    public Func<long, int, bool> IsNan { get; set; } = (_, _) => false;

    public List<Effect> Log { get; } = [];

    public (string Reason, int Code)? End { get; private set; }

    public IReadOnlyList<SimulatedWorker> Alive => [.. _workers.Values.Where(w => !_dead.Contains(w.Id))];

    public double CheckpointFailureRate { get; set; }

    /// <summary>Share of messages, both ways, that never arrive.</summary>
    public double LossRate
    {
        get;
        set
        {
            field = value;
            _lossy |= value > 0;
        }
    }

    /// <summary>Keeps checkpoints from being written to their end.</summary>
    public bool HoldsCheckpoints { get; set; }

    /// <summary>This coordinator, as a Welcome names it.</summary>
    private string CoordinatorId => $"coordinator-{_coordinators}";

    public static RunOptions Options(int min = 2, int max = 4) => new()
    {
        MinWorkers = min,
        MaxWorkers = max,
        MicroBatches = 8,
        PlanAhead = 3,
        Topology = Topology.Sharded,
        BucketElements = 1024,
        ChunkElements = 256,
        Training = new() { ValidateEvery = 7, Optimizer = new() { LearningRate = 0.5 } },
        ValidationPieces = 5,
        CheckpointEvery = 5,
        HeartbeatTimeout = TimeSpan.FromSeconds(3),
        StepTimeout = TimeSpan.FromSeconds(30),
        GrpcAddress = "http://coordinator:1",
        RunId = RunId,
    };

    public static double LossOf(long step, int piece) => (piece + 1) * (10.0 / (step + 3));

    /// <summary>What a worker counts in a piece where validations are compared by BLEU.</summary>
    public long[] BleuCountsOf(long step, int piece) => _options.Training.ValidationMetric != ValidationMetric.Bleu
        ? []
        : [20, 5 + step % 9, 15, 4, 10, 3, 5, 1 + piece % 2, 20, 21];

    /// <summary>Epochs of 11, 12, 13, … batches of 80 tokens.</summary>
    public StepSchedule NewSchedule() => new(epoch => 11 + epoch, 0, MaxSteps, epoch => [.. Enumerable.Repeat(80L, 11 + epoch)]);

    public SimulatedWorker Start()
    {
        var worker = new SimulatedWorker($"worker-{_started++:D3}", this);
        _workers[worker.Id] = worker;
        return worker;
    }

    public void Kill(SimulatedWorker worker) => _dead.Add(worker.Id);

    public void Leave(SimulatedWorker worker) => worker.Outbox.Enqueue(new Leaving { WorkerId = worker.Id });

    public void Terminate() => Do(Machine.Terminate(Now));

    public void Pause() => Do(Machine.Pause());

    public void Resume() => Do(Machine.Resume(Now));

    public long AskCheckpoint()
    {
        var (step, effects) = Machine.AskCheckpoint();
        Do(effects);
        return step;
    }

    /// <summary>SIGKILL of the coordinator, and a new one from what is on disk.</summary>
    public void RestartCoordinator()
    {
        foreach (var worker in _workers.Values)
        {
            worker.Inbox.Clear();
            worker.Outbox.Clear();
        }

        _writing.Clear();
        _seeking.Clear();
        _coordinators++;
        Machine = NewMachine();
        if (Machine.Phase == RunPhase.Finished)
            End = ("done before", 0);
    }

    /// <summary>Lets things happen until the run has ended or <paramref name="until"/> holds.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It does not come to that.</exception>
    public void RunUntil(Func<bool> until, int limit = 40_000)
    {
        for (var i = 0; i < limit; i++)
        {
            if (End is not null || until())
                return;
            Next();
        }

        Assert.Fail($"no end after {limit} events: phase {Machine.Phase}, generation {Machine.Generation}, "
            + $"committed {Machine.Committed}, "
            + $"alive {string.Join(", ", Alive.Select(w => $"{w.Id} at {w.Step}{(w.Stopped ? " stopped" : "")}"))}");
    }

    public void RunToEnd()
    {
        RunUntil(() => false);
        Assert.NotNull(End);
    }

    public bool CanFetch(ExchangePlan plan) => plan.Source == StateSource.Checkpoint
        ? Checkpoints.Contains(plan.Step)
        : Alive.Any(w => $"http://{w.Id}:1" == plan.SourceAddress && !w.Stopped && w.Holds(plan.Step));

    public bool HasContributed(string worker, long generation, long step) =>
        !_dead.Contains(worker) && _workers[worker] is var w && w.Generation == generation && w.Contributed >= step;

    /// <summary>An order that does not follow from the one before it.</summary>
    public void Skew(string what) => Assert.True(_lossy, what);

    public bool IsDead(string worker) => _dead.Contains(worker);

    public void CheckPlan(SimulatedWorker worker, StepPlan plan)
    {
        var place = NewSchedule().Locate(plan.Step);
        Assert.Equal((place.Epoch, place.Batch), (plan.Epoch, plan.Batch));
        var rate = new TrainingCourse(_options.Training, 0, NewSchedule())
            .LearningRate(plan.Step, Validations.Select(v => new ValidationLoss(v.Key, v.Value.Loss, v.Value.Bleu)));
        Assert.True(Rewinds.Any(r => r.RateFactor != 1) || plan.LearningRate == rate);
        Assert.True(worker.Generation == plan.Generation);
    }

    private RunMachine NewMachine()
    {
        long contiguous = 0;
        while (Ledger.ContainsKey(contiguous + 1))
            contiguous++;
        return new RunMachine(_options, NewSchedule(), _generation, Checkpoints.DefaultIfEmpty(0).Max(),
            Validations.Select(v => (v.Key, v.Value.Loss, v.Value.Tokens, v.Value.Bleu)), contiguous, Rewinds);
    }

    /// <summary>One event: a message arrives, a worker works, a checkpoint is written, or time passes.</summary>
    private void Next()
    {
        var choices = new List<Action>();
        foreach (var worker in Alive)
        {
            if (worker.Inbox.Count > 0 && !worker.Stopped)
                choices.Add(() => worker.Receive(worker.Inbox.Dequeue()));
            if (worker.CanWork)
                choices.Add(worker.Work);
        }

        foreach (var worker in _workers.Values.Where(w => w.Outbox.Count > 0))
            choices.Add(() => Arrive(worker)); // what a worker sent before its death still arrives
        foreach (var order in HoldsCheckpoints ? [] : _writing)
            choices.Add(() => Write(order));
        foreach (var below in _seeking)
            choices.Add(() => Seek(below));
        if (choices.Count == 0 || _random.Next(60) == 0)
            Tick();
        else
            choices[_random.Next(choices.Count)]();
    }

    private void Tick()
    {
        Now += TimeSpan.FromMilliseconds(250);
        foreach (var worker in Alive.Where(w => !w.Stopped && w.ExitCode is null))
        {
            var announcement = worker.Announcement;
            if (HasAHostForEachWorker)
                announcement.Host = worker.Id;
            if (Machine.Announced(announcement, CoordinatorId, Now) && Machine.Phase != RunPhase.Finished)
                Send(worker, new Welcome { RunId = RunId, CoordinatorId = CoordinatorId });
        }

        Do(Machine.Tick(Now));
    }

    private void Arrive(SimulatedWorker worker)
    {
        // Now and then a message comes twice.
        var message = _random.Next(10) == 0 ? worker.Outbox.Peek() : worker.Outbox.Dequeue();
        if (_random.NextDouble() < LossRate)
            return;
        if (message is StepReport reported)
            (_reported.TryGetValue((reported.Generation, reported.Step), out var who)
                ? who
                : _reported[(reported.Generation, reported.Step)] = []).Add(worker.Id);
        Do(message switch
        {
            WorkerReady ready => Machine.Ready(Sized(ready), Now),
            Regrouped answer => Machine.Regrouped(answer, Now),
            Synchronized answer => Machine.Synchronized(answer, Now),
            Progress progress => Machine.Progressed(progress, Now),
            StepReport report => Machine.Reported(report, Now),
            ValidationReport report => Machine.Validated(report, Now),
            ExchangeFailed failure => Machine.ExchangeFailed(failure, Now),
            WorkerFailed failure => Machine.Lost(failure.WorkerId, failure.Reason, Now),
            Leaving leaving => Machine.Leaving(leaving.WorkerId, Now),
            _ => throw new InvalidOperationException($"a worker sends no {message.GetType().Name}"),
        });
    }

    private void Send(SimulatedWorker worker, IMessage message)
    {
        if (_random.NextDouble() >= LossRate)
            worker.Inbox.Enqueue(message);
    }

    private void Write(Effect.WriteCheckpoint order)
    {
        _writing.Remove(order);
        var holds = Alive.Any(w => w.Id == order.WorkerId && !w.Stopped && w.Holds(order.Step));
        var failure = !holds ? "the worker is gone" : _random.NextDouble() < CheckpointFailureRate ? "disk full" : null;
        if (failure is null)
        {
            Checkpoints.Add(order.Step);
            Assert.Contains(order.ReplicaDigest, new[] { "", SimulatedWorker.DigestOf(order.Step) });
        }

        Do(Machine.CheckpointDone(order.Step, failure, Now));
    }

    private void Seek(long below)
    {
        _seeking.Remove(below);
        Do(Machine.CheckpointFound(Checkpoints.Where(step => step < below).DefaultIfEmpty(0).Max(), Now));
    }

    private void Do(IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
        {
            Log.Add(effect);
            switch (effect)
            {
                case Effect.Tell(var id, var message):
                    if (message is StepPlan planned)
                        Assert.Equal(Machine.LearningRateOf(planned.Step), planned.LearningRate);
                    if (message is ExchangePlan plan)
                        _plans[plan.Generation] = plan;
                    if (message is StepPlan or ValidationPlan or ExchangePlan && End is not null)
                        Assert.Fail($"{message.GetType().Name} after the end");
                    Send(_workers[id], message);
                    break;
                case Effect.RecordGeneration(var generation):
                    Assert.True(generation > _generation, $"generation {generation} after {_generation}");
                    _generation = generation;
                    break;
                case Effect.RecordStep(var step):
                    Enter(step);
                    break;
                case Effect.RecordValidation(var step, var loss, var tokens, var bleu):
                    Assert.Equal(Machine.Committed, step);
                    Validations[step] = (loss, tokens, bleu);
                    break;
                case Effect.WriteCheckpoint order:
                    _writing.Add(order);
                    break;
                case Effect.SeekCheckpoint(var below):
                    _seeking.Add(below);
                    break;
                case Effect.RecordRewind(var rewind):
                    Assert.Empty(_writing);
                    Rewinds.Add(rewind);
                    foreach (var step in Ledger.Keys.Where(step => step > rewind.Step).ToArray())
                        Ledger.Remove(step);
                    Checkpoints.RemoveWhere(step => step > rewind.Step);
                    break;
                case Effect.Finish(var reason, var code):
                    Assert.Null(End);
                    End = (reason, code);
                    break;
            }
        }
    }

    /// <summary>
    /// A step counts when all its generation's members reported it, or when the generation began with a state that contains it.
    /// </summary>
    private void Enter(CommittedStep step)
    {
        foreach (var back in Ledger.Values.Where(s => s.Step >= step.Step && s.Generation < step.Generation).Select(s => s.Step).ToArray())
            Ledger.Remove(back); // as LedgerCheck has it
        Assert.True(step.Step == 1 || Ledger.ContainsKey(step.Step - 1), $"step {step.Step} was entered without the one before");
        var plan = _plans[step.Generation];
        Assert.True(step.Step <= plan.Step
            || plan.Members.All(m => _reported.GetValueOrDefault((step.Generation, step.Step))?.Contains(m.WorkerId) == true),
            $"step {step.Step} was entered in generation {step.Generation}, but not every member has reported it");
        Ledger[step.Step] = step;
    }

    private WorkerReady Sized(WorkerReady ready)
    {
        if (Parameters > 0 && ready.Layout.Count == 0)
            ready.Layout.Add(new TensorShape { Name = "all", Shape = { Parameters } });
        return ready;
    }
}
