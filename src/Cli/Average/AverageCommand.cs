using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Averaging;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Average;

/// <summary>The verb <c>average</c>: the mean of several checkpoints' parameters, as a checkpoint that translates.</summary>
public static class AverageCommand
{
    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    public static Command Create()
    {
        var checkpoints = new Argument<string[]>("checkpoint")
        {
            Description = "Checkpoints to average: folders, or names within the run.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var run = new Option<string?>("--run") { Description = "Folder of the run that has the checkpoints.", HelpName = "DIR" };
        var last = new Option<int?>("--last") { Description = "Average the run's last N checkpoints.", HelpName = "N" };
        var best = new Option<int?>("--best") { Description = "Average the N checkpoints of the best validation.", HelpName = "N" };
        var output = new Option<string?>("--output")
        { Description = "Folder to write; `translate --checkpoint` takes it.", HelpName = "DIR" };
        var command = new Command("average", "Average checkpoints into one that often translates better.")
            { checkpoints, run, last, best, output };
        command.SetWork((parsed, _) =>
        {
            var folder = parsed.GetValue(run);
            var target = parsed.GetValue(output) is { Length: > 0 } given
                ? given
                : throw new ConfigurationException("--output is not given; name a folder to write, as --output runs/quickstart-average");
            if (folder is not null)
                RequireOutside(target, folder);
            var paths = (parsed.GetValue(checkpoints) ?? [], parsed.GetValue(last), parsed.GetValue(best)) switch
            {
                ([], { } count, null) => Choose(folder, "--last", count, info => -info.Step),
                ([], null, { } count) => Choose(folder, "--best", count, info => info.State?.ValidationRankHere()),
                ({ Length: > 0 } named, null, null) => [.. named.Select(name => ModelArguments.PathOf(folder, name))],
                _ => throw new ConfigurationException("say which checkpoints: either --last N, or --best N, or their folders"),
            };
            var steps = CheckpointAverage.Write(paths, target);
            parsed.InvocationConfiguration.Output.WriteLine($"{target}: the mean of {steps.Count} checkpoints "
                + $"(steps {string.Join(", ", steps)})");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    /// <summary>The run's undamaged checkpoints with the lowest values; those without a value do not take part.</summary>
    private static string[] Choose(string? run, string option, int count, Func<CheckpointInfo, double?> value)
    {
        if (run is null)
            throw new ConfigurationException($"{option} needs --run; name the run's folder, as --run runs/quickstart");
        if (count < 1)
            throw new ConfigurationException(FormattableString.Invariant($"{option} is {count}; it must be 1 or more"));
        if (!Directory.Exists(run))
            throw new CheckpointException(run, "there is no such run folder; name the folder that `train` wrote, as runs/quickstart");
        string[] found =
        [
            .. new CheckpointStore(run).List()
                .Where(info => info.IsIntact && value(info) is not null)
                .OrderBy(value)
                .ThenByDescending(info => info.Step)
                .Select(info => info.Path),
        ];
        if (found.Length < count)
        {
            var kind = option == "--best" ? "undamaged checkpoints with a validation" : "undamaged checkpoints";
            throw new CheckpointException(run, FormattableString.Invariant(
                $"has {found.Length} {kind}, and {option} asks for {count}; ")
                + "ask for fewer, or have training keep more (checkpoints.keep_last, keep_best)");
        }

        return found[..count];
    }

    /// <summary>A folder among the run's checkpoints would be taken for one of them, and be removed in time.</summary>
    private static void RequireOutside(string output, string run)
    {
        var checkpoints = new CheckpointStore(run).Folder;
        if ((Path.GetFullPath(output) + Path.DirectorySeparatorChar).StartsWith(checkpoints + Path.DirectorySeparatorChar,
            StringComparison.Ordinal))
            throw new ConfigurationException($"--output {output} lies in {checkpoints}, which belongs to the run; name a folder "
                + "outside it");
    }
}
