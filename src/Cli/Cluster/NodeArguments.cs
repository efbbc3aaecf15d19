using System.CommandLine;
using System.Net;

namespace DistSeq2Seq.Cli.Cluster;

/// <summary>What coordinators and workers have in common: where they are reached.</summary>
internal sealed class NodeArguments
{
    public NodeArguments()
    {
        Bind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } bind && !IPAddress.TryParse(bind, out _))
                result.AddError($"--bind is {bind}; it takes an IP address of this machine, for example 0.0.0.0");
        });
        Seeds.Validators.Add(result =>
        {
            foreach (var seed in result.GetValueOrDefault<string[]?>() ?? [])
            {
                var colon = seed.LastIndexOf(':');
                if (colon <= 0 || !ushort.TryParse(seed[(colon + 1)..], out _))
                    result.AddError($"--seed is {seed}; it takes HOST:PORT, for example 127.0.0.1:4053");
            }
        });
    }

    /// <summary>Nodes to join.</summary>
    public Option<string[]> Seeds { get; } =
        new("--seed") { Description = "Actor address of a node of the cluster; repeatable.", HelpName = "HOST:PORT" };

    /// <summary>Name or address that others use.</summary>
    public Option<string> Host { get; } = new("--host")
    {
        Description = "Name or address that other nodes reach this one by.",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    /// <summary>Address to listen on.</summary>
    public Option<string?> Bind { get; } =
        new("--bind")
        {
            Description = "Address to listen on; by default 127.0.0.1 for a loopback --host, "
        + "else 0.0.0.0."
        };

    /// <summary>Port of actor messages.</summary>
    public Option<int?> AkkaPort { get; } = new("--akka-port") { Description = "Port of actor messages; 0 takes any free one." };

    /// <summary>Port of gRPC.</summary>
    public Option<int?> GrpcPort { get; } = new("--grpc-port") { Description = "Port of gRPC; 0 takes any free one." };

    /// <summary>Standard input as a lifeline.</summary>
    public Option<bool> ExitWithInput { get; } = new("--exit-with-stdin")
    {
        Description = "End when standard input ends: the parent process is gone.",
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(Seeds);
        command.Add(Host);
        command.Add(Bind);
        command.Add(AkkaPort);
        command.Add(GrpcPort);
        command.Add(ExitWithInput);
    }
}
