using System.CommandLine;
using DistSeq2Seq.Cli.Status;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Monitoring;
using Grpc.Core;
using Grpc.Net.Client;

namespace DistSeq2Seq.Cli.Control;

/// <summary>The verbs <c>pause</c>, <c>resume</c>, <c>checkpoint</c> and <c>stop</c>: what people may ask of a run under way.</summary>
public static class ControlCommands
{
    /// <summary>Where a coordinator on this machine listens unless its configuration says otherwise.</summary>
    private const string DefaultAddress = "http://127.0.0.1:5051";

    private delegate AsyncUnaryCall<ControlReply> Call(Protocol.Monitoring.Control.ControlClient client, CancellationToken cancellation);

    /// <summary>
    /// The verbs. Each exits with 0, with 1 when no coordinator answers or the run cannot do it, or with 2 on a wrong address or
    /// folder.
    /// </summary>
    public static IEnumerable<Command> Create() =>
    [
        Create("pause", "Let a run rest: no further step is taken until resume. Workers keep their state.", (client, c) =>
            client.PauseAsync(new ControlRequest(), cancellationToken: c)),
        Create("resume", "Let a paused run go on.", (client, c) => client.ResumeAsync(new ControlRequest(), cancellationToken: c)),
        Create("checkpoint", "Have a run write a checkpoint now, and wait until it is on disk.", (client, c) =>
            client.CheckpointAsync(new ControlRequest(), cancellationToken: c)),
        Create("stop", "End a run with a checkpoint, as SIGTERM does; the command that started it goes on from there.", (client, c) =>
            client.StopAsync(new ControlRequest(), cancellationToken: c)),
    ];

    private static Command Create(string name, string description, Call call)
    {
        var run = new Option<string?>("--run") { Description = "Run folder, where the coordinator wrote its address.", HelpName = "DIR" };
        var address = new Option<string?>("--address")
        {
            Description = "The coordinator's gRPC address; by default that of --run, "
                + $"else {DefaultAddress}.",
            HelpName = "URL"
        };
        var command = new Command(name, description) { run, address };
        command.SetWork(async (parsed, cancellation) =>
        {
            var uri = CoordinatorAddress.Find(parsed.GetValue(run), parsed.GetValue(address), DefaultAddress, endpoints => endpoints.Grpc);
            using var channel = GrpcChannel.ForAddress(uri.GetLeftPart(UriPartial.Authority));
            try
            {
                var reply = await call(new Protocol.Monitoring.Control.ControlClient(channel), cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"step {reply.Step}: {reply.Message}");
                return ExitCodes.Success;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
            {
                throw new TroubleException(e.Status.Detail, e);
            }
            catch (RpcException e)
            {
                throw new TroubleException($"no coordinator answers ({e.StatusCode}: {e.Status.Detail.TrimEnd('.')}). Is the run started, "
                    + "and is this its gRPC port (cluster.ports.grpc)? Name it with --run DIR or --address URL.", e);
            }
        });
        return command;
    }
}
