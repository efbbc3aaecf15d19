using System.CommandLine;
using DistSeq2Seq.Coordinator;

namespace DistSeq2Seq.Cli.Train;

/// <summary>The verb <c>prepare</c>: text to memory-mapped tokens, ahead of training.</summary>
internal static class PrepareCommand
{
    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var run = new RunArguments();
        var command = new Command("prepare", "Prepare a run's corpus: vocabularies and memory-mapped tokens (train does it too).");
        run.AddTo(command);
        command.SetWork(async (parsed, _) =>
        {
            var configuration = run.Load(parsed, []);
            using var opened = PreparingBar.Show(progress => OpenedRun.Open(configuration, progress));
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"{opened.Data.Path}: {opened.Data.TrainCorpus.Count:N0} training pairs, vocabularies of {opened.Data.SourceVocabulary.Count:N0} and {opened.Data.TargetVocabulary.Count:N0}");
            foreach (var line in VectorsView.Lines(opened.Data.Manifest))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(line);

            foreach (var split in opened.Data.Manifest.Splits.Where(split => split.Kept < split.Read))
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(
                    $"  {split.Name}: dropped {split.Read - split.Kept:N0} of {split.Read:N0} pairs: {split.DroppedEmpty:N0} with an empty side, " +
                    $"{split.DroppedSourceTooLong:N0} with too long a source, {split.DroppedTargetTooLong:N0} with too long a target, " +
                    $"{split.DroppedUnbalanced:N0} with sides too different in length");
            }
            return ExitCodes.Success;
        });
        return command;
    }
}
