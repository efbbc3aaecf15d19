using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>The run's public status. The actor writes it; endpoints read it at any time and wait for changes.</summary>
public sealed class StatusBoard(RunConfiguration configuration, string runId) : IStatusSource
{
    /// <summary>Seconds over which tokens per second are averaged.</summary>
    private const double RateWindowSeconds = 15;

    /// <summary>Maximum points of the loss curve; when there are more, every second one is dropped.</summary>
    private const int CurvePoints = 400;

    private readonly DateTime _started = MonotonicClock.Now;
    private readonly Queue<(DateTime At, long Tokens, long Step)> _recent = [];
    private readonly List<LossPoint> _curve = [];
    private long _curveStride = 1;
    private long _tokens;
    private long _skipped;
    private CommittedStep? _last;
    private string _digest = "";
    private string _message = "starting";
    private volatile RunStatus _status = new()
    {
        State = RunStatus.Types.State.Starting,
        RunId = runId,
        RunFolder = configuration.Run,
        RemainingSeconds = -1,
    };
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The current status; readers must not change it.</summary>
    public RunStatus Current => _status;

    /// <summary>Completes at the next change.</summary>
    public Task NextChange => Volatile.Read(ref _changed).Task;

    /// <summary>Adds a committed step to the figures.</summary>
    /// <param name="step">The step.</param>
    /// <param name="digest">Replica digest after the step; empty where unknown.</param>
    /// <param name="live">False for steps of an earlier process, which count for the loss curve but not for speed and token totals.</param>
    public void Add(CommittedStep step, string digest, bool live)
    {
        if (_last is not null && step.Step <= _last.Step)
            _curve.RemoveAll(p => p.Step >= step.Step); // the run has gone back
        _last = step;
        _skipped += step.Skipped ? 1 : 0;
        if (digest.Length > 0)
            _digest = digest;
        if (step.Tokens > 0 && step.Step % _curveStride == 0)
            _curve.Add(new LossPoint { Step = step.Step, Loss = step.LossSum / step.Tokens });
        if (_curve.Count > CurvePoints)
        {
            _curveStride *= 2;
            _curve.RemoveAll(p => p.Step % _curveStride != 0);
        }

        if (!live)
            return;
        _tokens += step.Tokens;
        _recent.Enqueue((MonotonicClock.Now, step.Tokens, step.Step));
    }

    /// <summary>Sets the status message for people; <see cref="Publish"/> makes it public.</summary>
    public void Say(string message) => _message = message;

    /// <summary>Publishes the state of the machine and the figures.</summary>
    /// <param name="machine">The state.</param>
    /// <param name="schedule">Places of steps in the corpus.</param>
    /// <param name="parameters">Parameters of the model; 0 while unknown.</param>
    /// <param name="refusedChunks">Streams and chunks that the coordinator refused, as an owner.</param>
    /// <param name="refusals">Counts of the coordinator's other refusals, by <see cref="RefusalReasons"/>.</param>
    internal void Publish(RunMachine machine, StepSchedule schedule, long parameters, long refusedChunks,
        IReadOnlyDictionary<string, long> refusals)
    {
        var now = MonotonicClock.Now;
        while (_recent.Count > 1 && (now - _recent.Peek().At).TotalSeconds > RateWindowSeconds)
            _recent.Dequeue();
        var seconds = _recent.Count > 1 ? (now - _recent.Peek().At).TotalSeconds : 0;
        var stepsPerSecond = seconds > 0 ? (_recent.Count - 1) / seconds : 0;
        var total = machine.IsOver(machine.Committed) ? machine.Committed : schedule.TotalSteps();
        var place = machine.Committed > 0 ? schedule.Locate(machine.Committed) : default;
        var state = StateTexts.Of(machine);
        var isOver = machine.Phase == RunPhase.Finished;
        var status = new RunStatus
        {
            RunId = runId,
            RunFolder = configuration.Run,
            State = state,
            Tone = StateTexts.ToneOf(state),
            Over = isOver,
            Message = _message,
            Step = machine.Committed,
            TotalSteps = total,
            Epoch = place.Epoch + 1,
            MaxEpochs = configuration.Training.MaxEpochs,
            Loss = _last is { Tokens: > 0 } last ? last.LossSum / last.Tokens : 0,
            TokensPerSecond = seconds > 0 ? _recent.Skip(1).Sum(r => r.Tokens) / seconds : 0,
            Tokens = _tokens,
            ElapsedSeconds = (now - _started).TotalSeconds,
            RemainingSeconds = isOver ? 0 : stepsPerSecond > 0 ? (total - machine.Committed) / stepsPerSecond : -1,
            Generation = machine.Generation,
            Topology = machine.IsStar ? "star" : "sharded",
            GradientNorm = _last?.GradientNorm ?? 0,
            SkippedSteps = _skipped,
            LearningRate = _last?.LearningRate ?? machine.LearningRateOf(1),
            ReplicaDigest = _digest,
            LastCheckpointStep = machine.LastCheckpoint,
            MicroBatches = configuration.Training.MicroBatches,
            Parameters = parameters,
            StaleMessages = machine.StaleMessages,
            WorkersLost = machine.WorkersLost,
            RefusedChunks = machine.RefusedByWorkers + refusedChunks + refusals.GetValueOrDefault(RefusalReasons.Message),
        };
        // Each reason has an entry, so that a query for it always has a result.
        status.Refusals.Add(RefusalReasons.Generation, machine.StaleMessages);
        status.Refusals.Add(RefusalReasons.Exchange, machine.RefusedByWorkers + refusedChunks);
        status.Refusals.Add(RefusalReasons.Replica, machine.ReplicasRefused);
        foreach (var kind in (string[])[RefusalReasons.Message, RefusalReasons.Version, RefusalReasons.Run, RefusalReasons.Model,
            RefusalReasons.Arithmetic])
            status.Refusals.Add(kind, refusals.GetValueOrDefault(kind));
        var ranks = new Dictionary<string, int>();
        foreach (var member in machine.Members)
            ranks[member.Id] = ranks.Count;
        status.Workers.AddRange(machine.Workers.Select(w => Describe(machine.Phase, w, ranks.GetValueOrDefault(w.Id, -1))));
        status.Validations.AddRange(
            machine.Validations.Select(v => new Protocol.Monitoring.ValidationPoint { Step = v.Step, Loss = v.Loss, Bleu = v.Bleu ?? -1 }));
        status.Losses.AddRange(_curve);
        _status = status;
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private static WorkerStatus Describe(RunPhase phase, WorkerEntry worker, int rank)
    {
        var state = StateTexts.Of(phase, worker, isMember: rank >= 0);
        return new WorkerStatus
        {
            WorkerId = worker.Id,
            Address = worker.GrpcAddress,
            Host = worker.Host,
            ProcessId = worker.ProcessId,
            State = state,
            Tone = StateTexts.ToneOf(state),
            Rank = rank,
            FirstMicroBatch = worker.Range.First,
            EndMicroBatch = worker.Range.End,
            Step = worker.Position.Step,
            ComputeSeconds = worker.LastReport?.ComputeSeconds ?? 0,
            ExchangeSeconds = worker.LastReport?.ExchangeSeconds ?? 0,
            WaitSeconds = worker.LastReport?.WaitSeconds ?? 0,
            ResidentBytes = worker.LastReport?.ResidentBytes ?? 0,
            LiveTensors = worker.LastReport?.LiveTensors ?? 0,
        };
    }
}
