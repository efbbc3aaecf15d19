using System.Collections.Concurrent;
using System.Diagnostics;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Cluster;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker;

/// <summary>
/// The worker's one thread for tensors, so that heartbeats of the actor system never wait behind a matrix product. Holds the
/// replica, which outlives actors, generations and coordinators.
/// </summary>
public sealed partial class TrainingThread : IDisposable
{
    /// <summary>How often progress of long work is told.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the end of the process waits for the thread: a matrix product under way cannot be stopped, and need not be.
    /// </summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<TrainingCommand> _commands = [];
    private readonly string _workerId;
    private readonly WorkerOptions _options;
    private readonly SnapshotStore _snapshots;
    private readonly ReductionOwner _owner;
    private readonly PeerChannels _channels;
    private readonly ILogger _logger;
    private readonly FaultInjection _faults;
    private readonly RepeatedFailures _failures = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private CancellationTokenSource _generationEnd = new();
    private long _generation;
    private long _planGeneration;
    private volatile Action<object> _notify = _ => { };
    private volatile StepRunner? _runner;

    private volatile RunConfiguration? _configuration;
    private volatile string _preparingFor = "";
    private long _progressAt;
    private string _runId = "";
    private int _history;
    private PreparedFolder? _data;
    private Replica? _replica;
    private BatchSchedule? _schedule;
    private ValidationBleu? _bleu;
    private GradientSummer? _summer;
    private float[] _sum = [];

    public TrainingThread(string workerId, WorkerOptions options, SnapshotStore snapshots, ReductionOwner owner, PeerChannels channels,
        ILogger logger)
    {
        (_workerId, _options, _snapshots, _owner, _channels, _logger) = (workerId, options, snapshots, owner, channels, logger);
        _faults = FaultInjection.FromEnvironment(logger);
        _thread = new Thread(Run) { Name = "training", IsBackground = true };
    }

    /// <summary>Highest generation heard of.</summary>
    public long Generation
    {
        get
        {
            lock (_lock)
                return _generation;
        }
    }

    /// <summary>Where the replica is. Exact while the thread is at rest, at most one step old otherwise.</summary>
    public ReplicaPosition Position => new()
    {
        HasState = _snapshots.IsWhole,
        Step = _replica?.Step ?? 0,
        RunId = _runId,
        History = _history,
    };

    /// <summary>How long to keep the state and wait for a lost coordinator: the run's, or the default before a run is known.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds((_configuration?.Cluster.Timeouts ?? new TimeoutsConfiguration()).Coordinator);

    /// <summary>The coordinator whose Welcome is being prepared for; empty when none is.</summary>
    public string PreparingFor => _preparingFor;

    /// <summary>How long to stay away from the run after a failure; zero when there was none, or long ago.</summary>
    public TimeSpan Pause => _failures.Pause;

    /// <summary>Completes when the same work has failed too often: this worker cannot do it.</summary>
    public Task GaveUp => _gaveUp.Task;

    /// <summary>How long a worker that was asked to leave finishes what it does.</summary>
    public TimeSpan DrainTime => TimeSpan.FromSeconds((_configuration?.Cluster.Timeouts ?? new TimeoutsConfiguration()).Drain);

    /// <summary>Starts working.</summary>
    public void Start() => _thread.Start();

    /// <summary>From now on answers go to <paramref name="notify"/>, from the thread.</summary>
    public void Attach(Action<object> notify) => _notify = notify;

    /// <summary>Queues a command.</summary>
    internal void Post(TrainingCommand command) => _commands.Add(command);

    /// <summary>Maps the corpus and builds the model, unless that is under way; then says <see cref="WorkerReady"/>.</summary>
    public void Prepare(Welcome run)
    {
        if (_preparingFor == run.CoordinatorId)
            return;
        _preparingFor = run.CoordinatorId;
        EndGeneration();
        Post(new TrainingCommand.Prepare(run));
    }

