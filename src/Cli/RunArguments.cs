using System.CommandLine;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Cli;

/// <summary>Arguments of the verbs that take a run's configuration.</summary>
internal sealed class RunArguments
{
    /// <summary>The YAML file.</summary>
    public Argument<string> Configuration { get; } = new("config") { Description = "The YAML file that describes the run." };

    /// <summary>Overrides.</summary>
    public Option<string[]> Settings { get; } =
        new("--set") { Description = "Override a key of the configuration; repeatable.", HelpName = "a.b=c" };

    /// <summary>Run folder.</summary>
    public Option<string?> Run { get; } = new("--run")
    {
        Description = "Run folder; by default the configuration's, or runs/<name of "
            + "the file>."
    };

    /// <summary>What to do about gradients that are not finite.</summary>
    public Option<string?> OnNan { get; } = new("--on-nan")
    {
        Description = "Short for --set training.on_nan=...: stop, or rollback to the last good checkpoint with a lower learning rate.",
        HelpName = "stop|rollback",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(Configuration);
        command.Add(Settings);
        command.Add(Run);
        command.Add(OnNan);
    }

    /// <summary>Reads and checks the configuration.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="further">Overrides that other options stand for; they come last.</param>
    /// <exception cref="ConfigurationException">Something is wrong with it.</exception>
    public RunConfiguration Load(ParseResult parsed, IEnumerable<string> further)
    {
        var configuration = ConfigurationReader.Load(parsed.GetRequiredValue(Configuration),
            [.. parsed.GetValue(Settings) ?? [], .. parsed.GetValue(OnNan) is { } onNan
                ? [$"training.on_nan={onNan}"]
                : Array.Empty<string>(), .. further]);
        return parsed.GetValue(Run) is { Length: > 0 } run ? configuration with { Run = run } : configuration;
    }
}
