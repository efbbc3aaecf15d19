using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli;

/// <summary>
/// The one way in which verbs fail: an exception whose message is for the user becomes one line on standard error and an exit code. The
/// message names the subject, the value seen, what would be right, and what to do.
/// </summary>
internal static class UserErrors
{
    /// <summary>Makes <paramref name="work"/> the verb's action.</summary>
    public static void SetWork(this Command command, Func<ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await work(parsed, cancellation);
            }
            catch (Exception e) when (ExitCodeOf(e) is { } code)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"error: {e.Message}");
                return code;
            }
        });

    /// <summary>The exit code of a failure that its message explains; null for any other, which is a defect of the program.</summary>
    private static int? ExitCodeOf(Exception e) => e switch
    {
        ConfigurationException or DataException or CheckpointException or InputException => ExitCodes.BadInput,
        // A folder that cannot be written, a full disk, a port taken meanwhile: the message names it.
        TroubleException or IOException or UnauthorizedAccessException => ExitCodes.Failure,
        _ => null,
    };
}
