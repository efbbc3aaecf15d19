using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli;

/// <summary>Options of the verbs that use a trained model: they name the model.</summary>
internal sealed class ModelArguments
{
    private readonly Option<string?> _run = new("--run")
    {
        Description = "Folder of the run whose best checkpoint is used.",
        HelpName = "DIR",
    };
    private readonly bool _several;
    private readonly Option<string[]> _checkpoint;

    /// <param name="several">Whether several checkpoints may be given, to be asked together.</param>
    public ModelArguments(bool several = false)
    {
        _several = several;
        _checkpoint = new Option<string[]>("--checkpoint")
        {
            Description = "Another checkpoint: its folder, or its name within the run, as step-000001200."
                + (several ? " Several times: all of them together, their probabilities averaged." : ""),
            HelpName = "PATH",
        };
    }

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_run);
        command.Add(_checkpoint);
    }

    /// <summary>Loads the model, and names it on standard error.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="doing">The verb's work for messages, such as <c>Translating</c>.</param>
    /// <exception cref="ConfigurationException">Neither option is given.</exception>
    /// <exception cref="CheckpointException">There is no such checkpoint, or it is damaged.</exception>
    public TranslationModel Load(ParseResult parsed, string doing) => LoadAll(parsed, doing)[0];

    /// <summary>Loads every model that is named, and names them on standard error.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="doing">The verb's work for messages, such as <c>Translating</c>.</param>
    /// <returns>At least one.</returns>
    /// <exception cref="ConfigurationException">Neither option is given, or several checkpoints where one is needed.</exception>
    /// <exception cref="CheckpointException">There is no such checkpoint, or it is damaged.</exception>
    public LoadedModels LoadAll(ParseResult parsed, string doing)
    {
        var error = parsed.InvocationConfiguration.Error;
        var (run, checkpoints) = (parsed.GetValue(_run), parsed.GetValue(_checkpoint) ?? []);
        if (checkpoints.Length > 1 && !_several)
            throw new ConfigurationException($"--checkpoint is given {checkpoints.Length} times, and this verb takes one model; `average` "
                + "makes one of several");
        var models = new LoadedModels();
        try
        {
            foreach (var checkpoint in checkpoints)
                models.Add(TranslationModel.Load(PathOf(run, checkpoint)));
            if (models.Count == 0)
            {
                models.Add(TranslationModel.LoadBest(
                    run ?? throw new ConfigurationException("neither --run nor --checkpoint is given; name the run's folder, as --run "
                        + "runs/quickstart"),
                    problem => error.WriteLine($"warning: {problem}")));
            }

            foreach (var model in models)
            {
                var loss = model.ValidationLoss is { } value
                    ? FormattableString.Invariant($"validation loss {value:0.0000}")
                    : "no validation loss";
                error.WriteLine($"{doing} with {model.CheckpointPath} ({loss})");
            }

            return models;
        }
        catch
        {
            models.Dispose();
            throw;
        }
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

/// <summary>Models that are disposed of together.</summary>
internal sealed class LoadedModels : List<TranslationModel>, IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in this)
            model.Dispose();
    }
}
