namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>A copy of deploy/k8s in a temporary folder, with one more overlay in <c>overlay</c>; removed when disposed.</summary>
internal sealed class OverlayFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("distseq2seq-overlay-");

    public OverlayFolder(string fields)
    {
        var source = System.IO.Path.Combine(ReferenceFolder.Repository, "deploy", "k8s");
        foreach (var file in Directory.EnumerateFiles(source, "*.yaml", SearchOption.AllDirectories))
            Write(System.IO.Path.GetRelativePath(source, file), File.ReadAllText(file));
        Write("overlay/kustomization.yaml",
            $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{fields}");
    }

    /// <summary>The overlay's folder.</summary>
    public string Path => System.IO.Path.Combine(_root.FullName, "overlay");

    public string? Read(string path)
    {
        var file = System.IO.Path.Combine(_root.FullName, path);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void Write(string path, string text)
    {
        var file = System.IO.Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
