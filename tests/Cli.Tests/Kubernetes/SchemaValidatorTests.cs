using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>The schema check must be able to fail, each of its rules for itself.</summary>
public class SchemaValidatorTests
{
    private const string Worker = "StatefulSet/distseq2seq-worker";

    [Theory]
    [InlineData("add", "/spec/replica", "2", $"{Worker}.spec: replica is unknown")]
    [InlineData("add", "/spec/template/spec/containers/0/livenessProb", "{}",
        $"{Worker}.spec.template.spec.containers[0]: livenessProb is unknown")]
    [InlineData("replace", "/spec/replicas", "\"2\"", $"{Worker}.spec.replicas: \"2\" is no integer")]
    [InlineData("replace", "/spec/replicas", "2.5", $"{Worker}.spec.replicas: 2.5 is no integer")]
    [InlineData("replace", "/spec/replicas", "4294967296", $"{Worker}.spec.replicas: 4294967296 is no int32")]
    [InlineData("replace", "/spec/replicas", "null", $"{Worker}.spec.replicas: null is no integer")]
    [InlineData("remove", "/spec/selector", "null", $"{Worker}.spec: selector is missing")]
    [InlineData("replace", "/apiVersion", "\"apps/v1beta2\"", "apps/v1beta2 has no kind StatefulSet")]
    [InlineData("replace", "/spec/template/spec/containers/0/env/4/value", "2",
        $"{Worker}.spec.template.spec.containers[0].env[4].value: 2 is no string")]
    [InlineData("replace", "/spec/template/spec/containers/0/resources/limits/memory", "\"4 Gi\"",
        $"{Worker}.spec.template.spec.containers[0].resources.limits.memory: \"4 Gi\" is no quantity")]
    [InlineData("add", "/spec/template/spec/containers/0/startupProbe/httpGet", "{\"port\":true}",
        $"{Worker}.spec.template.spec.containers[0].startupProbe.httpGet.port: true is none of string, integer")]
    [InlineData("add", "/metadata/creationTimestamp", "\"noon\"",
        $"{Worker}.metadata.creationTimestamp: \"noon\" is no date-time")]
    public void Validate_OneFaultInAValidObject_NamesIt(string operation, string path, string value, string expected)
    {
        var validator = SchemaValidator.LoadOrSkip();
        var worker = Manifests.FromFiles("overlays/cpu").Single(item => item.ToString() == Worker).Json;
        Assert.Empty(validator.Validate(worker));
        var fault = new JsonObject { ["op"] = operation, ["path"] = path, ["value"] = JsonNode.Parse(value) };
        JsonPatch.Apply(worker, [fault], "the fault");
        Assert.Equal([expected], validator.Validate(worker));
    }

    [Fact]
    public void Validate_ValueOutsideItsEnumeration_IsRefused()
    {
        var validator = SchemaValidator.LoadOrSkip();
        var coordinator = Manifests.FromFiles("overlays/cpu")
            .Single(item => item.ToString() == "StatefulSet/distseq2seq-coordinator").Json;
        coordinator["spec"]!["volumeClaimTemplates"]![0]!["kind"] = "Pod";
        Assert.Equal(
            ["StatefulSet/distseq2seq-coordinator.spec.volumeClaimTemplates[0].kind: \"Pod\" is none of \"PersistentVolumeClaim\""],
            validator.Validate(coordinator));
    }
}
