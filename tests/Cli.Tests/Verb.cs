using System.CommandLine;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Tests;

/// <summary>What a verb did.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output, lines ended by LF.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Outcome(int Code, string Output, string Error)
{
    /// <summary>The one line of bad input; fails where it is not that.</summary>
    public string BadInputLine()
    {
        Xunit.Assert.Equal((ExitCodes.BadInput, ""), (Code, Output));
        var line = Xunit.Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Xunit.Assert.StartsWith("error: ", line);
        return line;
    }
}

/// <summary>Runs a verb in this process.</summary>
internal static class Verb
{
    public static async Task<Outcome> RunAsync(Command verb, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await new RootCommand { verb }.Parse([verb.Name, .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new Outcome(code, output.ToString(), error.ToString());
    }
}
