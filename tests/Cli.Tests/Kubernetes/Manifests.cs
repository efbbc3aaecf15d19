using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>The objects under test: overlays and launches.</summary>
internal static class Manifests
{
    /// <summary>A launch with every choice made that changes what is rendered.</summary>
    public static LaunchOptions Options { get; } = new()
    {
        Name = "demo",
        Configuration = "# A run\ndata:\n  format: quickstart\n",
        Workers = 3,
        Image = "registry.example.org:5000/team/distseq2seq:0.1.0-cpu",
    };

    /// <summary>An overlay, built without kubectl from the files in the repository.</summary>
    public static IReadOnlyList<KubernetesObject> FromFiles(string folder) => new Kustomization(Read).Build(folder);

    /// <summary>Every way in which this project renders objects, by name, without kubectl.</summary>
    public static IReadOnlyList<KubernetesObject> Rendered(string way) => way switch
    {
        "overlay cpu" => FromFiles("overlays/cpu"),
        "overlay gpu" => FromFiles("overlays/gpu"),
        "launch" => LaunchRenderer.Render(Options),
        "launch gpu" => LaunchRenderer.Render(Options with
        {
            Gpus = 1,
            Cpus = 8,
            Memory = "32Gi",
            Namespace = "team",
            DataClaim = "corpora-2026",
            Workers = 1,
            DrainSeconds = 30,
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, "no such way"),
    };

    /// <summary>The names that <see cref="Rendered"/> takes.</summary>
    public static TheoryData<string> Ways { get; } = ["overlay cpu", "overlay gpu", "launch", "launch gpu"];

    private static string? Read(string path)
    {
        var file = Path.Combine(ReferenceFolder.Repository, "deploy", "k8s", path);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }
}
