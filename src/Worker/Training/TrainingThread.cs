using System.Collections.Concurrent;
using DistSeq2Seq.Protocol.Cluster;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker.Training;

/// <summary>
/// The worker's one thread for tensors, so that heartbeats of the actor system never wait behind a matrix product. This class is its
/// queue of commands and knows which generation is the newest; <see cref="TrainingWork"/> carries the commands out.
/// </summary>
public sealed partial class TrainingThread : IDisposable
{
    /// <summary>How long the end of the process waits for the thread: a matrix product cannot be stopped, and need not be.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<TrainingCommand> _commands = [];
    private readonly WorkerContext _worker;
    private readonly TrainingWork _work;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private CancellationTokenSource _generationEnd = new();
    private long _generation;
    private volatile string _preparingFor = "";

    /// <param name="worker">The process.</param>
    public TrainingThread(WorkerContext worker)
    {
        _worker = worker;
        _work = new TrainingWork(worker, _stopping.Token);
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

    /// <inheritdoc cref="TrainingWork.Position"/>
    public ReplicaPosition Position => _work.Position;

    /// <summary>How long to keep the state and wait for a lost coordinator: the run's, or the default before a run is known.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(_work.Timeouts.Coordinator);

    /// <summary>How long a worker that was asked to leave finishes its work.</summary>
    public TimeSpan DrainTime => TimeSpan.FromSeconds(_work.Timeouts.Drain);

    /// <summary>The coordinator whose Welcome is being prepared for; empty when none is.</summary>
    public string PreparingFor => _preparingFor;

    /// <summary>How long to stay away from the run after a failure; zero when there was none, or long ago.</summary>
    public TimeSpan Pause => _work.Pause;

    /// <summary>Completes when the same work has failed too often: this worker cannot do it.</summary>
    public Task GaveUp => _work.GaveUp;

    /// <summary>Starts working.</summary>
    public void Start() => _thread.Start();

    /// <summary>From now on answers go to <paramref name="notify"/>, from the thread.</summary>
    public void Attach(Action<object> notify) => _work.Notify = notify;

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

        _worker.Owner.Abandon(generation);
        EndGeneration();
        Post(new TrainingCommand.Quiesce(generation));
    }

    /// <summary>
    /// Ends the work that is under way. A worker that is welcomed is no member: the step that it still waits in will never be finished, and
    /// the order to give that step up may have gone to an actor system that has ended.
    /// </summary>
    private void EndGeneration()
    {
        lock (_lock)
        {
            _generationEnd.Cancel();
            _generationEnd = new CancellationTokenSource();
        }

        _work.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Quiesce(long.MaxValue);
        _stopping.Cancel();
        _commands.CompleteAdding();
        // The thread clears up after itself; one that does not come to its end ends with the process.
        if (_thread.IsAlive && !_thread.Join(EndTime))
            LogStuck(_worker.Logger, EndTime.TotalSeconds);
    }

    private void Run()
    {
        foreach (var command in _commands.GetConsumingEnumerable())
        {
            var (generation, ended) = Now();
            if ((command.Generation ?? generation) != generation)
                continue; // its generation is over
            _work.Execute(command, generation, ended);
            if (command is TrainingCommand.Prepare)
                _preparingFor = "";
        }

        _work.Dispose();
    }

    /// <summary>The newest generation, and what is cancelled at its end.</summary>
    private (long Generation, CancellationToken Ended) Now()
    {
        lock (_lock)
            return (_generation, _generationEnd.Token);
    }

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "The training thread has not ended within {Seconds} s; it ends with "
        + "the process.")]
    private static partial void LogStuck(ILogger logger, double seconds);
}
