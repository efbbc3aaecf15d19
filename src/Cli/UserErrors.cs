using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli;

/// <summary>Turns the user's mistakes into one line and exit code 2.</summary>
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
            catch (Exception e) when (e is ConfigurationException or DataException or CheckpointException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"error: {e.Message}");
                return ExitCodes.BadInput;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be written, a full disk, a port taken meanwhile: the message names it.
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"error: {e.Message}");
                return ExitCodes.Failure;
            }
        });
}
