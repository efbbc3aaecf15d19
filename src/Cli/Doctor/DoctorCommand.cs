using System.CommandLine;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>The verb <c>doctor</c>: says what this machine has and lacks, and what to do about it.</summary>
public static class DoctorCommand
{
    /// <summary>The verb. It exits with 0, or with 1 when something needed is missing.</summary>
    /// <param name="machine">What to look at; by default this machine.</param>
    public static Command Create(Machine? machine = null)
    {
        var plan = new PlanArguments();
        var command = new Command("doctor", "Check what this machine has: .NET, libraries, ports, programs, disk. Or, with --plan, predict "
            + "the speed of a cluster.");
        plan.AddTo(command);
        command.SetWork(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (plan.Table(parsed) is { } table)
            {
                foreach (var line in table)
                    output.WriteLine(line);
                return ExitCodes.Success;
            }

            var worst = Severity.Ok;
            // Each line comes as soon as it is known: some checks take seconds.
            await foreach (var finding in ProcessChecks.Run().ToAsyncEnumerable().Concat(new MachineChecks(machine ?? new Machine())
                .RunAsync(cancellation)))
            {
                output.WriteLine($"{NameOf(finding.Severity),-8} {finding.Subject,-10} {finding.Detail}");
                if (finding.Remedy is not null)
                    output.WriteLine($"{"",-19} to do: {finding.Remedy}");
                worst = finding.Severity > worst ? finding.Severity : worst;
            }

            return worst == Severity.Error ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Warning => "warning",
        _ => "error",
    };
}