    /// <summary>Gives up everything older than <paramref name="generation"/>, then reports <see cref="Regrouped"/>.</summary>
    public void Quiesce(long generation)
    {
        lock (_lock)
        {
            if (generation <= _generation)
                return;
            _generation = generation;
        }

        _owner.Abandon(generation);
        EndGeneration();
        Post(new TrainingCommand.Quiesce(generation));
    }

    /// <summary>
    /// Ends what is under way. Whoever is welcomed is no member: a step that it still waits in will never be finished, and the order to
    /// give it up may have gone to an actor system that is no more.
    /// </summary>
    private void EndGeneration()
    {
        lock (_lock)
        {
            _generationEnd.Cancel();
            _generationEnd = new CancellationTokenSource();
        }

        _runner?.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Quiesce(long.MaxValue);
        _stopping.Cancel();
        _commands.CompleteAdding();
        // The thread clears up after itself; one that does not come to its end ends with the process.
        if (_thread.IsAlive && !_thread.Join(EndTime))
            LogStuck(EndTime.TotalSeconds);
    }

    private void Run()
    {
        foreach (var command in _commands.GetConsumingEnumerable())
        {
            try
            {
                Execute(command);
            }
            catch (OperationCanceledException)
            {
                CloseRunner(); // the generation is over for this worker: steps planned beyond this one are void
            }
            catch (ExchangeFailedException e)
            {
                LogExchangeFailed(e.Peer, e.Reason);
                CloseRunner(); // steps planned beyond this one are not for this generation any more
                _notify(new ExchangeFailed
                {
                    WorkerId = _workerId,
                    Generation = _planGeneration,
                    Step = (_replica?.Step ?? 0) + 1,
                    Peer = e.Peer,
                    Reason = e.Reason,
                });
            }
            catch (Exception e)
            {
                Fail(command, e);
            }
        }

        CloseRunner();
        _summer?.Dispose();
        _replica?.Dispose();
        _data?.Dispose();
    }

    private void Execute(TrainingCommand command)
    {
        switch (command)
        {
            case TrainingCommand.Prepare(var run):
                try
                {
                    PrepareRun(run);
                }
                finally
                {
                    _preparingFor = "";
                }

                break;
            case TrainingCommand.Quiesce(var generation) when generation == Generation:
                CloseRunner();
                _snapshots.ReleaseAll();
                _notify(new Regrouped { WorkerId = _workerId, Generation = generation, Position = Position });
                break;
            case TrainingCommand.Synchronize(var plan) when plan.Generation == Generation:
                Synchronize(plan);
                break;
            case TrainingCommand.Step(var plan) when plan.Generation == Generation && _runner is { } runner:
                _notify(runner.Run(plan));
                _failures.Clear();
                break;
            case TrainingCommand.Validate(var plan) when plan.Generation == Generation && _runner is { } runner:
                _notify(runner.Validate(plan));
                break;
        }
    }

    /// <summary>
    /// An exception ends this worker's part in the generation. The state stays what it was, unless the exception came while it
    /// changed, which <see cref="SnapshotStore.Change"/> knows: then it is fetched anew, and nobody gets it from here.
    /// </summary>
    private void Fail(TrainingCommand command, Exception e)
    {
        CloseRunner();
        var work = command switch
        {
            TrainingCommand.Prepare => "preparing the run",
            TrainingCommand.Synchronize(var plan) => $"taking over the state of step {plan.Step}",
            TrainingCommand.Step(var plan) => $"step {plan.Step}",
            TrainingCommand.Validate(var plan) => $"the validation after step {plan.Step}",
            _ => command.GetType().Name,
        };
        var tooOften = _failures.Add(work);
        LogFailed(e, work, _failures.Count, _failures.Pause.TotalSeconds);
        _notify(new WorkerFailed { WorkerId = _workerId, Reason = $"{work}: {e.Message}" });
        if (!tooOften)
            return;
        LogGaveUp(work, _failures.Count, e.Message);
        _gaveUp.TrySetResult();
    }

