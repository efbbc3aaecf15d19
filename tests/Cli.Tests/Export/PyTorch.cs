using System.Diagnostics;
using System.Text.Json;
using DistSeq2Seq.Cli.Tests.Kubernetes;
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
            return {name: [list(t.shape), str(t.dtype), hashlib.sha256(t.detach().contiguous().numpy().tobytes()).hexdigest()] for name, t in tensors.items()}
        """;

    /// <summary>
    /// Runs a script that prints one JSON value, with examples/python/load_checkpoint.py at hand, and <c>show</c>, which makes of tensors
    /// their shapes, types and SHA-256; skips the running test where there is no PyTorch.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">Its <c>sys.argv</c> from 2 on.</param>
    public static async Task<JsonElement> RunOrSkipAsync(string script, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python}");
        Assert.SkipWhen((await RunAsync("-c", "import torch")).Code != 0, $"{Python} cannot import torch (apt-get install python3-torch)");
        var (code, output, error) = await RunAsync(["-B", "-c", Preamble + "\n" + script, Path.Combine(ReferenceFolder.Repository, "examples", "python"), .. arguments]);
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        return json.RootElement.Clone();
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
