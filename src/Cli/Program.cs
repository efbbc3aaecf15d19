using System.CommandLine;
using System.Globalization;
using DistSeq2Seq;
using DistSeq2Seq.Cli;
using DistSeq2Seq.Cli.Average;
using DistSeq2Seq.Cli.Cluster;
using DistSeq2Seq.Cli.Control;
using DistSeq2Seq.Cli.Doctor;
using DistSeq2Seq.Cli.Evaluate;
using DistSeq2Seq.Cli.Export;
using DistSeq2Seq.Cli.Inspect;
using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Cli.Status;
using DistSeq2Seq.Cli.Train;
using DistSeq2Seq.Cli.Translate;
using DistSeq2Seq.Protocol;

// Numbers are read and printed the same under every locale, on every thread.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

var root = new RootCommand("Distributed training of sequence-to-sequence models.")
{
    TrainCommand.Create(),
    TranslateCommand.Create(),
    EvaluateCommand.Create(),
    ScoreCommand.Create(),
    AverageCommand.Create(),
    ExportCommand.Create(),
    StatusCommand.Create(),
    InspectCommand.Create(),
    PrepareCommand.Create(),
    CoordinatorCommand.Create(),
    WorkerCommand.Create(),
    LaunchCommand.Create(),
    DoctorCommand.Create(),
};
foreach (var command in ControlCommands.Create())
    root.Add(command);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    // One line for the user, and the exit code of bad input.
    Console.Error.WriteLine($"error: {parsed.Errors[0].Message} (see --help)");
    return ExitCodes.BadInput;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
