using System.Globalization;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>The most memory that a process of the program holds.</summary>
internal static class PeakMemory
{
    /// <summary>
    /// Young objects are collected after 16 MB of them (hexadecimal), whatever processor this is: else after as much as its last cache
    /// holds, and how much memory that comes to depends on when a process ends.
    /// </summary>
    private const string YoungBytes = "1000000";

    /// <summary>Skips the running test where memory cannot be measured.</summary>
    public static void RequireOrSkip() => Assert.SkipUnless(HasGnuTime.Value, "there is no GNU time (Debian: time)");

    private static readonly Lazy<bool> HasGnuTime = new(() =>
    {
        try
        {
            return Tool.Exists("time") && Tool.Run("time", "--version").Contains("GNU", StringComparison.Ordinal);
        }
        catch (ToolException)
        {
            return false; // BusyBox has a smaller one
        }
    });

    /// <summary>Runs a verb to its end, which must be a good one.</summary>
    /// <returns>Resident megabytes at most, as the system counted them (<c>ru_maxrss</c>): one that looks now and then can miss a short
    /// peak.</returns>
    public static async Task<double> MegabytesOfAsync(params string[] arguments)
    {
        RequireOrSkip();
        var kilobytes = Path.GetTempFileName();
        try
        {
            (await ProgramRunner.RunAsync(
                new ProgramPlace { Through = ["time", "--format=%M", $"--output={kilobytes}"] }.With("DOTNET_GCgen0size", YoungBytes),
                arguments)).Expect(ExitCodes.Success);
            return double.Parse(File.ReadAllText(kilobytes), CultureInfo.InvariantCulture) / 1024;
        }
        finally
        {
            File.Delete(kilobytes);
        }
    }
}
