namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>A copy of deploy/k8s in a temporary folder, with one more overlay; removed when disposed.</summary>
internal sealed class OverlayFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("distseq2seq-overlay-");

    private readonly string _folder;

    /// <param name="fields">The overlay's fields, as YAML.</param>
    /// <param name="folder">Where it is, below deploy/k8s.</param>
    public OverlayFolder(string fields, string folder = "overlay")
    {
        _folder = folder;
        var source = System.IO.Path.Combine(ReferenceFolder.Repository, "deploy", "k8s");
        foreach (var file in Directory.EnumerateFiles(source, "*.yaml", SearchOption.AllDirectories))
            Write(System.IO.Path.GetRelativePath(source, file), File.ReadAllText(file));
        Write($"{folder}/kustomization.yaml",
            $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{fields}");
    }

    /// <summary>The overlay's folder.</summary>
    public string Path => System.IO.Path.Combine(_root.FullName, _folder);

    public string? Read(string path)
    {
        var file = System.IO.Path.Combine(_root.FullName, path);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }

    /// <summary>Puts a file below deploy/k8s.</summary>
    public void Write(string path, string text)
    {
        var file = System.IO.Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Dispose() => _root.Delete(recursive: true);
}
