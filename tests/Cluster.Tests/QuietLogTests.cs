using System.Text.RegularExpressions;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>Whoever looks into the logs of a run that went well finds nothing that looks like trouble.</summary>
public sealed partial class QuietLogTests
{
    [Fact]
    public async Task Train_WithoutFaults_NoWarningErrorOrStackTraceFromStartToEnd()
    {
        using var run = new TinyRun();
        (await ProgramRunner.RunAsync("train", run.ConfigurationPath, "--workers", "2")).Expect(ExitCodes.Success, run.RunFolder);
        // A machine that has too much to do is worth a warning, and is not the run's fault.
        var logs = string.Join('\n', run.Logs().Split('\n')
            .Where(line => !line.Contains("heartbeat was delayed", StringComparison.Ordinal)));

        Assert.Contains("Finished: ", logs, StringComparison.Ordinal);
        Assert.Contains("Found the coordinator", logs, StringComparison.Ordinal);
        Assert.False(Trouble().IsMatch(logs), $"trouble in the logs of a run without any: {Trouble().Match(logs).Value}\n{logs}");
    }

    /// <summary>A level above information, or a frame of a stack trace.</summary>
    [GeneratedRegex(@"^\S* ?(warn|fail|crit)[: ]|\[(WARNING|ERROR)\]|^\s+at \S+\(|Exception", RegexOptions.Multiline)]
    private static partial Regex Trouble();
}
