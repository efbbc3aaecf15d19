using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Steps, validations and checkpoints.</summary>
public sealed partial class RunMachine
{
    /// <summary>How much of the old estimate of a worker's speed a new measurement leaves.</summary>
    private const double SpeedMemory = 0.9;

    private readonly SortedDictionary<long, (double Loss, long Tokens)> _validations = [];
    private readonly Dictionary<string, string> _digests = [];
    private readonly Dictionary<int, PieceResult> _pieces = [];
    private readonly Dictionary<long, Dictionary<string, StepReport>> _reports = [];
    private long _planned;
    private long _checkpointUnderWay;
    private long _checkpointWanted;
    private string _wantedDigest = "";

    /// <summary>Validations so far, by step.</summary>
    public IEnumerable<(long Step, double Loss, long Tokens)> Validations => _validations.Select(v => (v.Key, v.Value.Loss, v.Value.Tokens));

    /// <summary>The step size of a step.</summary>
    public double LearningRateOf(long step) => _options.LearningRate;

    /// <summary>A member has applied a step.</summary>
    public IReadOnlyList<Effect> Reported(StepReport report, DateTime now)
    {
        if (!Current(report.WorkerId, report.Generation, now, out var worker) || Phase != RunPhase.Training)
            return Take();
        _lastProgress = now;
        worker.Position = new ReplicaPosition { HasState = true, Step = report.Step, RunId = _options.RunId };
        worker.LastReport = report;
        if (report.ComputeSeconds > 0)
        {
            var speed = report.MicroBatches.Count / report.ComputeSeconds;
            worker.Speed = worker.Speed == 0 ? speed : (worker.Speed * SpeedMemory) + (speed * (1 - SpeedMemory));
        }

        if (!_reports.TryGetValue(report.Step, out var reports))
            _reports[report.Step] = reports = [];
        reports[worker.Id] = report;
        while (_reports.TryGetValue(Committed + 1, out var complete) && complete.Count == _members.Count)
            Commit(Committed + 1, [.. _members.Select(m => complete[m.Id])]);
        Continue(now);
        return Take();
    }

    /// <summary>A member has computed its pieces of the validation split.</summary>
    public IReadOnlyList<Effect> Validated(ValidationReport report, DateTime now)
    {
        if (!Current(report.WorkerId, report.Generation, now, out _) || Phase != RunPhase.Validating || report.Step != Committed)
            return Take();
        _lastProgress = now;
        foreach (var piece in report.Pieces)
            _pieces[piece.Piece] = piece;
        if (_pieces.Count == _options.ValidationPieces)
        {
            // In the order of the pieces, so that the sum does not depend on who computed what.
            double loss = 0;
            long tokens = 0;
            for (var piece = 0; piece < _options.ValidationPieces; piece++)
                (loss, tokens) = (loss + _pieces[piece].LossSum, tokens + _pieces[piece].Tokens);
            _validations[Committed] = (loss / tokens, tokens);
            _effects.Add(new Effect.RecordValidation(Committed, loss / tokens, tokens));
            Phase = RunPhase.Training;
            Continue(now);
        }

        return Take();
    }

    /// <summary>A checkpoint is on disk, or could not be written.</summary>
    public IReadOnlyList<Effect> CheckpointDone(long step, string? failure, DateTime now)
    {
        if (failure is null)
            LastCheckpoint = Math.Max(LastCheckpoint, step);
        else
            Log(true, $"Checkpoint of step {step} failed: {failure}");
        foreach (var worker in _workers.Values)
            Tell(worker, new ReleaseSnapshot { Step = step });
        if (_checkpointUnderWay == step)
            _checkpointUnderWay = 0;
        if (Phase == RunPhase.Finishing && step == Committed)
            Finish(failure is null ? $"all {Committed} steps are done" : $"all {Committed} steps are done, but the last checkpoint failed: {failure}", failure is null ? ExitCodes.Success : ExitCodes.Failure);
        else
            StartCheckpoint();
        return Take();
    }

    private bool IsValidationDue(long step) =>
        step > 0 && _options.ValidationPieces > 0 &&
        (_schedule.IsOver(step) || (_options.ValidateEvery > 0 ? step % _options.ValidateEvery == 0 : _schedule.Locate(step).EndsEpoch));

    private bool IsCheckpointDue(long step) =>
        step > 0 && (_schedule.IsOver(step) || _schedule.Locate(step).EndsEpoch || IsValidationDue(step) ||
            (_options.CheckpointEvery > 0 && step % _options.CheckpointEvery == 0));

    private void BeginTraining(DateTime now)
    {
        Phase = RunPhase.Training;
        _lastProgress = now;
        _reports.Clear();
        _pieces.Clear();
        _checkpointUnderWay = _checkpointWanted = 0;
        Committed = _planned = _members[0].Position.Step;
        foreach (var later in _validations.Keys.Where(step => step > Committed).ToArray())
            _validations.Remove(later); // they are computed again, to the same values
        Log(false, $"Generation {Generation}: {_members.Count} workers go on from step {Committed}");
        if (_members.Count < Math.Min(_workers.Values.Count(w => w.Phase != WorkerPhase.Preparing), _options.MaxWorkers))
            _draining = true; // somebody became ready meanwhile
        Continue(now);
    }

