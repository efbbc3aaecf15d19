using System.CommandLine;
using DistSeq2Seq.Worker;
using DistSeq2Seq.Worker.Hosting;

namespace DistSeq2Seq.Cli.Cluster;

/// <summary>The verb <c>worker</c>: one worker process; it learns the run from the coordinator.</summary>
internal static class WorkerCommand
{
    /// <summary>Several workers may share a host, so their ports are free ones unless given.</summary>
    private const int AnyFreePort = 0;

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var node = new NodeArguments();
        node.Seeds.Required = true;
        var data = new Option<string?>("--data")
        {
            Description = "Folder for the corpus where the coordinator's disk is not shared; it is "
                + "fetched over gRPC."
        };
        var device = new Option<string>("--device")
        {
            Description = "Where to compute: cpu, or auto for the best there is.",
            DefaultValueFactory = _ => "auto",
        };
        // A worker that silently computed elsewhere than it was told to would hold a GPU for nothing.
        device.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is var value && value is not ("cpu" or "auto"))
                result.AddError($"--device is {value}; this version computes on the CPU only: it takes cpu or auto");
        });
        var stay = new Option<bool>("--stay") { Description = "Go on serving health checks after the run is finished, instead of ending." };
        var command = new Command("worker", "Start a worker that joins a coordinator.") { data, device, stay };
        node.AddTo(command);
        command.SetWork((parsed, _) => WorkerHost.RunAsync(new WorkerOptions
        {
            Seeds = parsed.GetRequiredValue(node.Seeds),
            Host = parsed.GetRequiredValue(node.Host),
            Bind = parsed.GetValue(node.Bind),
            AkkaPort = parsed.GetValue(node.AkkaPort) ?? AnyFreePort,
            GrpcPort = parsed.GetValue(node.GrpcPort) ?? AnyFreePort,
            DataFolder = parsed.GetValue(data),
            Device = parsed.GetRequiredValue(device),
            Stay = parsed.GetValue(stay),
            ExitWithStandardInput = parsed.GetValue(node.ExitWithInput),
        }));
        return command;
    }
}
