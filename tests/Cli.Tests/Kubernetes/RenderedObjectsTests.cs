using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>What overlays and launches render is valid by the schema, and fits together.</summary>
public class RenderedObjectsTests
{
    public static TheoryData<string> Ways => Manifests.Ways;

    [Theory]
    [MemberData(nameof(Ways))]
    public void Rendered_EveryObject_ValidatesAgainstTheSchema(string way)
    {
        var validator = SchemaValidator.LoadOrSkip();
        var objects = Manifests.Rendered(way);
        Assert.Equal(9, objects.Count);
        Assert.Empty(objects.SelectMany(item => validator.Validate(item.Json)));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Rendered_AllObjects_FitTogether(string way) => Assert.Empty(Consistency.Check(Manifests.Rendered(way)));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Rendered_WrittenAndReadAgain_IsTheSame(string way)
    {
        var objects = Manifests.Rendered(way);
        var again = YamlReader.Read(YamlWriter.Write(objects), "written");
        Assert.Equal(objects.Select(item => item.Json.ToJsonString()), again.Select(node => node.ToJsonString()));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public async Task Overlay_BuiltByKubectl_FitsTogetherAndEqualsOurs(string overlay)
    {
        var theirs = await KubectlKustomize.BuildOrSkipAsync($"overlays/{overlay}");
        Assert.Empty(Consistency.Check(theirs));
        Assert.Equal(Canonical(Manifests.FromFiles($"overlays/{overlay}")), Canonical(theirs));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public async Task Overlay_BuiltByKubectl_ValidatesAgainstTheSchema(string overlay)
    {
        var validator = SchemaValidator.LoadOrSkip();
        var theirs = await KubectlKustomize.BuildOrSkipAsync($"overlays/{overlay}");
        Assert.Equal(9, theirs.Count);
        Assert.Empty(theirs.SelectMany(item => validator.Validate(item.Json)));
    }

    [Fact]
    public async Task SharedVolume_AppliedByKubectl_EqualsOurs()
    {
        using var overlay = new OverlayFolder(
            "resources: [../base]\ncomponents: [../components/shared-volume]\n");
        var theirs = await KubectlKustomize.BuildOrSkipAsync(overlay.Path);
        Assert.Equal(Canonical(new Kustomization(overlay.Read).Build("overlay")), Canonical(theirs));
    }

    [Fact]
    public async Task Readme_ItsOverlay_BuildsAndFitsTogether()
    {
        // The indented lines after the sentence that announces them.
        var fields = File.ReadLines(Path.Combine(ReferenceFolder.Repository, "deploy", "README.md"))
            .SkipWhile(line => !line.StartsWith("An overlay of your own")).SkipWhile(line => !line.StartsWith("    "))
            .TakeWhile(line => line.StartsWith("    ")).Select(line => line[4..]).ToList();
        Assert.Contains(fields, line => line.StartsWith("resources:"));
        using var overlay = new OverlayFolder(string.Join('\n', fields), "overlays/mine");
        overlay.Write("overlays/mine/config.yaml",
            "data: {format: quickstart}\ncluster: {threads_per_worker: 2, workers: {min: 1, max: 4}}\n");
        var objects = await KubectlKustomize.BuildOrSkipAsync(overlay.Path);
        Assert.Empty(Consistency.Check(objects));
        Assert.Equal("4", objects.Single(item =>
            item.ToString() == "StatefulSet/distseq2seq-worker").Json["spec"]!["replicas"]!.ToString());
    }

    private static IEnumerable<string> Canonical(IEnumerable<KubernetesObject> objects) =>
        objects.Select(item => CanonicalJson.Write(item.Json)).Order(StringComparer.Ordinal);
}