    private void Commit(long step, IReadOnlyList<StepReport> reports)
    {
        _reports.Remove(step);
        Committed = step;
        var place = _schedule.Locate(step);
        var micros = reports.SelectMany(r => r.MicroBatches).OrderBy(m => m.Index).ToArray();
        double loss = 0;
        foreach (var micro in micros)
            loss += micro.LossSum;
        _effects.Add(new Effect.RecordStep(new CommittedStep(step, place.Epoch, place.Batch, loss, micros.Sum(m => m.Tokens),
            reports[0].GradientNorm, reports[0].Skipped, LearningRateOf(step), Generation)));
        _digests.Clear();
        foreach (var report in reports.Where(r => r.ReplicaDigest.Length > 0))
            _digests[report.WorkerId] = report.ReplicaDigest;
        if (_digests.Count > 0)
            RequireEqualDigests(step);
    }

    /// <summary>What comes after the last committed step: validation, checkpoint, the end, a drained regrouping, or further steps.</summary>
    private void Continue(DateTime now)
    {
        if (Phase == RunPhase.Training && Committed == _planned)
        {
            if (IsValidationDue(Committed) && !_validations.ContainsKey(Committed))
            {
                PlanValidation(now);
                return;
            }

            if (_schedule.IsOver(Committed))
                Phase = RunPhase.Finishing;
        }

        if (IsCheckpointDue(Committed) && LastCheckpoint < Committed && _checkpointUnderWay != Committed)
        {
            if (_checkpointWanted > 0)
                Tell(_members[0], new ReleaseSnapshot { Step = _checkpointWanted }); // overtaken while another was being written
            _checkpointWanted = Committed;
            _wantedDigest = _digests.GetValueOrDefault(_members[0].Id, "");
        }

        StartCheckpoint();
        if (Phase == RunPhase.Finishing && LastCheckpoint >= Committed)
            Finish($"all {Committed} steps were done before", ExitCodes.Success);
        RegroupWhenDrained(now);
        PlanSteps();
    }

    /// <summary>Writes the wanted checkpoint unless another is being written.</summary>
    private void StartCheckpoint()
    {
        if (_checkpointWanted == 0 || _checkpointUnderWay != 0 || _members.Count == 0)
            return;
        (_checkpointUnderWay, _checkpointWanted) = (_checkpointWanted, 0);
        _effects.Add(new Effect.WriteCheckpoint(_checkpointUnderWay, _members[0].Id, _wantedDigest));
    }

    private void PlanValidation(DateTime now)
    {
        Phase = RunPhase.Validating;
        _lastProgress = now;
        _pieces.Clear();
        for (var rank = 0; rank < _members.Count; rank++)
        {
            var plan = new ValidationPlan { Generation = Generation, Step = Committed };
            for (var piece = rank; piece < _options.ValidationPieces; piece += _members.Count)
                plan.Pieces.Add(piece);
            Tell(_members[rank], plan);
        }
    }

    private void PlanSteps()
    {
        while (Phase == RunPhase.Training && !_draining && _planned < Committed + _options.PlanAhead
            && !(IsBarrier(_planned) && Committed < _planned) && !_schedule.IsOver(_planned))
        {
            var step = ++_planned;
            var place = _schedule.Locate(step);
            var saved = IsCheckpointDue(step);
            for (var rank = 0; rank < _members.Count; rank++)
            {
                Tell(_members[rank], new StepPlan
                {
                    Generation = Generation,
                    Step = step,
                    Epoch = place.Epoch,
                    Batch = place.Batch,
                    LearningRate = LearningRateOf(step),
                    Snapshot = saved && rank == 0,
                    Digest = saved,
                });
            }
        }
    }

    /// <summary>Nothing is planned beyond these until they are done: what follows may depend on the validation.</summary>
    private bool IsBarrier(long step) => IsValidationDue(step);

    private void RequireEqualDigests(long step)
    {
        var groups = _digests.GroupBy(d => d.Value).OrderByDescending(g => g.Count()).ToArray();
        if (groups.Length <= 1)
            return;
        var text = string.Join("; ", groups.Select(g => $"{g.Key[..16]}… on {string.Join(", ", g.Select(d => d.Key))}"));
        Finish($"replicas differ at step {step}: {text}. A worker's memory or arithmetic is unreliable, or its build or processor differs", ExitCodes.Failure);
    }

    private void Finish(string reason, int exitCode)
    {
        if (Phase == RunPhase.Finished)
            return;
        Phase = RunPhase.Finished;
        foreach (var worker in _workers.Values)
            Tell(worker, new RunFinished { Reason = reason, ExitCode = exitCode });
        _effects.Add(new Effect.Finish(reason, exitCode));
    }
}
