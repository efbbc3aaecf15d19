using System.CommandLine;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Protocol;

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
                $"{opened.Data.Path}: {opened.Data.TrainCorpus.Count:N0} training pairs, vocabularies "
                + $"of {opened.Data.SourceVocabulary.Count:N0} and {opened.Data.TargetVocabulary.Count:N0}");
            foreach (var line in VectorsView.Lines(opened.Data.Manifest).Concat(DroppedView.Lines(opened.Data.Manifest)))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
            return ExitCodes.Success;
        });
        return command;
    }
}
