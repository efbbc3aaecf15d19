using CliWrap.Buffered;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Debian's Python, where python3-torch lives.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    private static readonly Lazy<string?> Missing = new(() => Run("", "-c", "import torch") switch
    {
        null => $"there is no {Program}",
        { IsSuccess: false } => $"{Program} cannot import torch (apt-get install python3-torch)",
        _ => null,
    });

    /// <summary>Skips the test where PyTorch is missing.</summary>
    public static void SkipWithoutTorch() => Assert.SkipWhen(Missing.Value is not null, Missing.Value ?? "");

    /// <summary>Runs a script and gives what it printed.</summary>
    public static string RunScript(string script, string input, params string[] arguments)
    {
        var end = Run(input, [script, .. arguments]);
        Assert.True(end is not null, $"there is no {Program}");
        Assert.True(end.IsSuccess, end.StandardError);
        return end.StandardOutput;
    }

    // Not awaited: the choices of a test for its thread (plain layers, a dispose scope) would not hold on another thread.
    private static BufferedCommandResult? Run(string input, params string[] arguments) => Tool.TryAsync(Program, ["-B", .. arguments],
        input).GetAwaiter().GetResult();
}
