using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli;

/// <summary>What the verbs that use a trained model have in common: which one.</summary>
internal sealed class ModelArguments
{
    private readonly Option<string?> _run = new("--run") { Description = "Folder of the run whose best checkpoint is used.", HelpName = "DIR" };
    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Another checkpoint: its folder, or its name within the run, as step-000001200.", HelpName = "PATH",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_run);
        command.Add(_checkpoint);
    }

    /// <summary>Loads the model, and names it on standard error.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="doing">What is done with it, as <c>Translating</c>.</param>
    /// <exception cref="ConfigurationException">Neither option is given.</exception>
    /// <exception cref="CheckpointException">There is no such checkpoint, or it is damaged.</exception>
    public TranslationModel Load(ParseResult parsed, string doing)
    {
        var error = parsed.InvocationConfiguration.Error;
        var model = (parsed.GetValue(_run), parsed.GetValue(_checkpoint)) switch
        {
            (var run, { } checkpoint) => TranslationModel.Load(PathOf(run, checkpoint)),
            ({ } run, null) => TranslationModel.LoadBest(run, problem => error.WriteLine($"warning: {problem}")),
            _ => throw new ConfigurationException("neither --run nor --checkpoint is given; name the run's folder, as --run runs/quickstart"),
        };
        var loss = model.ValidationLoss is { } value ? FormattableString.Invariant($"validation loss {value:0.0000}") : "no validation loss";
        error.WriteLine($"{doing} with {model.CheckpointPath} ({loss})");
        return model;
    }

    /// <summary>The folder of a checkpoint that is given by path or by its name within a run.</summary>
    public static string PathOf(string? run, string checkpoint)
    {
        if (run is null || Directory.Exists(checkpoint))
            return checkpoint;
        var within = Path.Combine(new CheckpointStore(run).Folder, checkpoint);
        return Directory.Exists(within) ? within : checkpoint;
    }
}
