using System.Globalization;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>The most memory that a process of the program holds.</summary>
internal static class PeakMemory
{
    /// <summary>Runs a verb to its end, which must be a good one.</summary>
    /// <returns>Resident megabytes at most.</returns>
    public static async Task<double> MegabytesOfAsync(params string[] arguments)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "peak memory is read from /proc");
        using var program = ProgramRunner.Start(arguments);
        var peak = 0.0;
        await Patience.UntilAsync(
            () =>
            {
                peak = Math.Max(peak, HighWaterMark(program.Id));
                return program.HasExited;
            },
            () => program.Error);
        Assert.True(await program.WaitAsync() == 0, program.Error);
        return peak;
    }

    /// <summary>The most memory that a process has held so far, in megabytes; 0 when it has ended.</summary>
    private static double HighWaterMark(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
