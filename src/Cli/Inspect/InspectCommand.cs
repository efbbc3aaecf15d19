using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Inspect;

/// <summary>The verb <c>inspect</c>: what a run folder holds, and whether it can be trusted. Reads only.</summary>
public static class InspectCommand
{
    /// <summary>
    /// The verb with its options. It exits with 0 when everything asked about is in order, with 1 when something is damaged, missing
    /// or was used twice, or with 2 on a folder that holds no run.
    /// </summary>
    public static Command Create()
    {
        var run = new Option<string?>("--run") { Description = "The run folder.", HelpName = "DIR" };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "Describe one checkpoint: its folder, or its name within the run.",
            HelpName = "PATH",
        };
        var ledger = new Option<bool>("--ledger")
        {
            Description = "Prove from the ledger and the corpus that every sentence was used exactly once an epoch.",
        };
        var verify = new Option<bool>("--verify")
        {
            Description = "Read every checkpoint to the last byte and check its hashes and replica digest.",
        };
        var command = new Command("inspect", "List a run's checkpoints; prove its ledger of committed steps.")
            { run, checkpoint, ledger, verify };
        command.SetWork((parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(checkpoint) is { } named)
                return Task.FromResult(CheckpointView.Show(ModelArguments.PathOf(parsed.GetValue(run), named), output)
                    ? ExitCodes.Success
                    : ExitCodes.Failure);
            var folder = parsed.GetValue(run)
                ?? throw new ConfigurationException("neither --run nor --checkpoint is given; name the run's folder, as --run "
                    + "runs/quickstart");
            var proves = parsed.GetValue(ledger);
            var holds = !proves || LedgerView.Show(folder, output);
            // --ledger without a checkpoint shows the ledger alone, which is quick.
            if (!proves || parsed.GetValue(verify))
                holds &= CheckpointsView.Show(folder, parsed.GetValue(verify), output, cancellation);
            return Task.FromResult(holds ? ExitCodes.Success : ExitCodes.Failure);
        });
        return command;
    }
}
