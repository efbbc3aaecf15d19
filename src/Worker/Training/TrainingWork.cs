using System.Diagnostics;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Cluster;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker.Training;

/// <summary>
/// Carries out the commands of the training thread, and holds the prepared run, which outlives actors, generations and coordinators. Only
/// the members that say so may be used by other threads.
/// </summary>
internal sealed partial class TrainingWork : IDisposable
{
    /// <summary>How often progress of long work is told.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private readonly WorkerContext _worker;
    private readonly CancellationToken _stopping;
    private readonly FaultInjection _faults;
    private readonly RepeatedFailures _failures = new();
    private readonly TaskCompletionSource _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Action<object> _notify = _ => { };
    private volatile PreparedRun? _run;
    private volatile StepRunner? _runner;
    private string _runId = "";
    private int _history;
    private long _planGeneration;
    private long _progressAt;

    /// <param name="worker">The process.</param>
    /// <param name="stopping">Cancelled when the process ends.</param>
    public TrainingWork(WorkerContext worker, CancellationToken stopping)
    {
        (_worker, _stopping) = (worker, stopping);
        _faults = FaultInjection.FromEnvironment(worker.Logger);
    }

    /// <summary>Takes the answers. From any thread.</summary>
    public Action<object> Notify { set => _notify = value; }

    /// <summary>
    /// The step and the history of the replica. From any thread; exact while the training thread is at rest, at most one step old
    /// otherwise.
    /// </summary>
    public ReplicaPosition Position => new()
    {
        HasState = _worker.State.IsWhole,
        Step = _run?.Replica.Step ?? 0,
        RunId = _runId,
        History = _history,
    };

    /// <summary>The run's timeouts, or the defaults before a run is known. From any thread.</summary>
    public TimeoutsConfiguration Timeouts => _run?.Configuration.Cluster.Timeouts ?? new TimeoutsConfiguration();

    /// <inheritdoc cref="RepeatedFailures.Pause"/>
    public TimeSpan Pause => _failures.Pause;

    /// <summary>Completes when the same work has failed too often. From any thread.</summary>
    public Task GaveUp => _gaveUp.Task;

    /// <summary>Makes a step that is under way stop soon. From any thread.</summary>
    public void Cancel() => _runner?.Cancel();

