using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>What overlays and launches render is valid by the schema, and fits together.</summary>
public class RenderedObjectsTests
{
    public static TheoryData<string> Ways => Manifests.Ways;

    [SkippableTheory]
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

    [SkippableTheory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public void Overlay_BuiltByKubectl_FitsTogetherAndEqualsOurs(string overlay)
    {
        var theirs = KubectlKustomize.BuildOrSkip($"overlays/{overlay}");
        Assert.Empty(Consistency.Check(theirs));
        Assert.Equal(Canonical(Manifests.FromFiles($"overlays/{overlay}")), Canonical(theirs));
    }

    [SkippableTheory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    public void Overlay_BuiltByKubectl_ValidatesAgainstTheSchema(string overlay)
    {
        var validator = SchemaValidator.LoadOrSkip();
        var theirs = KubectlKustomize.BuildOrSkip($"overlays/{overlay}");
        Assert.Equal(9, theirs.Count);
        Assert.Empty(theirs.SelectMany(item => validator.Validate(item.Json)));
    }

    [SkippableFact]
    public void SharedVolume_AppliedByKubectl_EqualsOurs()
    {
        using var overlay = new OverlayFolder(
            "resources: [../base]\ncomponents: [../components/shared-volume]\n");
        var theirs = KubectlKustomize.BuildOrSkip(overlay.Path);
        Assert.Equal(Canonical(new Kustomization(overlay.Read).Build("overlay")), Canonical(theirs));
    }

    private static IEnumerable<string> Canonical(IEnumerable<KubernetesObject> objects) =>
        objects.Select(item => CanonicalJson.Write(item.Json)).Order(StringComparer.Ordinal);
}
