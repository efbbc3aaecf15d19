using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>Each check of <see cref="Consistency"/> must be able to fail.</summary>
public class ConsistencyTests
{
    private const string Container = "/spec/template/spec/containers/0";

    [Theory]
    [InlineData("Service/distseq2seq-http", "/spec/selector/app.kubernetes.io~1component", "\"page\"",
        "Service/distseq2seq-http selects the pods of 0 workloads")]
    [InlineData("Service/distseq2seq-http", "/spec/ports/0/targetPort", "\"web\"",
        "Service/distseq2seq-http: port http is not the port of that name of StatefulSet/distseq2seq-coordinator")]
    [InlineData("Service/distseq2seq-worker", "/spec/clusterIP", "\"10.0.0.1\"",
        "StatefulSet/distseq2seq-worker: distseq2seq-worker is no headless service")]
    [InlineData("Service/distseq2seq-worker", "/spec/publishNotReadyAddresses", "false",
        "Service/distseq2seq-worker hides pods that are not ready, and peers look for those")]
    [InlineData("PodDisruptionBudget/distseq2seq-worker", "/spec/selector/matchLabels/app.kubernetes.io~1component", "\"x\"",
        "PodDisruptionBudget/distseq2seq-worker selects no pods")]
    [InlineData("NetworkPolicy/distseq2seq-peers", "/spec/podSelector/matchLabels/app.kubernetes.io~1instance", "\"x\"",
        "NetworkPolicy/distseq2seq-peers does not cover all pods")]
    [InlineData("StatefulSet/distseq2seq-worker", "/spec/selector/matchLabels/app.kubernetes.io~1component", "\"works\"",
        "StatefulSet/distseq2seq-worker does not select its own pods")]
    [InlineData("StatefulSet/distseq2seq-worker", "/spec/template/spec/serviceAccountName", "\"default\"",
        "StatefulSet/distseq2seq-worker: there is no service account default")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/livenessProbe/grpc/port", "5052",
        "StatefulSet/distseq2seq-worker: livenessProbe asks port 5052, which the container does not open")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/volumeMounts/1/name", "\"temporary\"",
        "StatefulSet/distseq2seq-worker: the mounted volume temporary is not declared",
        "StatefulSet/distseq2seq-worker: the volume tmp is not mounted")]
    [InlineData("StatefulSet/distseq2seq-coordinator", "/spec/template/spec/volumes/0/configMap/name", "\"config\"",
        "StatefulSet/distseq2seq-coordinator: there is no ConfigMap config",
        "StatefulSet/distseq2seq-coordinator: no ConfigMap puts a file at /etc/distseq2seq/config.yaml")]
    [InlineData("ConfigMap/distseq2seq-config", "/data", "{\"config.yml\":\"\"}",
        "StatefulSet/distseq2seq-coordinator: no ConfigMap puts a file at /etc/distseq2seq/config.yaml")]
    [InlineData("StatefulSet/distseq2seq-coordinator", Container + "/env/0/name", "\"RUN\"",
        "StatefulSet/distseq2seq-coordinator: a variable is not defined in: coordinator /etc/distseq2seq/config.yaml "
        + "--run /runs/$(RUN_NAME) --host distseq2seq-coordinator-0.distseq2seq-coordinator.some-namespace.svc --bind 0.0.0.0 "
        + "--seed distseq2seq-worker-0.distseq2seq-worker.some-namespace.svc:4053 --akka-port 4053 --grpc-port 5051 "
        + "--http-port 8080 --stay")]
    [InlineData("StatefulSet/distseq2seq-coordinator", Container + "/args/3", "\"/tmp/run\"",
        "StatefulSet/distseq2seq-coordinator: --run /tmp/run is on no claimed volume")]
    [InlineData("StatefulSet/distseq2seq-coordinator", Container + "/args/9",
        "\"distseq2seq-worker-2.distseq2seq-worker.$(POD_NAMESPACE).svc:4053\"",
        "StatefulSet/distseq2seq-coordinator: --seed distseq2seq-worker-2.distseq2seq-worker.some-namespace.svc:4053 "
        + "is no pod's name with its akka port")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/args/4", "\"$(POD_IP)\"",
        "StatefulSet/distseq2seq-worker: --host 10.1.2.3 is no name of a pod")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/args/8", "\"/var/lib/elsewhere\"",
        "StatefulSet/distseq2seq-worker: --data /var/lib/elsewhere is on no volume of its own")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/args/14", "\"5052\"",
        "StatefulSet/distseq2seq-worker: --grpc-port 5052 is not the container's port grpc")]
    [InlineData("StatefulSet/distseq2seq-coordinator", Container + "/args/15", "\"80\"",
        "StatefulSet/distseq2seq-coordinator: --http-port 80 is not the container's port http")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/args/10", "\"cuda:0\"",
        "StatefulSet/distseq2seq-worker: --device cuda:0 does not match the limits {\"cpu\":\"3\",\"memory\":\"4Gi\"}")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/env/3/value", "\"4\"",
        "StatefulSet/distseq2seq-worker: OMP_NUM_THREADS is 4, and the configuration has 2 threads")]
    [InlineData("StatefulSet/distseq2seq-worker", Container + "/resources/limits/cpu", "\"1\"",
        "StatefulSet/distseq2seq-worker: the limit of 1 CPUs is less than 2 threads")]
    [InlineData("StatefulSet/distseq2seq-worker", "/spec/replicas", "3",
        "StatefulSet/distseq2seq-worker: 3 replicas, and the configuration wants 2 to 2")]
    public void Check_OneFaultInObjectsThatFit_NamesIt(string target, string path, string value, params string[] expected)
    {
        var objects = Manifests.FromFiles("overlays/cpu");
        Assert.Empty(Consistency.Check(objects));
        var fault = new JsonObject { ["op"] = "replace", ["path"] = path, ["value"] = JsonNode.Parse(value) };
        JsonPatch.Apply(objects.Single(item => item.ToString() == target).Json, [fault], "the fault");
        Assert.Equal(expected, Consistency.Check(objects));
    }
}
