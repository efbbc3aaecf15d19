using DistSeq2Seq.Cli.Export;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Tests.Decoding;
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
        var outcome = await Verb.RunAsync(ExportCommand.Create(), "--run", _run.Path, "--format", "pytorch-safetensors", "--output", output);
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

    [Theory]
    [InlineData("--format is 'onnx'; it must be pytorch-safetensors", "--run", "{run}", "--output", "{new}", "--format", "onnx")]
    [InlineData("--output is not given", "--run", "{run}")]
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