    /// <summary>Carries out a command; its answer goes to <see cref="Notify"/>, as does a failure.</summary>
    /// <param name="command">The command.</param>
    /// <param name="highestGeneration">The highest generation that this process has heard of.</param>
    /// <param name="ended">Cancelled when that generation is over.</param>
    public void Execute(TrainingCommand command, long highestGeneration, CancellationToken ended)
    {
        try
        {
            Do(command, highestGeneration, ended);
        }
        catch (OperationCanceledException)
        {
            CloseRunner(); // the generation is over for this worker: the steps planned after this one are void
        }
        catch (ExchangeFailedException e)
        {
            LogExchangeFailed(_worker.Logger, e.Peer, e.Reason);
            CloseRunner(); // as above
            _notify(new ExchangeFailed
            {
                WorkerId = _worker.WorkerId,
                Generation = _planGeneration,
                Step = (_run?.Replica.Step ?? 0) + 1,
                Peer = e.Peer,
                Reason = e.Reason,
            });
        }
        catch (Exception e)
        {
            Fail(command, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseRunner();
        _run?.Dispose();
    }

    private void Do(TrainingCommand command, long highestGeneration, CancellationToken ended)
    {
        switch (command)
        {
            case TrainingCommand.Prepare(var welcome):
                Prepare(welcome, highestGeneration);
                break;
            case TrainingCommand.Quiesce(var generation):
                CloseRunner();
                _worker.State.ReleaseAll();
                _notify(new Regrouped { WorkerId = _worker.WorkerId, Generation = generation, Position = Position });
                break;
            case TrainingCommand.Synchronize(var plan):
                Synchronize(plan, ended);
                break;
            case TrainingCommand.Step(var plan) when _runner is { } runner:
                _notify(runner.Run(plan));
                _failures.Clear();
                break;
            case TrainingCommand.Validate(var plan) when _runner is { } runner:
                _notify(runner.Validate(plan));
                break;
        }
    }

    /// <summary>
    /// An exception ends this worker's part in the generation. The state stays what it was, unless the exception came during
    /// <see cref="State.ReplicaState.Change"/>: then the worker has no state to give out, and fetches another.
    /// </summary>
    private void Fail(TrainingCommand command, Exception e)
    {
        CloseRunner();
        var work = command.Work;
        var tooOften = _failures.Add(work);
        LogFailed(_worker.Logger, e, work, _failures.Count, _failures.Pause.TotalSeconds);
        _notify(new WorkerFailed { WorkerId = _worker.WorkerId, Reason = $"{work}: {e.Message}" });
        if (!tooOften)
            return;
        LogGaveUp(_worker.Logger, work, _failures.Count, e.Message);
        _gaveUp.TrySetResult();
    }

    /// <summary>Says that long work goes on, at most once an interval. From any thread.</summary>
    private void TellProgress()
    {
        var last = Interlocked.Read(ref _progressAt);
        if (Stopwatch.GetElapsedTime(last) >= ProgressInterval
            && Interlocked.CompareExchange(ref _progressAt, Stopwatch.GetTimestamp(), last) == last)
            _notify(new Progress { WorkerId = _worker.WorkerId, Generation = _planGeneration });
    }

    private void Prepare(Welcome welcome, long highestGeneration)
    {
        var run = _run ??= Open(welcome);
        _runId = welcome.RunId;
        var ready = new WorkerReady
        {
            WorkerId = _worker.WorkerId,
            CorpusDigest = run.Data.TrainCorpus.Digest,
            Position = Position,
            HighestGeneration = highestGeneration,
            Arithmetic = Arithmetic.Describe(run.Configuration.Cluster.ThreadsPerWorker),
        };
        ready.Layout.AddRange(run.Replica.Layout.Tensors.Select(t => new TensorShape { Name = t.Name, Shape = { t.Shape } }));
        ready.Slots.AddRange(run.Replica.SlotNames);
        _notify(ready);
    }

    private PreparedRun Open(Welcome welcome)
    {
        var configuration = ConfigurationReader.Parse(welcome.ConfigurationYaml, "the coordinator's configuration");
        var run = new PreparedRun(configuration, PreparedCorpusSource.Open(welcome, _worker.Options, _worker.Channels, _stopping));
        _worker.State.Attach(run.Replica, configuration.Cluster.SharedMemory);
        return run;
    }

    private void Synchronize(ExchangePlan plan, CancellationToken ended)
    {
        var run = _run ?? throw new InvalidOperationException("an exchange plan came before the run was prepared");
        var replica = run.Replica;
        _planGeneration = plan.Generation;
        if (plan.Source == StateSource.Fresh)
            _worker.State.Change(replica.Reset);
        else if (!_worker.State.IsWhole || replica.Step != plan.Step || _history != plan.History)
            _worker.State.Change(() => Fetch(plan, replica, ended));

        _history = plan.History;
        if (plan.SnapshotMember == _worker.WorkerId)
            _worker.State.Keep(plan.Step);
        _runner = new StepRunner(_worker, run, new GenerationContext(plan, TellProgress, ended), _faults);
        _notify(new Synchronized
        {
            WorkerId = _worker.WorkerId,
            Generation = plan.Generation,
            Step = replica.Step,
            ReplicaDigest = replica.Digest(),
        });
    }

    private void Fetch(ExchangePlan plan, Replica replica, CancellationToken ended)
    {
        var counts = StateClient.FetchAsync(_worker.Channels, plan.SourceAddress, plan.Step, replica.Sections, ended, TellProgress)
            .GetAwaiter().GetResult();
        (replica.Step, replica.Skipped, replica.SkippedInRow) = (plan.Step, counts.Skipped, counts.SkippedInRow);
    }

    private void CloseRunner()
    {
        _runner?.Dispose();
        _runner = null;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Exchange with {Peer} failed: {Reason}. Waiting for the coordinator "
        + "to regroup.")]
    private static partial void LogExchangeFailed(ILogger logger, string peer, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "This worker failed at {Work}, {Count} time(s) in a row; it leaves the "
        + "generation and comes back after {Pause:F1} s.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string work, int count, double pause);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "This worker failed at {Work} {Count} times in a row, the last "
        + "time with: {Reason}. It ends with exit code 1: see the errors above, mend the cause and start it again.")]
    private static partial void LogGaveUp(ILogger logger, string work, int count, string reason);
}
