using System.Globalization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Cli.Train;

/// <summary>How a training that is over came to its end.</summary>
internal static class EndView
{
    /// <summary>The line for people, from the newest checkpoint's <c>state.json</c>; its large files are not read for it.</summary>
    public static string Line(RunConfiguration configuration)
    {
        var newest = new CheckpointStore(configuration.Run).List().LastOrDefault(checkpoint => checkpoint.State is not null);
        var step = newest?.Step ?? 0;
        return newest?.State?.Training["stopped_early"]?.GetValue<bool>() == true
            ? string.Create(CultureInfo.InvariantCulture,
                $"Stopped early after step {step:N0}: {configuration.Training.EarlyStopping.Patience} validations in a row got no better "
                + $"(training.early_stopping).")
            : string.Create(CultureInfo.InvariantCulture, $"Finished: all {step:N0} steps are done.");
    }
}
