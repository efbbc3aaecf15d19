using DistSeq2Seq.Cli.Export;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Checkpoints.Safetensors;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Tests.Decoding;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Export;

public sealed class ExportCommandTests : IDisposable
{
    private static readonly string[] CarriedAlong = ["config.yaml", "source.vocab", "target.vocab", "tokenizer.json"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-export-");
    private readonly ToyRun _run = new(steps: 0);
    private readonly string _checkpoint;

    public ExportCommandTests() => _checkpoint = _run.WriteCheckpoint(7, validationLoss: 2);

    public void Dispose()
    {
        _run.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Export_Folder_HoldsParametersUnderTheirNames_AndTheOtherFiles()
    {
        var output = InFolder("model");
        var outcome = await Verb.RunAsync(ExportCommand.Create(), "--run", _run.Path, "--format", "pytorch-safetensors",
            "--output", output);
        Assert.Equal((0, $"Exporting with {_checkpoint} (validation loss 2.0000)\n"), (outcome.Code, outcome.Error));
        Assert.StartsWith($"{output}: {_run.Parameters.Length:N0} parameters in ", outcome.Output);
        RequireParameters(Path.Combine(output, "model.safetensors"));
        Assert.Equal(CarriedAlong.Append("model.safetensors").Order(), Directory.GetFiles(output).Select(Path.GetFileName).Order());
        foreach (var name in CarriedAlong)
            Assert.Equal(File.ReadAllText(Path.Combine(_checkpoint, name)), File.ReadAllText(Path.Combine(output, name)));
        Assert.Equal([output], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public async Task Export_File_CarriesTheOtherFilesAsMetadata()
    {
        var output = InFolder("new/model.safetensors");
        var outcome = await Verb.RunAsync(ExportCommand.Create(), "--checkpoint", _checkpoint, "--output", output);
        Assert.Equal(0, outcome.Code);
        RequireParameters(output);
        using var file = SafetensorsFile.Open(output);
        foreach (var name in CarriedAlong)
            Assert.Equal(File.ReadAllText(Path.Combine(_checkpoint, name)), file.Metadata[name]);
        Assert.Equal(("pt", "toy", "7"), (file.Metadata["format"], file.Metadata["run"], file.Metadata["step"]));
        Assert.Single(Directory.GetFileSystemEntries(InFolder("new")));
    }

    [Fact]
    public async Task Export_Prune_ZeroesTheSmallestWeights_AndTheResultTranslates()
    {
        var (output, text) = (InFolder("pruned"), InFolder("text"));
        File.WriteAllText(text, "a1 a2\na3\n");
        var outcome = await Verb.RunAsync(ExportCommand.Create(), "--run", _run.Path, "--prune", "0.25", "--output", output, "--source",
            text, "--target", text);
        Assert.True(outcome.Code == 0, outcome.Error);
        using var before = LoadedCheckpoint.Open(_checkpoint, CheckpointScope.ModelOnly);
        using var after = LoadedCheckpoint.Open(output, CheckpointScope.ModelOnly);
        var (kept, gone) = (new List<float>(), new List<float>());
        foreach (var tensor in before.Layout.Tensors)
        {
            var (whole, pruned) = (before.Model.Floats(tensor.Name).ToArray(), after.Model.Floats(tensor.Name).ToArray());
            if (tensor.Shape.Count < 2)
            {
                Assert.Equal(whole, pruned);
                continue;
            }

            for (var i = 0; i < whole.Length; i++)
                (pruned[i] == 0 ? gone : kept).Add(Math.Abs(whole[i]));
            Assert.All(whole.Zip(pruned), pair => Assert.True(pair.Second == 0 || pair.Second == pair.First));
            Assert.Contains(FormattableString.Invariant($"{100.0 * pruned.Count(v => v == 0) / pruned.Length:0.00} % zero"),
                outcome.Output.Split('\n').Single(l => l.StartsWith(tensor.Name + " ", StringComparison.Ordinal)));
        }

        Assert.Equal((int)(0.25 * (kept.Count + gone.Count)), gone.Count);
        Assert.True(gone.Max() <= kept.Min());
        Assert.Contains("before, ", outcome.Output.Split('\n')[^2]);
        using var model = TranslationModel.Load(output);
        Assert.Single(new Translator(model).Translate(["a1 a2"]));
    }

    [Fact]
    public async Task Export_Int8_IsSmaller_ReportsSizeSpeedAndBleu_AndTranslates()
    {
        using var run = new ToyRun(steps: 0, words: 300);
        var checkpoint = run.WriteCheckpoint(1);
        var (output, text) = (InFolder("int8"), InFolder("text"));
        File.WriteAllText(text, "a1 a2\na3\n");
        var outcome = await Verb.RunAsync(ExportCommand.Create(), "--run", run.Path, "--int8", "--output", output, "--source", text,
            "--target", text);
        Assert.True(outcome.Code == 0, outcome.Error);
        var (before, after) = (new FileInfo(Path.Combine(checkpoint, "model.safetensors")).Length,
            new FileInfo(Path.Combine(output, "model.safetensors")).Length);
        Assert.True(after < before);
        Assert.Contains($"the model's file has {before:N0} bytes before, {after:N0} after", outcome.Output);
        Assert.Contains("sentences a second of processor time before, ", outcome.Output);
        Assert.StartsWith("BLEU ", outcome.Output.TrimEnd().Split('\n')[^1]);
        Assert.Contains("decoder.output.weight", outcome.Output);
        using (var model = TranslationModel.Load(output))
            Assert.Single(new Translator(model).Translate(["a1 a2"]));
        var again = await Verb.RunAsync(ExportCommand.Create(), "--checkpoint", output, "--int8", "--output", InFolder("again"));
        Assert.Equal(ExitCodes.BadInput, again.Code);
        Assert.Contains("is quantized already", again.Error);
        var floats = await Verb.RunAsync(ExportCommand.Create(), "--checkpoint", output, "--output", InFolder("floats"));
        Assert.True(floats.Code == 0, floats.Error);
    }

    [Theory]
    [InlineData("--prune and --int8 are both given", "--run", "{run}", "--output", "{new}", "--prune", "0.5", "--int8")]
    [InlineData("--format is 'onnx'; it must be pytorch-safetensors", "--run", "{run}", "--output", "{new}", "--format", "onnx")]
    [InlineData("--output is not given", "--run", "{run}")]
    [InlineData("--prune is 1; it must be above 0 and below 1", "--run", "{run}", "--output", "{new}", "--prune", "1")]
    [InlineData("--source and --target go together", "--run", "{run}", "--output", "{new}", "--prune", "0.5", "--source", "x")]
    [InlineData("--source and --target go together", "--run", "{run}", "--output", "{new}", "--source", "x", "--target", "x")]
    [InlineData("neither --run nor --checkpoint is given", "--output", "{new}")]
    [InlineData("{run}: is there already", "--run", "{run}", "--output", "{run}")]
    [InlineData("there is no such run folder", "--run", "{new}", "--output", "{new}")]
    public async Task Export_BadInput_EndsWithOneLineAndCode2_AndWritesNothing(string expected, params string[] arguments)
    {
        var outcome = await Verb.RunAsync(ExportCommand.Create(), [.. arguments.Select(Fill)]);
        Assert.Contains(Fill(expected), outcome.BadInputLine());
        Assert.Empty(_folder.GetFileSystemInfos());

        string Fill(string text) => text.Replace("{run}", _run.Path).Replace("{new}", InFolder("new"));
    }

    private void RequireParameters(string path)
    {
        using var file = SafetensorsFile.Open(path);
        using var checkpoint = LoadedCheckpoint.Open(_checkpoint, CheckpointScope.ModelOnly);
        Assert.Equal(checkpoint.Layout.Tensors.Select(tensor => tensor.Name), file.Tensors.Select(entry => entry.Name));
        Assert.Contains("decoder.output.weight", file.Tensors.Select(entry => entry.Name));
        foreach (var tensor in checkpoint.Layout.Tensors)
        {
            Assert.True(file.TryFind(tensor.Name, out var entry));
            Assert.Equal(tensor.Shape, entry.Shape);
            Assert.Equal(_run.Parameters.AsSpan((int)tensor.Offset, (int)tensor.Count), file.Floats(tensor.Name));
        }
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);
}
