using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;

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
            Description = "One file, where the name ends in .safetensors; else a folder.", HelpName = "FILE|DIR",
        };
        var command = new Command("export", "Write a model with its configuration and vocabularies for other programs.") { format, output };
        model.AddTo(command);
        command.SetWork((parsed, _) =>
        {
            if (parsed.GetRequiredValue(format) is var form && form != Format)
                throw new ConfigurationException($"--format is '{form}'; it must be {Format}");
            var target = parsed.GetValue(output) is { Length: > 0 } given ? given
                : throw new ConfigurationException("--output is not given; name a file, as --output model.safetensors, or a folder");
            StandaloneCheckpoint.RequireNew(target);
            // Loading the whole model shows that the files belong together before anything is written.
            using var loaded = model.Load(parsed, "Exporting");
            using var checkpoint = LoadedCheckpoint.Open(loaded.CheckpointPath, CheckpointScope.ModelOnly);
            var bytes = ModelExport.Write(checkpoint, target);
            parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                $"{target}: {checkpoint.Layout.Count:N0} parameters in {checkpoint.Layout.Tensors.Count} tensors, {bytes:N0} bytes with configuration and vocabularies"));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }
}
