using System.Text.Json.Nodes;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Checkpoints;

namespace DistSeq2Seq.Coordinator.Checkpoints;

/// <summary>Skipped steps and rewinds, under <c>training</c> in a checkpoint's <c>state.json</c>.</summary>
internal static class TrainingState
{
    private const string Skipped = "skipped_steps";
    private const string SkippedInRow = "skipped_in_row";
    private const string History = "history";

    /// <summary>Adds the entries.</summary>
    public static void Describe(JsonObject training, StepCounts counts, int history)
    {
        training[Skipped] = counts.Skipped;
        training[SkippedInRow] = counts.SkippedInRow;
        training[History] = history;
    }

    /// <summary>Skipped steps in the checkpoint's state; 0 where an entry is missing.</summary>
    public static StepCounts CountsOf(CheckpointState state) => new(Number(state, Skipped), Number(state, SkippedInRow));

    /// <summary>Number of rewinds of the run before the checkpoint was written.</summary>
    public static long HistoryOf(CheckpointState state) => Number(state, History);

    private static long Number(CheckpointState state, string name) =>
        state.Training.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.TryGetValue<long>(out var number)
        ? number : 0;
}