    /// <summary>Says, from whichever thread, that long work goes on; at most once an interval.</summary>
    private void TellProgress()
    {
        var last = Interlocked.Read(ref _progressAt);
        if (Stopwatch.GetElapsedTime(last) >= ProgressInterval && Interlocked.CompareExchange(ref _progressAt, Stopwatch.GetTimestamp(),
            last) == last)
            _notify(new Progress { WorkerId = _workerId, Generation = _planGeneration });
    }

    private void PrepareRun(Welcome run)
    {
        if (_replica is null)
        {
            _configuration = ConfigurationReader.Parse(run.ConfigurationYaml, "the coordinator's configuration");
            _data = PreparedCorpusSource.Open(run, _options, _channels, _stopping.Token);
            _schedule = new BatchSchedule(_data, _configuration);
            if (_configuration.Training.ValidationMetric == ValidationMetric.Bleu && _data.ValidCorpus is not null)
                _bleu = new ValidationBleu(_data, _schedule);
            var replica = _replica = new Replica(_configuration, _data.SourceVocabulary.Count, _data.TargetVocabulary.Count,
                _data.ReadVectors());
            _summer = new GradientSummer(replica.NewGradientBuffer);
            _sum = GC.AllocateArray<float>(replica.Parameters.Length, pinned: true);
            _snapshots.Attach(replica, _configuration.Cluster.SharedMemory);
        }

        _runId = run.RunId;
        var ready = new WorkerReady
        {
            WorkerId = _workerId,
            CorpusDigest = _data!.TrainCorpus.Digest,
            Position = Position,
            HighestGeneration = Generation,
        };
        ready.Arithmetic = Arithmetic.Describe(_configuration!.Cluster.ThreadsPerWorker);
        ready.Layout.AddRange(_replica.Layout.Tensors.Select(t => new TensorShape { Name = t.Name, Shape = { t.Shape } }));
        ready.Slots.AddRange(_replica.SlotNames);
        _notify(ready);
    }

    private void Synchronize(ExchangePlan plan)
    {
        var replica = _replica ?? throw new InvalidOperationException("an exchange plan came before the run was prepared");
        _planGeneration = plan.Generation;
        CancellationToken cancellation;
        lock (_lock)
            cancellation = _generationEnd.Token;

        if (plan.Source == StateSource.Fresh)
        {
            _snapshots.Change(replica.Reset);
        }
        else if (!_snapshots.IsWhole || replica.Step != plan.Step || _history != plan.History)
        {
            _snapshots.Change(() =>
            {
                var counts = StateClient.FetchAsync(_channels, plan.SourceAddress, plan.Step, replica.Sections, cancellation, TellProgress)
                    .GetAwaiter().GetResult();
                (replica.Step, replica.Skipped, replica.SkippedInRow) = (plan.Step, counts.Skipped, counts.SkippedInRow);
            });
        }

        _history = plan.History;
        if (plan.SnapshotMember == _workerId)
            _snapshots.Keep(plan.Step);
        _runner = new StepRunner(_workerId, _configuration!, replica, _snapshots, _schedule!, _summer!, _sum, plan, _owner, _channels,
            _faults, TellProgress, cancellation)
        { Bleu = _bleu };
        _notify(new Synchronized
        {
            WorkerId = _workerId,
            Generation = plan.Generation,
            Step = replica.Step,
            ReplicaDigest = replica.Digest(),
        });
    }

    private void CloseRunner()
    {
        _runner?.Dispose();
        _runner = null;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Exchange with {Peer} failed: {Reason}. Waiting for the coordinator "
        + "to regroup.")]
    private partial void LogExchangeFailed(string peer, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "This worker failed at {Work}, {Count} time(s) in a row; it leaves the "
        + "generation and comes back after {Pause:F1} s.")]
    private partial void LogFailed(Exception exception, string work, int count, double pause);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "This worker failed at {Work} {Count} times in a row, the last "
        + "time with: {Reason}. It ends with exit code 1: see the errors above, mend the cause and start it again.")]
    private partial void LogGaveUp(string work, int count, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "The training thread has not ended within {Seconds} s; it ends with "
        + "the process.")]
    private partial void LogStuck(double seconds);
}
