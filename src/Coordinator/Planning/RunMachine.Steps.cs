using System.Text.Json.Nodes;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Evaluation;
using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Steps and validations.</summary>
public sealed partial class RunMachine
{
    /// <summary>Weight of the old estimate of a worker's speed when a new measurement comes.</summary>
    private const double SpeedMemory = 0.9;

    private readonly SortedDictionary<long, (double Loss, long Tokens, double? Bleu)> _validations = [];
    private readonly Dictionary<string, string> _digests = [];
    private readonly Dictionary<int, PieceResult> _pieces = [];
    private readonly Dictionary<long, Dictionary<string, StepReport>> _reports = [];
    private readonly HashSet<string> _validated = [];
    private long _planned;
    private long _ledgerStep;
    private CommittedStep? _lastEntered;
    private bool _skipping;

    /// <summary>Validations so far, by step.</summary>
    public IEnumerable<(long Step, double Loss, long Tokens, double? Bleu)> Validations =>
        _validations.Select(v => (v.Key, v.Value.Loss, v.Value.Tokens, v.Value.Bleu));

    /// <summary>The replica digest after the last committed step, if it was computed; empty for other steps.</summary>
    public string DigestOf(long step) => step == Committed ? _digests.Values.FirstOrDefault("") : "";

    /// <summary>The learning rate of a step, with the factors of rewinds.</summary>
    public double LearningRateOf(long step) => _course.LearningRate(step, Losses) * RewindFactor(step);

    /// <summary>
    /// Whether training is over after <paramref name="step"/> steps, according to the configured length and the validations up to it.
    /// </summary>
    public bool IsOver(long step) => _course.IsOver(step, Losses);

    /// <summary>Why training is over.</summary>
    public string Ending => _course.Ending(Committed, Losses);

    /// <summary>The decisions that depend on the step and the validations so far, for <c>state.json</c>.</summary>
    public JsonObject DescribeCourse(long step)
    {
        var course = _course.Describe(step, Losses);
        course[TrainingCourse.NextLearningRate] = LearningRateOf(step + 1);
        return course;
    }

    private IEnumerable<ValidationLoss> Losses => _validations.Select(v => new ValidationLoss(v.Key, v.Value.Loss, v.Value.Bleu));

    /// <summary>Event: a member has applied a step.</summary>
    public IReadOnlyList<Effect> Reported(StepReport report, DateTime now)
    {
        if (IsLate(report))
        {
            Keep(report);
            return Take();
        }

        if (!Hear(report.WorkerId, report.Generation, now, out var worker) || Phase != RunPhase.Training
            || !_members.Contains(worker) || report.Step <= worker.Position.Step || report.Step > _planned)
            return Take(); // the report is stale or repeated
        Advance(worker, now);
        if (report.Step > worker.Position.Step + 1)
        {
            // Reports come in order, so one is lost. The replicas have the step that it reported.
            Keep(report);
            Log(true, $"Worker {worker.Id} reports step {report.Step}, expected was step {worker.Position.Step + 1}: a report was lost. "
                + "Regrouping.");
            Regroup(now);
            return Take();
        }

        worker.Position = new ReplicaPosition { HasState = true, Step = report.Step, RunId = _options.RunId, History = _rewinds.Count };
        worker.LastReport = report;
        RefusedByWorkers += Math.Max(0, report.Refused - worker.Refused);
        worker.Refused = report.Refused;
        if (report.ComputeSeconds > 0)
        {
            worker.Measured++;
            var speed = report.MicroBatches.Count / report.ComputeSeconds;
            worker.Speed = worker.Speed == 0 ? speed : (worker.Speed * SpeedMemory) + (speed * (1 - SpeedMemory));
        }

        Keep(report);
        while (Phase == RunPhase.Training && _reports.TryGetValue(Committed + 1, out var complete) && complete.Count == _members.Count)
            Commit(Committed + 1, [.. _members.Select(m => complete[m.Id])]);
        Continue(now);
        return Take();
    }

