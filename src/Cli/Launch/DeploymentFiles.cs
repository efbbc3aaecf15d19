namespace DistSeq2Seq.Cli.Launch;

/// <summary>The files of deploy/k8s, which the command carries, so that <c>launch</c> needs no checkout.</summary>
public static class DeploymentFiles
{
    /// <summary>The text of a file by its path below deploy/k8s, with <c>/</c> between folders; null where there is none.</summary>
    public static string? Read(string path)
    {
        using var stream = typeof(DeploymentFiles).Assembly.GetManifestResourceStream($"k8s/{path}");
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
