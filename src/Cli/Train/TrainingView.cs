using System.Globalization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;
using Spectre.Console;

namespace DistSeq2Seq.Cli.Train;

/// <summary>The output during training: a live progress bar on a terminal, a line now and then elsewhere.</summary>
internal sealed class TrainingView
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly ProgressTask? _task;
    private DateTime _nextLine = DateTime.MinValue;
    private int _validations = -1;

    private TrainingView(ProgressTask? task) => _task = task;

    /// <summary>Prints corpus, workers, page and logs before the training starts.</summary>
    public static void Introduce(RunConfiguration configuration, OpenedRun run)
    {
        var ports = configuration.Cluster.Ports;
        Line($"{configuration.Run}: {run.Data.TrainCorpus.Count:N0} training pairs, vocabularies of {run.Data.SourceVocabulary.Count:N0} "
            + $"and {run.Data.TargetVocabulary.Count:N0} words");
        foreach (var line in VectorsView.Lines(run.Data.Manifest).Concat(DroppedView.Lines(run.Data.Manifest)))
            Line(line);
        var page = ports.Http > 0 ? $"; live page at http://127.0.0.1:{ports.Http}" : "";
        Line($"{configuration.Cluster.Workers.Max} workers on this machine{page}; logs in {configuration.Run}/logs");
    }

    /// <summary>Runs <paramref name="work"/> under the view.</summary>
    public static async Task<int> ShowAsync(Func<TrainingView, Task<int>> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return await work(new TrainingView(null));
        return await AnsiConsole.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => work(new TrainingView(context.AddTask("starting", maxValue: 1))));
    }

    /// <summary>Shows a line for people.</summary>
    public void Say(string line) => Line(line);

    /// <summary>Shows where the run is.</summary>
    public void Show(RunStatus status)
    {
        ShowValidations(status);
        if (_task is not null)
        {
            _task.MaxValue = Math.Max(1, status.TotalSteps);
            _task.Value = status.Step;
            _task.Description = Markup.Escape(Describe(status));
        }
        else if (DateTime.UtcNow >= _nextLine)
        {
            _nextLine = DateTime.UtcNow + LineInterval;
            Line(Describe(status));
        }
    }

    private void ShowValidations(RunStatus status)
    {
        if (_validations < 0)
            _validations = status.Validations.Count(v => v.Step < status.Step); // of an earlier part of the run
        for (; _validations < status.Validations.Count; _validations++)
        {
            var validation = status.Validations[_validations];
            var bleu = validation.Bleu >= 0 ? string.Create(CultureInfo.InvariantCulture, $", BLEU {validation.Bleu:F2}") : "";
            Line(string.Create(CultureInfo.InvariantCulture,
                $"step {validation.Step:N0}: validation loss {validation.Loss:F4}, perplexity {Math.Exp(validation.Loss):F2}{bleu}"));
        }
    }

    private static string Describe(RunStatus status) => status.Over
        ? status.Message
        : status.State is RunStatus.Types.State.Training or RunStatus.Types.State.Validating or RunStatus.Types.State.Finishing
        ? string.Create(CultureInfo.InvariantCulture,
            $"step {status.Step:N0}/{status.TotalSteps:N0} · epoch {status.Epoch}{(status.MaxEpochs > 0 ? $"/{status.MaxEpochs}" : "")} · "
            + $"loss {status.Loss:F3} · rate {status.LearningRate:G3} · {status.TokensPerSecond:N0} tokens/s{Remaining(status)}")
        : $"{status.State.Words()}: {status.Message}";

    private static string Remaining(RunStatus status) => status.RemainingSeconds < 0
        ? ""
        : " · " + TimeSpan.FromSeconds(Math.Round(status.RemainingSeconds)).ToString(status.RemainingSeconds < 3600 ? @"m\:ss"
            : @"h\:mm\:ss", CultureInfo.InvariantCulture) + " left";

    private static void Line(string text) => AnsiConsole.Profile.Out.Writer.WriteLine(text);
}
