using System.Globalization;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>The most memory that a process of the program holds.</summary>
internal static class PeakMemory
{
    /// <summary>Runs a verb to its end, which must be a good one.</summary>
    /// <returns>Resident megabytes at most, as the system counted them (<c>ru_maxrss</c>): one that looks now and then can miss a short peak.</returns>
    public static async Task<double> MegabytesOfAsync(params string[] arguments)
    {
        Skip.IfNot(Tool.Exists("time"), "GNU time is not on PATH");
        var kilobytes = Path.GetTempFileName();
        try
        {
            var (code, _, error) = await ProgramRunner.RunAsync(
                new ProgramPlace { Through = ["time", "--format=%M", $"--output={kilobytes}"] }, arguments);
            Assert.True(code == 0, error);
            return double.Parse(File.ReadAllText(kilobytes), CultureInfo.InvariantCulture) / 1024;
        }
        finally
        {
            File.Delete(kilobytes);
        }
    }
}
