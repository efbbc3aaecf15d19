using System.Diagnostics;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Debian's Python, where python3-torch lives.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    private static readonly Lazy<string?> Missing = new(() => !File.Exists(Program)
        ? $"there is no {Program}"
        : Run("", "-c", "import torch").ExitCode != 0 ? $"{Program} cannot import torch (apt-get install python3-torch)" : null);

    /// <summary>Skips the test where PyTorch is missing.</summary>
    public static void SkipWithoutTorch() => Assert.SkipWhen(Missing.Value is not null, Missing.Value ?? "");

    /// <summary>Runs a script and gives what it printed.</summary>
    public static string RunScript(string script, string input, params string[] arguments)
    {
        var (exitCode, output, errors) = Run(input, [script, .. arguments]);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    private static (int ExitCode, string Output, string Errors) Run(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, ["-B", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }
}