    /// <summary>Event: a member has computed its pieces of the validation split.</summary>
    public IReadOnlyList<Effect> Validated(ValidationReport report, DateTime now)
    {
        if (!Hear(report.WorkerId, report.Generation, now, out var worker) || Phase != RunPhase.Validating || report.Step != Committed)
            return Take();
        Advance(worker, now);
        _validated.Add(report.WorkerId);
        foreach (var piece in report.Pieces)
        {
            if (IsWhole(piece))
                _pieces[piece.Piece] = piece;
            else
                Log(true, $"Worker {worker.Id} reports piece {piece.Piece} with {piece.BleuCounts.Count} counts, expected were pieces 0 "
                    + $"to {_options.ValidationPieces - 1} with {CountsOfAPiece}: left out.");
        }

        if (_pieces.Count == _options.ValidationPieces)
        {
            // In the order of the pieces, so that the sum does not depend on which worker computed which piece.
            double loss = 0;
            long tokens = 0;
            for (var piece = 0; piece < _options.ValidationPieces; piece++)
                (loss, tokens) = (loss + _pieces[piece].LossSum, tokens + _pieces[piece].Tokens);
            var bleu = BleuOfPieces();
            _validations[Committed] = (loss / tokens, tokens, bleu);
            _effects.Add(new Effect.RecordValidation(Committed, loss / tokens, tokens, bleu));
            Phase = RunPhase.Training;
            Continue(now);
        }

        return Take();
    }

    /// <summary>Number of BLEU counts of a validation piece; 0 where BLEU is not computed.</summary>
    private int CountsOfAPiece => _options.Training.ValidationMetric == ValidationMetric.Bleu ? Bleu.CountsOf(BleuOptions.Default) : 0;

    private bool IsWhole(PieceResult piece) =>
        piece.Piece >= 0 && piece.Piece < _options.ValidationPieces && piece.BleuCounts.Count == CountsOfAPiece;

    /// <summary>BLEU of all pieces together; null where they were not translated.</summary>
    private double? BleuOfPieces()
    {
        if (_options.Training.ValidationMetric != ValidationMetric.Bleu)
            return null;
        var counts = new long[CountsOfAPiece];
        foreach (var piece in _pieces.Values)
        {
            for (var i = 0; i < counts.Length; i++)
                counts[i] += piece.BleuCounts[i];
        }

        return Bleu.Corpus(counts).Score;
    }

    private bool IsValidationDue(long step) =>
        step > 0 && _options.ValidationPieces > 0 &&
        (IsOver(step) || _course.IsValidationStep(step));

    private bool LacksValidation(long step) => IsValidationDue(step) && !_validations.ContainsKey(step);

    private void BeginTraining(DateTime now)
    {
        Phase = RunPhase.Training;
        _lastProgress = now;
        (_checkpointAttempts, _checkpointGivenUp, _retryAt) = (0, 0, DateTime.MaxValue);
        Adopt(_commonStep);
        foreach (var later in _validations.Keys.Where(step => step > Committed).ToArray())
            _validations.Remove(later); // they are computed again, with the same result
        Log(false, $"Generation {Generation}: {_members.Count} workers go on from step {Committed}");
        if (_members.Count < Math.Min(_workers.Values.Count(w => w.Phase != WorkerPhase.Preparing && !w.Leaving), _options.MaxWorkers))
            _draining = true; // a worker became ready meanwhile
        Continue(now);
    }

    /// <summary>
    /// Takes the common state's step as committed. Some of its steps may be missing in the ledger: a member applied them, but not every
    /// report came before the generation ended, or another coordinator process got the reports. They are entered with the known figures.
    /// </summary>
    private void Adopt(long step)
    {
        // The first entry of this generation makes later entries of the ledger void.
        _ledgerStep = Math.Min(_ledgerStep, step);
        for (var missing = _ledgerStep + 1; missing <= step; missing++)
            Enter(missing, _reports.TryGetValue(missing, out var known) ? [.. known.Values] : []);
        _reports.Clear();
        Committed = _planned = step;
        _skipping = _lastEntered?.Step == step && _lastEntered.Skipped;
    }

