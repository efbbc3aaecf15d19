namespace DistSeq2Seq.Cli.Status;

/// <summary>Reads the HTTP address of a coordinator as people write it.</summary>
internal static class CoordinatorAddress
{
    /// <summary>The address; <c>host:port</c> alone is taken as HTTP. Null when the text is none.</summary>
    public static Uri? TryParse(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(full.TrimEnd('/') + "/", UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0 ? uri : null;
    }
}
