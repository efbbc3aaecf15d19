using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using DistSeq2Seq.Cli.Export;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Export;

/// <summary>What <c>export</c> writes, read by PyTorch as examples/python/load_checkpoint.py says.</summary>
public sealed class PyTorchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-pytorch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model")]
    public async Task Export_InPyTorch_HasTheParameters(string output)
    {
        using var run = new ToyRun(steps: 0);
        var checkpoint = run.WriteCheckpoint(1);
        var path = await ExportAsync(checkpoint, output, "--format", "pytorch-safetensors");
        var found = await PyTorch.RunOrSkipAsync("""
            tensors, metadata = load(sys.argv[2])
            print(json.dumps([show(tensors), metadata["format"]]))
            """, path);
        Assert.Equal("pt", found[1].GetString());
        Assert.Equal(Parameters(checkpoint), found[0].EnumerateObject().ToDictionary(tensor => tensor.Name,
            tensor => tensor.Value.ToString()));
    }

    [Fact]
    public async Task Export_TiedEmbeddings_AreOneTensor_WhichBothLayersOfPyTorchGet()
    {
        var configuration = ToyRun.Configuration with
        {
            Model = ToyRun.Configuration.Model with { EmbeddingSize = 32, TiedEmbeddings = TiedEmbeddings.Decoder },
        };
        using var run = new ToyRun(steps: 0, configuration: configuration);
        var checkpoint = run.WriteCheckpoint(1);
        var path = await ExportAsync(checkpoint, "model.safetensors", "--format", "pytorch-safetensors");
        var found = await PyTorch.RunOrSkipAsync("""
            tensors, _ = load(sys.argv[2])
            model = torch.nn.Module()
            model.decoder = torch.nn.Module()
            model.decoder.embedding = torch.nn.Embedding(*tensors["decoder.embedding.weight"].shape)
            model.decoder.output = torch.nn.Linear(*reversed(tensors["decoder.embedding.weight"].shape))
            model.decoder.output.weight = model.decoder.embedding.weight
            ours = {n: t for n, t in tensors.items() if n.startswith(("decoder.embedding.", "decoder.output."))}
            loaded = model.load_state_dict(ours, strict=False)
            shown = show({"tied": model.decoder.output.weight, "bias": model.decoder.output.bias})
            print(json.dumps([loaded.missing_keys, loaded.unexpected_keys, shown]))
            """, path);
        Assert.Equal(["decoder.output.weight"], found[0].EnumerateArray().Select(name => name.GetString()));
        Assert.Empty(found[1].EnumerateArray());
        var expected = Parameters(checkpoint);
        Assert.DoesNotContain("decoder.output.weight", expected.Keys);
        Assert.Equal(expected["decoder.embedding.weight"], found[2].GetProperty("tied").ToString());
        Assert.Equal(expected["decoder.output.bias"], found[2].GetProperty("bias").ToString());
    }

    [Fact]
    public async Task Export_Int8_DequantizedInPyTorch_IsWhatTheModelComputesWith()
    {
        using var run = new ToyRun(steps: 0, words: 300);
        var small = await ExportAsync(run.WriteCheckpoint(1), "small", "--int8");
        var found = await PyTorch.RunOrSkipAsync("""
            tensors, _ = load(sys.argv[2] + "/model.safetensors")
            print(json.dumps([show(tensors), show(dequantized(tensors))]))
            """, small);
        Assert.Equal(Parameters(small), found[1].EnumerateObject().ToDictionary(tensor => tensor.Name, tensor => tensor.Value.ToString()));
        Assert.Contains("torch.int8", found[0].GetProperty("decoder.output.weight").ToString());
    }

    /// <summary>Of each parameter what <c>show</c> prints: shape, type and SHA-256 of the floats.</summary>
    private static Dictionary<string, string> Parameters(string checkpoint)
    {
        using var loaded = LoadedCheckpoint.Open(checkpoint, CheckpointScope.ModelOnly);
        var values = new float[loaded.Layout.Count];
        loaded.CopyTranslatingParameters(values);
        return loaded.Layout.Tensors.ToDictionary(tensor => tensor.Name, tensor =>
        {
            var bytes = MemoryMarshal.AsBytes(values.AsSpan((int)tensor.Offset, (int)tensor.Count));
            return $"[[{string.Join(", ", tensor.Shape)}], \"torch.float32\", \"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"]";
        });
    }

    private async Task<string> ExportAsync(string checkpoint, string output, params string[] options)
    {
        var path = Path.Combine(_folder.FullName, output);
        var outcome = await Verb.RunAsync(ExportCommand.Create(), ["--checkpoint", checkpoint, "--output", path, .. options]);
        Assert.True(outcome.Code == 0, outcome.Error);
        return Directory.Exists(path) && options is not ["--int8"] ? Path.Combine(path, "model.safetensors") : path;
    }
}