    /// <summary>
    /// Whether a report of an abandoned generation may still be about a step of the next common state, so that its figures are needed.
    /// </summary>
    private bool IsLate(StepReport report) =>
        report.Generation < Generation && report.Step > _ledgerStep && _workers.ContainsKey(report.WorkerId)
        && Phase is RunPhase.Waiting or RunPhase.Regrouping or RunPhase.Synchronizing;

    private void Keep(StepReport report)
    {
        if (!_reports.TryGetValue(report.Step, out var reports))
            _reports[report.Step] = reports = [];
        reports[report.WorkerId] = report;
    }

    private void Commit(long step, IReadOnlyList<StepReport> reports)
    {
        _reports.Remove(step);
        Committed = step;
        _fruitless = 0;
        Enter(step, reports);
        _digests.Clear();
        foreach (var report in reports.Where(r => r.ReplicaDigest.Length > 0))
            _digests[report.WorkerId] = report.ReplicaDigest;
        JudgeSpeeds();
        _skipping = reports[0].Skipped;
        if (AreDigestsEqual(step))
            JudgeGradient(step, reports);
    }

    private void Enter(long step, IReadOnlyList<StepReport> reports)
    {
        _ledgerStep = Math.Max(_ledgerStep, step);
        var place = _schedule.Locate(step);
        var micros = reports.SelectMany(r => r.MicroBatches).OrderBy(m => m.Index).DistinctBy(m => m.Index).ToArray();
        double loss = 0;
        foreach (var micro in micros)
            loss += micro.LossSum;
        _lastEntered = new CommittedStep(step, place.Epoch, place.Batch, loss, micros.Sum(m => m.Tokens),
            reports.Select(r => r.GradientNorm).FirstOrDefault(), reports.Any(r => r.Skipped), LearningRateOf(step), Generation);
        _effects.Add(new Effect.RecordStep(_lastEntered));
    }

    /// <summary>
    /// Starts the next action after the last committed step: validation, checkpoint, the end, regrouping after draining, or further steps.
    /// </summary>
    private void Continue(DateTime now)
    {
        if (Phase == RunPhase.Training && Committed == _planned && _goingBack is null)
        {
            var over = IsOver(Committed);
            if (LacksValidation(Committed) && (over || !_terminating))
            {
                PlanValidation(now);
                return;
            }

            if (over || _terminating)
                Phase = RunPhase.Finishing;
        }

        OrderCheckpoint();
        SeekCheckpoint();
        RegroupWhenDrained(now);
        PlanSteps();
    }

    private void PlanValidation(DateTime now)
    {
        Phase = RunPhase.Validating;
        _lastProgress = now;
        _pieces.Clear();
        _validated.Clear();
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
        while (Phase == RunPhase.Training && !_draining && !_terminating && !IsPaused && _goingBack is null && _planned < Committed
            + _options.PlanAhead
            && !(IsBarrier(_planned) && Committed < _planned) && !IsOver(_planned))
        {
            var step = ++_planned;
            var place = _schedule.Locate(step);
            var saved = IsCheckpointPlanned(step);
            for (var rank = 0; rank < _members.Count; rank++)
            {
                Tell(_members[rank], new StepPlan
                {
                    Generation = Generation,
                    Step = step,
                    Epoch = place.Epoch,
                    Batch = place.Batch,
                    LearningRate = LearningRateOf(step),
                    Sampled = _course.Sampled(step),
                    Snapshot = saved && rank == 0 && step > LastCheckpoint,
                    Digest = saved || (_options.CheckReplicasEvery > 0 && step % _options.CheckReplicasEvery == 0),
                });
            }
        }
    }

    /// <summary>Whether steps after this one are planned only when it is committed, because they may depend on its validation.</summary>
    private bool IsBarrier(long step) => IsValidationDue(step);
}
