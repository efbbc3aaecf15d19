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
        CheckpointInfo info = new CheckpointStore(run.Path).Write(Samples.Content(12));

        using JsonDocument summary = JsonDocument.Parse(Python.RunScript(Repository.PathOf("examples", "python", "load_checkpoint.py"), "", info.Path));

        Assert.Equal("12", summary.RootElement.GetProperty("metadata").GetProperty("step").GetString());
        JsonElement tensors = summary.RootElement.GetProperty("tensors");
        Assert.Equal(
            Samples.Layout.Tensors.Select(tensor => tensor.Name), tensors.EnumerateObject().Select(tensor => tensor.Name));
        float[] flat = Samples.Values(12, 0);
        foreach (TensorSlice tensor in Samples.Layout.Tensors)
        {
            JsonElement seen = tensors.GetProperty(tensor.Name);
            byte[] bytes = [.. flat.Skip((int)tensor.Offset).Take((int)tensor.Count).SelectMany(BitConverter.GetBytes)];
            Assert.Equal(tensor.Shape, seen.GetProperty("shape").EnumerateArray().Select(item => item.GetInt64()));
            Assert.Equal(
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)),
                seen.GetProperty("sha256").GetString());
        }
    }
}
