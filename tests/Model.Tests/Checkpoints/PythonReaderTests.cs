using System.Text.Json;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>A checkpoint's parameters load in PyTorch by name, through examples/python/load_checkpoint.py.</summary>
public sealed class PythonReaderTests
{
    [Fact]
    public void ModelFile_InPyTorch_HasTheSameTensors()
    {
        Python.SkipWithoutTorch();
        using var run = new TestFolder();
        var info = new CheckpointStore(run.Path).Write(Samples.Content(12));

        using var summary = JsonDocument.Parse(Python.RunScript(Repository.PathOf("examples", "python", "load_checkpoint.py"), "",
            info.Path));

        Assert.Equal("12", summary.RootElement.GetProperty("metadata").GetProperty("step").GetString());
        var tensors = summary.RootElement.GetProperty("tensors");
        Assert.Equal(
            Samples.Layout.Tensors.Select(tensor => tensor.Name), tensors.EnumerateObject().Select(tensor => tensor.Name));
        var flat = Samples.Values(12, 0);
        foreach (var tensor in Samples.Layout.Tensors)
        {
            var seen = tensors.GetProperty(tensor.Name);
            byte[] bytes = [.. flat.Skip((int)tensor.Offset).Take((int)tensor.Count).SelectMany(BitConverter.GetBytes)];
            Assert.Equal(tensor.Shape, seen.GetProperty("shape").EnumerateArray().Select(item => item.GetInt64()));
            Assert.Equal(
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)),
                seen.GetProperty("sha256").GetString());
        }
    }
}
