using System.CommandLine;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Export;

/// <summary>The verb <c>export</c>: a trained model as files that other programs read.</summary>
public static class ExportCommand
{
    private const string Format = "pytorch-safetensors";

    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    public static Command Create()
    {
        var model = new ModelArguments();
        var format = new Option<string>("--format")
        {
            Description = "Form of the files: parameters under PyTorch's names in the safetensors format.",
            HelpName = Format,
            DefaultValueFactory = _ => Format,
        };
        var output = new Option<string?>("--output")
        {
            Description = "One file, where the name ends in .safetensors; else a folder.",
            HelpName = "FILE|DIR",
        };
        var prune = new Option<double?>("--prune")
        {
            Description = "Set this share of all weights to zero, those of the smallest magnitude, and write a checkpoint folder that "
                + "translates.",
            HelpName = "SHARE",
        };
        var int8 = new Option<bool>("--int8")
        {
            Description = "Write the large matrices as 8-bit integers: a checkpoint folder of about a quarter of the size that translates "
                + "faster on CPUs.",
        };
        var source = new Option<string?>("--source")
        {
            Description = "With --prune or --int8: text to measure BLEU (and speed) on, before and after.",
            HelpName = "F",
        };
        var reference = new Option<string?>("--target")
        {
            Description = "With --prune or --int8: the reference of each line.",
            HelpName = "F",
        };
        var command = new Command("export", "Write a model with its configuration and vocabularies for other programs.")
            { format, output, prune, int8, source, reference };
        model.AddTo(command);
        command.SetWork((parsed, _) =>
        {
            if (parsed.GetRequiredValue(format) is var form && form != Format)
                throw new ConfigurationException($"--format is '{form}'; it must be {Format}");
            var target = parsed.GetValue(output) is { Length: > 0 } given
                ? given
                : throw new ConfigurationException("--output is not given; name a file, as --output model.safetensors, or a folder");
            StandaloneCheckpoint.RequireNew(target);
            var share = parsed.GetValue(prune);
            if (share is not null and not (> 0 and < 1))
                throw new ConfigurationException(
                    FormattableString.Invariant($"--prune is {share}; it must be above 0 and below 1, for example 0.3"));
            var quantizing = parsed.GetValue(int8);
            if (quantizing && share is not null)
                throw new ConfigurationException("--prune and --int8 are both given; prune first, then quantize the folder that pruning "
                    + "wrote (--checkpoint)");
            var test = TestSet(parsed.GetValue(source), parsed.GetValue(reference), share is not null || quantizing);
            // Loading the whole model shows that the files belong together before anything is written.
            using var loaded = model.Load(parsed, "Exporting");
            if (share is { } pruned)
            {
                PruneReport.Write(loaded, pruned, target, test, parsed.InvocationConfiguration.Output);
                return Task.FromResult(ExitCodes.Success);
            }

            if (quantizing)
            {
                if (loaded.IsQuantized)
                    throw new ConfigurationException($"{loaded.CheckpointPath} is quantized already; take the checkpoint that it "
                        + "was made of");
                QuantizeReport.Write(loaded, target, test, parsed.InvocationConfiguration.Output);
                return Task.FromResult(ExitCodes.Success);
            }

            using var checkpoint = LoadedCheckpoint.Open(loaded.CheckpointPath, CheckpointScope.ModelOnly);
            var bytes = ModelExport.Write(checkpoint, target);
            parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                $"{target}: {checkpoint.Layout.Count:N0} parameters in {checkpoint.Layout.Tensors.Count} tensors, {bytes:N0} bytes")
                + " with configuration and vocabularies");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static (IReadOnlyList<string> Sources, IReadOnlyList<string> References)? TestSet(string? source, string? target,
        bool measuring) => (source, target) switch
        {
            (null, null) => null,
            ({ } given, { } reference) when measuring => ScoreText.ReadPair(given, reference),
            _ => throw new ConfigurationException("--source and --target go together, and with --prune or --int8: they are what BLEU is "
                + "measured on before and after"),
        };
}
