using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

public class KustomizationTests
{
    [Theory]
    [InlineData("resources: [../base]\nnamePrefix: x-\n", "overlay/kustomization.yaml: namePrefix is not understood here")]
    [InlineData("resources: [absent.yaml]\n", "deploy/k8s/overlay/absent.yaml: the file is missing")]
    [InlineData("resources: [../../../etc]\n", "overlay: ../../../etc leads out of deploy/k8s")]
    [InlineData("resources: [../components/gpu]\n", "the kind is \"Component\", Kustomization is expected here")]
    [InlineData("components: [../components/gpu]\n", "is for StatefulSet/distseq2seq-worker, which is not here")]
    [InlineData("resources: [../base]\ncomponents: [../components/gpu, ../components/gpu]\n", null)]
    [InlineData("resources: [../base]\npatches: [{path: ../components/gpu/worker.yaml}]\n", "a patch needs a target here")]
    [InlineData("resources: [../base]\npatches: [{path: ../components/gpu/worker.yaml, target: {kind: StatefulSet, name: "
        + "distseq2seq-coordinator}}]\n",
        "at /spec/template/spec/containers/0/args/9 stands \"distseq2seq-worker-0.distseq2seq-worker.$(POD_NAMESPACE).svc:4053\", "
        + "and the patch was written for \"--device\"")]
    [InlineData("configMapGenerator: [{name: x, files: [kustomization.yaml]}]\n", "needs disableNameSuffixHash: true")]
    [InlineData("configMapGenerator: [{name: x, literals: [a=b]}]\n", "literals is not understood here")]
    public void Build_OutsideTheSubset_IsRefusedByName(string fields, string? expected)
    {
        using var overlay = new OverlayFolder(fields);
        if (expected is null)
            Assert.Equal(9, new Kustomization(overlay.Read).Build("overlay").Count);
        else
            Assert.Contains(expected,
                Assert.Throws<LaunchException>(() => new Kustomization(overlay.Read).Build("overlay")).Message);
    }

    [Fact]
    public void Build_EmbeddedFiles_AreThoseOfTheRepository()
    {
        var embedded = new Kustomization(DeploymentFiles.Read).Build("overlays/gpu");
        Assert.Equal(YamlWriter.Write(Manifests.FromFiles("overlays/gpu")), YamlWriter.Write(embedded));
    }

    // The examples of RFC 6902, appendix A, that use these operations.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """{"op":"add","path":"/baz","value":"qux"}""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """{"op":"add","path":"/foo/1","value":"qux"}""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"foo":["bar"]}""", """{"op":"add","path":"/foo/-","value":["abc"]}""", """{"foo":["bar",["abc"]]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """{"op":"remove","path":"/baz"}""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """{"op":"remove","path":"/foo/1"}""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"foo":"bar"}""", """{"op":"replace","path":"/foo","value":null}""", """{"foo":null}""")]
    [InlineData("""{"/":9,"~1":10}""", """{"op":"test","path":"/~01","value":10}""", """{"/":9,"~1":10}""")]
    [InlineData("""{"a/b":[1]}""", """{"op":"replace","path":"/a~1b/0","value":2}""", """{"a/b":[2]}""")]
    [InlineData("""{"baz":"qux"}""", """{"op":"test","path":"/baz","value":"bar"}""", null)]
    [InlineData("""{"foo":"bar"}""", """{"op":"add","path":"/baz/bat","value":"qux"}""", null)]
    [InlineData("""{"foo":["bar"]}""", """{"op":"add","path":"/foo/2","value":"qux"}""", null)]
    [InlineData("""{"foo":"bar"}""", """{"op":"replace","path":"/baz","value":1}""", null)]
    [InlineData("""{"foo":"bar"}""", """{"op":"remove","path":"/baz"}""", null)]
    [InlineData("""{"foo":"bar"}""", """{"op":"move","from":"/foo","path":"/baz"}""", null)]
    [InlineData("""{"foo":"bar"}""", """{"op":"add","value":1}""", null)]
    public void Apply_ExamplesOfTheStandard_GiveItsResultsOrErrors(string document, string operation, string? expected)
    {
        var json = JsonNode.Parse(document)!.AsObject();
        void Apply() => JsonPatch.Apply(json, [JsonNode.Parse(operation)], "the patch");
        if (expected is null)
        {
            Assert.StartsWith("the patch: ", Assert.Throws<LaunchException>(Apply).Message);
            return;
        }
        Apply();
        Assert.Equal(expected, json.ToJsonString());
    }
}
