using System.Text.Json;
using DistSeq2Seq.Cli.Tests.Kubernetes;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Export;

/// <summary>Runs Python with PyTorch, where a machine has it.</summary>
internal static class PyTorch
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Prints of tensors by name their SHA-256 and shapes.</summary>
    private const string Preamble = """
        import hashlib, json, sys
        sys.path.insert(0, sys.argv[1])
        import torch
        from load_checkpoint import dequantized, load
        def show(tensors):
            sha = lambda t: hashlib.sha256(t.detach().contiguous().numpy().tobytes()).hexdigest()
            return {name: [list(t.shape), str(t.dtype), sha(t)] for name, t in tensors.items()}
        """;

    /// <summary>
    /// Runs a script that prints one JSON value, with examples/python/load_checkpoint.py at hand, and <c>show</c>, which makes of tensors
    /// their shapes, types and SHA-256; skips the running test where there is no PyTorch.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">Its <c>sys.argv</c> from 2 on.</param>
    public static async Task<JsonElement> RunOrSkipAsync(string script, params string[] arguments)
    {
        var torch = await Tool.TryAsync(Python, ["-c", "import torch"]);
        Assert.SkipWhen(torch is null, $"there is no {Python}");
        Assert.SkipUnless(torch.IsSuccess, $"{Python} cannot import torch (apt-get install python3-torch)");
        using var json = JsonDocument.Parse(
            await Tool.RunAsync(Python,
                ["-B", "-c", Preamble + "\n" + script, Path.Combine(ReferenceFolder.Repository, "examples", "python"), .. arguments]));
        return json.RootElement.Clone();
    }
}
