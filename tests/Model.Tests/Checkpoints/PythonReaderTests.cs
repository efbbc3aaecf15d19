using System.Diagnostics;
using System.Text.Json;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>A checkpoint's parameters load in PyTorch by name, through examples/python/load_checkpoint.py.</summary>
public sealed class PythonReaderTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public void ModelFile_InPyTorch_HasTheSameTensors()
    {
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python}");
        Assert.SkipWhen(Run("-c", "import torch").ExitCode != 0, $"{Python} cannot import torch (apt-get install python3-torch)");
        using var run = new TestFolder();
        CheckpointInfo info = new CheckpointStore(run.Path).Write(Samples.Content(12));

        (int exitCode, string output, string errors) = Run(Script(), info.Path);

        Assert.True(exitCode == 0, errors);
        using JsonDocument summary = JsonDocument.Parse(output);
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

    private static string Script()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DistSeq2Seq.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "examples", "python", "load_checkpoint.py");
    }

    private static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
