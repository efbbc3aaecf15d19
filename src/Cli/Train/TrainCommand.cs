using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Train;

/// <summary>The verb <c>train</c>: a whole run on this machine.</summary>
internal static class TrainCommand
{
    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var run = new RunArguments();
        var workers = new Option<int?>("--workers")
        {
            Description = "Worker processes; by default the configuration's "
                + "cluster.workers.max.",
            HelpName = "N"
        };
        var command = new Command("train", "Train on this machine: a coordinator, workers, a progress bar. The same command again "
            + "resumes.") { workers };
        run.AddTo(command);
        command.SetWork(async (parsed, _) =>
        {
            string[] further = parsed.GetValue(workers) is { } count
                ? [$"cluster.workers.min={count}", $"cluster.workers.max={count}"]
                : [];
            return await TrainAsync(run.Load(parsed, further));
        });
        return command;
    }

    private static async Task<int> TrainAsync(RunConfiguration configuration)
    {
        PortCheck.RequireFree(IPAddress.Loopback, configuration.Cluster.Ports);
        using (var opened = PreparingBar.Show(progress => OpenedRun.Open(configuration, progress)))
            TrainingView.Introduce(configuration, opened);

        using var stop = new CancellationTokenSource();
        void StopOn(PosixSignalContext context)
        {
            // The first signal saves the run. The second one ends the process, as it does by default.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOn);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOn);
        var code = await TrainingView.ShowAsync(async view =>
        {
            await using var cluster = new LocalCluster(configuration, view.Say);
            return await cluster.RunAsync(view.Show, stop.Token);
        });
        if (code == ExitCodes.Success)
        {
            Console.WriteLine(EndView.Line(configuration));
            TestView.Show(configuration);
        }
        else if (code == ExitCodes.Terminated)
            Console.WriteLine("Stopped; the same command goes on from the newest checkpoint.");
        return code;
    }
}
