using System.Globalization;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;
using Spectre.Console;

namespace DistSeq2Seq.Cli.Status;

/// <summary>A status for people: the run in a few lines, then a table of its workers.</summary>
internal sealed class StatusReport(RunStatus status)
{
    /// <summary>Characters a line where the output is no terminal: enough for a table with long host names.</summary>
    private const int PlainWidth = 120;

    /// <summary>Writes the report, with colours and the terminal's width where the output is one.</summary>
    public void Write(TextWriter output)
    {
        var target = new AnsiConsoleOutput(output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = target,
            Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = target.IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!target.IsTerminal)
            console.Profile.Width = PlainWidth;
        console.Write(Run());
        if (status.Workers.Count == 0)
            console.WriteLine("No worker has joined yet.");
        else
            console.Write(Workers());
    }

    private Grid Run()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Row(string name, string value, Style? style = null) => grid.AddRow(new Text(name), new Text(value, style));
        Row("Run", status.RunFolder.Length > 0 ? status.RunFolder : status.RunId);
        Row("State", status.Message.Length > 0 ? $"{status.State.Words()}: {status.Message}" : status.State.Words(), StyleOf(status.Tone));
        Row("Step", status.TotalSteps > 0
            ? $"{Whole(status.Step)} of {Whole(status.TotalSteps)} ({Percent(status.Step, status.TotalSteps)} %)" : Whole(status.Step));
        Row("Epoch", status.MaxEpochs > 0 ? $"{status.Epoch} of {status.MaxEpochs}" : Whole(status.Epoch));
        Row("Loss", status.Step > 0 ? Precise(status.Loss) : "not known yet");
        Row("Learning rate", Precise(status.LearningRate));
        if (status.Validations.Count > 0)
        {
            var last = status.Validations[^1];
            var bleu = last.Bleu >= 0 ? $", BLEU {Precise(last.Bleu)}," : "";
            Row("Validation", $"{Precise(last.Loss)}{bleu} at step {Whole(last.Step)}");
        }

        Row("Tokens/s", status.TokensPerSecond > 0 ? Whole((long)status.TokensPerSecond) : "not known yet");
        Row("Time left", status.Over ? "none" : Duration(status.RemainingSeconds));
        Row("Checkpoint", status.LastCheckpointStep > 0 ? $"step {Whole(status.LastCheckpointStep)}" : "none yet");
        return grid;
    }

    private Table Workers()
    {
        var table = new Table().RoundedBorder().AddColumn(new TableColumn("Rank").RightAligned()).AddColumn("Process").AddColumn("State")
            .AddColumn(new TableColumn("Step").RightAligned()).AddColumn("Micro-batches")
            .AddColumn(new TableColumn("Compute").RightAligned())
            .AddColumn(new TableColumn("Exchange").RightAligned()).AddColumn(new TableColumn("Wait").RightAligned());
        foreach (var worker in status.Workers.OrderBy(w => w.Rank < 0).ThenBy(w => w.Rank))
        {
            var batches = worker.EndMicroBatch - worker.FirstMicroBatch;
            var host = worker.Host.Length > 0 ? worker.Host : worker.Address;
            table.AddRow(
                new Text(worker.Rank < 0 ? "-" : Whole(worker.Rank)),
                new Text($"{host}/{worker.ProcessId.ToString(CultureInfo.InvariantCulture)}"),
                new Text(worker.State.Words(), StyleOf(worker.Tone)),
                new Text(Whole(worker.Step)),
                new Text(batches > 0 ? $"{worker.FirstMicroBatch}-{worker.EndMicroBatch - 1}" : "none"),
                new Text(Seconds(worker.ComputeSeconds)),
                new Text(Seconds(worker.ExchangeSeconds)),
                new Text(Seconds(worker.WaitSeconds)));
        }

        return table;
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        _ => new Style(Color.Yellow),
    };

    /// <summary>A share in percent, cut and not rounded: 100 is for the end.</summary>
    private static string Percent(long part, long whole) => (Math.Floor(1000.0 * part / whole) / 10)
        .ToString("0.0", CultureInfo.InvariantCulture);

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Precise(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Seconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture) + " s";

    private static string Duration(double seconds) => seconds switch
    {
        < 0 or double.NaN => "not known yet",
        < 60 => $"{(int)seconds} s",
        < 3600 => $"{(int)seconds / 60} min {(int)seconds % 60:00} s",
        _ => $"{(long)seconds / 3600} h {(long)seconds % 3600 / 60:00} min",
    };
}
