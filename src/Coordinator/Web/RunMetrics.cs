using System.Globalization;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>A run's status as Prometheus metrics, all named <c>distseq2seq_…</c>, in base units.</summary>
public static class RunMetrics
{
    /// <summary>The page of metrics.</summary>
    public static string Render(RunStatus status)
    {
        var text = new MetricsText();
        AddRun(text, status);
        AddProgress(text, status);
        AddTraining(text, status);
        AddFaults(text, status);
        AddWorkers(text, status);
        return text.ToString();
    }

    private static void AddRun(MetricsText text, RunStatus status)
    {
        text.Gauge("distseq2seq_run_info", "Always 1; the labels say which run this is.")
            .Sample(1, ("run", status.RunId), ("folder", status.RunFolder), ("topology", status.Topology));
        text.Gauge("distseq2seq_state", "1 for the state that the run is in, 0 for the others.");
        // Each state has a series, so that a query for it always has a result.
        foreach (var state in StateTexts.OfRuns)
            text.Sample(status.State == state ? 1 : 0, ("state", state.Name()));
        text.Gauge("distseq2seq_elapsed_seconds", "Time since the coordinator started.").Sample(status.ElapsedSeconds);
        text.Gauge("distseq2seq_generation", "Generation of the membership; it rises at every change.").Sample(status.Generation);
        text.Gauge("distseq2seq_parameters", "Parameters of the model.").Sample(status.Parameters);
        text.Gauge("distseq2seq_micro_batches", "Micro-batches that every global batch is cut into.").Sample(status.MicroBatches);
    }

    private static void AddProgress(MetricsText text, RunStatus status)
    {
        text.Gauge("distseq2seq_step", "Last committed global step.").Sample(status.Step);
        text.Gauge("distseq2seq_planned_steps", "Global steps of the whole run.").Sample(status.TotalSteps);
        text.Gauge("distseq2seq_epoch", "Epoch of the last committed step, from 1.").Sample(status.Epoch);
        text.Gauge("distseq2seq_planned_epochs", "Epochs of the whole run.").Sample(status.MaxEpochs);
        text.Counter("distseq2seq_tokens_total", "Target tokens trained on since the coordinator started.").Sample(status.Tokens);
        text.Gauge("distseq2seq_tokens_per_second", "Target tokens per second over the last seconds.").Sample(status.TokensPerSecond);
        if (status.RemainingSeconds >= 0)
            text.Gauge("distseq2seq_remaining_seconds", "Time left at the present speed; absent while it is not known.")
                .Sample(status.RemainingSeconds);
        text.Gauge("distseq2seq_last_checkpoint_step", "Step of the newest checkpoint; 0: none yet.").Sample(status.LastCheckpointStep);
    }

    private static void AddTraining(MetricsText text, RunStatus status)
    {
        text.Gauge("distseq2seq_loss", "Training loss of the last step, nats per target token.").Sample(status.Loss);
        text.Gauge("distseq2seq_gradient_norm", "Gradient norm of the last step, before clipping.").Sample(status.GradientNorm);
        text.Gauge("distseq2seq_learning_rate", "Learning rate of the last step.").Sample(status.LearningRate);
        if (status.Validations.Count == 0)
            return;
        text.Gauge("distseq2seq_validation_loss", "Loss of the last validation, nats per target token; absent before the first.")
            .Sample(status.Validations[^1].Loss);
        if (status.Validations[^1].Bleu >= 0)
            text.Gauge("distseq2seq_validation_bleu", "BLEU of the last validation; only where training.validation_metric is bleu.")
                .Sample(status.Validations[^1].Bleu);
        text.Gauge("distseq2seq_validation_step", "Step of the last validation; absent before the first.")
            .Sample(status.Validations[^1].Step);
    }

    private static void AddFaults(MetricsText text, RunStatus status)
    {
        text.Counter("distseq2seq_skipped_steps_total", "Steps skipped because of gradients that were not finite.")
            .Sample(status.SkippedSteps);
        text.Counter("distseq2seq_stale_messages_total", "Messages refused because of an old generation.").Sample(status.StaleMessages);
        text.Counter("distseq2seq_refused_chunks_total", "Streams and chunks of the exchange, and malformed messages, refused: late, "
            + "foreign or damaged.").Sample(status.RefusedChunks);
        if (status.Refusals.Count > 0)
            text.Counter("distseq2seq_refusals_total", "Everything refused, by reason: messages of an old generation, streams "
                + "and chunks of "
                + "the exchange, messages that cannot be acted on, workers of a build of another protocol version, with the state of "
                + "another run, another model or corpus, another arithmetic, or a replica that differed too often.");
        foreach (var (reason, count) in status.Refusals.OrderBy(r => r.Key, StringComparer.Ordinal))
            text.Sample(count, ("reason", reason));
        text.Counter("distseq2seq_workers_lost_total", "Workers lost.").Sample(status.WorkersLost);
    }

    private static void AddWorkers(MetricsText text, RunStatus status)
    {
        text.Gauge("distseq2seq_workers", "Workers by state.");
        foreach (var state in StateTexts.OfWorkers)
            text.Sample(status.Workers.Count(w => w.State == state), ("state", state.Name()));
        if (status.Workers.Count == 0)
            return;

        text.Gauge("distseq2seq_worker_info", "Always 1; the labels say where a worker runs.");
        foreach (var worker in status.Workers)
        {
            text.Sample(1, ("worker", worker.WorkerId), ("rank", Rank(worker)), ("host", worker.Host),
                ("process", worker.ProcessId.ToString(CultureInfo.InvariantCulture)), ("address", worker.Address),
                ("state", worker.State.Name()));
        }

        text.Gauge("distseq2seq_worker_phase_seconds", "Time that a worker's last step took, by phase.");
        foreach (var worker in status.Workers)
        {
            text.Sample(worker.ComputeSeconds, ("worker", worker.WorkerId), ("rank", Rank(worker)), ("phase", "compute"));
            text.Sample(worker.ExchangeSeconds, ("worker", worker.WorkerId), ("rank", Rank(worker)), ("phase", "exchange"));
            text.Sample(worker.WaitSeconds, ("worker", worker.WorkerId), ("rank", Rank(worker)), ("phase", "wait"));
        }

        AddOfEach(text, status, "distseq2seq_worker_step", "Step of the state that a worker holds.", w => w.Step);
        AddOfEach(text, status, "distseq2seq_worker_micro_batches", "Micro-batches of a worker in each step.",
            w => w.EndMicroBatch - w.FirstMicroBatch);
        AddOfEach(text, status, "distseq2seq_worker_resident_bytes", "Memory that a worker's process holds.", w => w.ResidentBytes);
        AddOfEach(text, status, "distseq2seq_worker_live_tensors", "Tensors alive in a worker between steps.", w => w.LiveTensors);
    }

    private static void AddOfEach(MetricsText text, RunStatus status, string name, string help, Func<WorkerStatus, double> value)
    {
        text.Gauge(name, help);
        foreach (var worker in status.Workers)
            text.Sample(value(worker), ("worker", worker.WorkerId), ("rank", Rank(worker)));
    }

    /// <summary>Rank of a member; -1 for a worker that is not a member.</summary>
    private static string Rank(WorkerStatus worker) => worker.Rank.ToString(CultureInfo.InvariantCulture);
}
