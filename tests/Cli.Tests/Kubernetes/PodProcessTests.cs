using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>The commands that pods run, word by word.</summary>
public class PodProcessTests
{
    [Fact]
    public void Coordinator_Launched_RunsThisCommand()
    {
        var process = PodProcess.Of(LaunchRenderer.Render(Manifests.Options), "coordinator", 0, "team", "10.0.0.7");
        Assert.Empty(process.Command);
        Assert.Equal(
            [
                "coordinator", "/etc/distseq2seq/config.yaml", "--run", "/runs/demo",
                "--host", "demo-coordinator-0.demo-coordinator.team.svc", "--bind", "0.0.0.0",
                "--seed", "demo-worker-0.demo-worker.team.svc:4053",
                "--akka-port", "4053", "--grpc-port", "5051", "--http-port", "8080", "--stay",
                "--set", "cluster.workers.min=3", "--set", "cluster.workers.max=3",
            ],
            process.Arguments);
        Assert.Equal("10.0.0.7", process.Environment["POD_IP"]);
        Assert.Equal("0", process.Environment["DOTNET_gcServer"]);
    }

    [Theory]
    [InlineData(0, "cpu", "1")]
    [InlineData(1, "auto", "8")]
    public void Worker_Launched_RunsThisCommand(int gpus, string device, string threads)
    {
        var options = Manifests.Options with { Gpus = gpus, Settings = [$"cluster.threads_per_worker={threads}"] };
        var process = PodProcess.Of(LaunchRenderer.Render(options), "worker", 2, "team", "10.0.0.9");
        Assert.Equal(
            [
                "worker", "--seed", "demo-coordinator-0.demo-coordinator.team.svc:4053",
                "--host", "demo-worker-2.demo-worker.team.svc", "--bind", "0.0.0.0",
                "--data", "/var/lib/distseq2seq", "--device", device,
                "--akka-port", "4053", "--grpc-port", "5051", "--stay",
            ],
            process.Arguments);
        Assert.Equal("demo-worker-2", process.Environment["POD_NAME"]);
        Assert.Equal(threads, process.Environment["OMP_NUM_THREADS"]);
        Assert.Equal(threads, process.Environment["MKL_NUM_THREADS"]);
        Assert.Equal(gpus == 1, process.Environment.ContainsKey("CUBLAS_WORKSPACE_CONFIG"));
    }

    [Theory]
    [InlineData("cpu", 0)]
    [InlineData("gpu", 1)]
    public void Overlay_AndLaunch_RunTheSameCommands(string overlay, int gpus)
    {
        var theirs = Manifests.FromFiles($"overlays/{overlay}");
        var launched = LaunchRenderer.Render(Manifests.Options with { Gpus = gpus });
        foreach (var component in new[] { "coordinator", "worker" })
        {
            var expected = PodProcess.Of(theirs, component, 0, "team", "10.0.0.1");
            var seen = PodProcess.Of(launched, component, 0, "team", "10.0.0.1");
            Assert.Equal(
                expected.Arguments.Select(text => text.Replace("distseq2seq-", "demo-").Replace("/runs/distseq2seq", "/runs/demo")),
                seen.Arguments.Take(expected.Arguments.Count));
            Assert.Equal(expected.Environment.Keys, seen.Environment.Keys);
        }
    }

    [Fact]
    public void Of_DollarsAndUnknownNames_ExpandsAsTheKubeletDoes()
    {
        var objects = LaunchRenderer.Render(Manifests.Options);
        var worker = objects.Single(item => item.PodTemplate is not null && item.Component == "worker");
        var container = worker.PodTemplate!["spec"]!["containers"]![0]!;
        container["args"]!.AsArray().Add("$$(POD_IP) $(NOBODY) $(POD_IP)$ $5");
        Assert.Equal("$(POD_IP) $(NOBODY) 10.0.0.9$ $5", PodProcess.Of(objects, "worker", 0, "team", "10.0.0.9").Arguments[^1]);
    }
}
