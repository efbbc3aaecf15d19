using System.CommandLine;
using System.Text.Json;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Status;

/// <summary>The verb <c>status</c>: asks a coordinator how its run is doing.</summary>
public static class StatusCommand
{
    /// <summary>Where a coordinator on this machine listens unless its configuration says otherwise.</summary>
    private const string DefaultAddress = "http://127.0.0.1:8080";

    /// <summary>
    /// The verb with its options. It exits with 0, with 1 when no coordinator answers, or with 2 on a wrong address or folder.
    /// </summary>
    public static Command Create()
    {
        var run = new Option<string?>("--run") { Description = "Run folder, where the coordinator wrote its address.", HelpName = "DIR" };
        var address = new Option<string?>("--address")
        {
            Description = "The coordinator's HTTP address; by default that of --run, "
                + $"else {DefaultAddress}.",
            HelpName = "URL"
        };
        var json = new Option<bool>("--json") { Description = "Print the JSON of /api/status." };
        var command = new Command("status", "Show how a run is doing.") { run, address, json };
        command.SetWork(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var uri = CoordinatorAddress.Find(parsed.GetValue(run), parsed.GetValue(address), DefaultAddress, endpoints => endpoints.Http);
            var server = uri.GetLeftPart(UriPartial.Authority);
            try
            {
                var (text, status) = await StatusClient.GetAsync(uri, cancellation);
                if (parsed.GetValue(json))
                    await output.WriteLineAsync(text);
                else
                    new StatusReport(status).Write(output);
                return ExitCodes.Success;
            }
            catch (JsonException e)
            {
                throw new TroubleException($"the server at {server} is no coordinator of this program: its /api/status is not a status "
                    + $"({e.Message.TrimEnd('.')}). Name the coordinator's HTTP port with --address, or its run folder with --run.", e);
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
            {
                throw new TroubleException($"no coordinator answers at {server}: {e.Message.TrimEnd('.')}. Is the run started, and is this "
                    + "its HTTP port (cluster.ports.http)? Name another one with --address, or the run folder with --run.", e);
            }
        });
        return command;
    }
}
