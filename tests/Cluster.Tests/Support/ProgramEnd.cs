using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>How a verb ended that was run by itself.</summary>
/// <param name="Command">The verb with its arguments.</param>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record ProgramEnd(string Command, int Code, string Output, string Error)
{
    /// <summary>Fails the test unless it ended with this code.</summary>
    /// <param name="code">The code expected.</param>
    /// <param name="further">What else may explain the failure, such as logs of processes that it started.</param>
    /// <returns>This.</returns>
    public ProgramEnd Expect(int code, Func<string>? further = null)
    {
        if (Code != code)
            Assert.Fail($"`{Command}` ended with {Signals.DescribeExit(Code)}, expected {Signals.DescribeExit(code)}\n"
                + LogTail.Of("the program", Output, Error) + further?.Invoke());
        return this;
    }

    /// <summary>The same for a verb that starts processes which write log files.</summary>
    /// <param name="code">The code expected.</param>
    /// <param name="runFolder">Whose logs may explain a failure.</param>
    public ProgramEnd Expect(int code, string runFolder) => Expect(code, () => LogTail.OfFolder(runFolder));

    /// <summary>What most tests look at.</summary>
    public void Deconstruct(out string output, out string error) => (output, error) = (Output, Error);
}
