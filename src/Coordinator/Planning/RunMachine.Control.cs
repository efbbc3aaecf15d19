namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Orders of people to a run under way. None of them changes a bit of the model.</summary>
public sealed partial class RunMachine
{
    private readonly SortedSet<long> _askedCheckpoints = [];

    /// <summary>Whether no further steps are planned until <see cref="Resume"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether everything planned before a pause is done.</summary>
    public bool IsAtRest => IsPaused && Phase == RunPhase.Training && Committed == _planned;

    /// <summary>Stops planning; planned steps are still taken. Members keep their state, and workers may join and leave.</summary>
    public IReadOnlyList<Effect> Pause()
    {
        if (!IsPaused)
            Log(false, $"Paused as asked, once step {Math.Max(Committed, _planned)} is taken");
        IsPaused = true;
        return Take();
    }

    /// <summary>Continues after <see cref="Pause"/>.</summary>
    public IReadOnlyList<Effect> Resume(DateTime now)
    {
        if (!IsPaused)
            return Take();
        IsPaused = false;
        _lastProgress = now;
        Log(false, $"Resumed as asked behind step {Committed}");
        if (Phase == RunPhase.Training)
            Continue(now);
        return Take();
    }

    /// <summary>Asks for an extra checkpoint: of the step that a paused run rests at, otherwise of the next step to be planned.</summary>
    /// <returns>Step of the checkpoint; <see cref="CheckpointDone"/> reports its end.</returns>
    public (long Step, IReadOnlyList<Effect> Effects) AskCheckpoint()
    {
        // While steps are skipped, a checkpoint of the state is not wanted (see OrderCheckpoint).
        var step = IsAtRest && !_skipping ? Committed : Math.Max(Committed, _planned) + 1;
        if (step <= LastCheckpoint)
            return (step, Take());
        _askedCheckpoints.Add(step);
        _checkpointGivenUp = 0; // a new attempt may succeed
        OrderCheckpoint();
        return (step, Take());
    }

    /// <summary>Whether a checkpoint of this step is due or asked for, so that a worker has to keep a copy of the state.</summary>
    private bool IsCheckpointPlanned(long step) => IsCheckpointDue(step) || _askedCheckpoints.Contains(step);
}
