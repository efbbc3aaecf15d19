using System.Text.Json;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Cli.Status;

/// <summary>Asks a coordinator for its status over HTTP.</summary>
internal static class StatusClient
{
    /// <summary>A coordinator answers from memory; 5 s leave room for a slow network.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The status: the JSON text, and the message that it holds.</summary>
    /// <param name="address">The coordinator's address, ending in a slash.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HttpRequestException">Nobody answers there, or with an error.</exception>
    /// <exception cref="TimeoutException">No answer within 5 s.</exception>
    /// <exception cref="JsonException">The answer is not JSON, or not a status.</exception>
    public static async Task<(string Json, RunStatus Status)> GetAsync(Uri address, CancellationToken cancellation)
    {
        // A proxy for the outside world cannot reach this machine's own ports.
        using var handler = new SocketsHttpHandler { UseProxy = !address.IsLoopback };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            var json = await client.GetStringAsync(new Uri(address, "api/status"), cancellation).ConfigureAwait(false);
            return (json, JsonSerializer.Deserialize<RunStatus>(json, StatusJson.Options) ?? throw new JsonException("it is null"));
        }
        catch (TaskCanceledException late) when (late.InnerException is TimeoutException)
        {
            throw new TimeoutException($"no answer within {Patience.TotalSeconds:0} s", late);
        }
    }
}
