using System.Text.Json;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.RunFolders;

namespace DistSeq2Seq.Cli.Status;

/// <summary>Where a coordinator is, as people say it: by its run folder or by its address.</summary>
internal static class CoordinatorAddress
{
    /// <summary>
    /// The address that <paramref name="address"/> gives, else the one that a run's coordinator wrote down, else <paramref name="usual"/>.
    /// </summary>
    /// <param name="run">Run folder; null where none was named.</param>
    /// <param name="address">As people write it; null where none was given.</param>
    /// <param name="usual">Where a coordinator on this machine listens unless its configuration says otherwise.</param>
    /// <param name="port">Which of the coordinator's addresses is meant.</param>
    /// <exception cref="InputException">The folder has no coordinator's address, or the address is not valid.</exception>
    public static Uri Find(string? run, string? address, string usual, Func<CoordinatorEndpoints, string> port)
    {
        if (address is null && run is not null)
        {
            var path = Path.Combine(run, RunFolder.EndpointsFile);
            try
            {
                address = port(JsonSerializer.Deserialize<CoordinatorEndpoints>(File.ReadAllText(path))!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                throw new InputException($"{path} cannot be read ({e.Message}); --run takes the folder of a run whose coordinator has "
                    + "been started");
            }
        }

        return TryParse(address ?? usual) ?? throw new InputException($"--address '{address}' is no address; one looks like {usual}");
    }

    /// <summary>The address; <c>host:port</c> alone is taken as HTTP. Null when the text is not an address.</summary>
    public static Uri? TryParse(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(full.TrimEnd('/') + "/", UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0 ? uri : null;
    }
}
