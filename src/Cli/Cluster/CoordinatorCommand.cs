using System.CommandLine;
using DistSeq2Seq.Coordinator.Hosting;

namespace DistSeq2Seq.Cli.Cluster;

/// <summary>The verb <c>coordinator</c>: one coordinator process.</summary>
internal static class CoordinatorCommand
{
    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var run = new RunArguments();
        var node = new NodeArguments();
        var http = new Option<int?>("--http-port") { Description = "Port of the web page and the HTTP endpoints; 0 takes any free one." };
        var stay = new Option<bool>("--stay") { Description = "Go on serving the status of a finished run, instead of ending." };
        var command = new Command("coordinator", "Start a coordinator; workers join it with `worker --seed HOST:PORT`.");
        run.AddTo(command);
        node.AddTo(command);
        command.Add(http);
        command.Add(stay);
        command.SetWork((parsed, _) => CoordinatorHost.RunAsync(new CoordinatorOptions
        {
            Configuration = run.Load(parsed,
            [
                .. Port("akka", parsed.GetValue(node.AkkaPort)), .. Port("grpc", parsed.GetValue(node.GrpcPort)),
                .. Port("http", parsed.GetValue(http)),
            ]),
            Host = parsed.GetRequiredValue(node.Host),
            Bind = parsed.GetValue(node.Bind),
            Seeds = parsed.GetValue(node.Seeds) ?? [],
            ExitWhenFinished = !parsed.GetValue(stay),
            ExitWithStandardInput = parsed.GetValue(node.ExitWithInput),
        }));
        return command;
    }

    private static string[] Port(string name, int? port) => port is null ? [] : [$"cluster.ports.{name}={port}"];
}
