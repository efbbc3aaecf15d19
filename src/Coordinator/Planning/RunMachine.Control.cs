namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Orders of people to a run under way. None of them changes a bit of the model.</summary>
public sealed partial class RunMachine
{
    private readonly SortedSet<long> _askedCheckpoints = [];

    /// <summary>Whether no further steps are planned until <see cref="Resume"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether everything planned before a pause is done.</summary>
    public bool IsAtRest => IsPaused && Phase == RunPhase.Training && Committed == _planned;

    /// <summary>Plans no further steps; those planned are taken. Members keep their state and may come and go.</summary>
    public IReadOnlyList<Effect> Pause()
    {
        if (!IsPaused)
            Log(false, $"Paused as asked, once step {Math.Max(Committed, _planned)} is taken");
        IsPaused = true;
        return Take();
    }

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
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

    /// <summary>Has a checkpoint written that is not due: of the next step that is planned, or of where a paused run rests.</summary>
    /// <returns>Its step; <see cref="CheckpointDone"/> will tell of it.</returns>
    public (long Step, IReadOnlyList<Effect> Effects) AskCheckpoint()
    {
        // While steps are skipped, the state is not worth going back to.
        var step = IsAtRest && !_skipping ? Committed : Math.Max(Committed, _planned) + 1;
        if (step <= LastCheckpoint)
            return (step, Take());
        _askedCheckpoints.Add(step);
        _checkpointGivenUp = 0; // this time it may be possible
        OrderCheckpoint();
        return (step, Take());
    }

    /// <summary>Whether the copy that a checkpoint of a step needs is to be kept when the step is taken.</summary>
    private bool IsCheckpointPlanned(long step) => IsCheckpointDue(step) || _askedCheckpoints.Contains(step);
}
