using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Configuration;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

public class LaunchOptionsTests
{
    private const string Files =
        "data:\n  folder: texts\n  train: {source: a.en, target: a.fr}\n  valid: {source: /corpora/b.en, target: /corpora/b.fr}\n";

    public static TheoryData<string, Func<LaunchOptions, LaunchOptions>> Wrong { get; } = new()
    {
        { "--name is 'Demo'", options => options with { Name = "Demo" } },
        { "--name is '1st'", options => options with { Name = "1st" } },
        { "--name is 'demo-'", options => options with { Name = "demo-" } },
        { "--name is '' (0 characters)", options => options with { Name = "" } },
        { "(41 characters); it must be 1 to 40", options => options with { Name = new string('a', 41) } },
        { "--namespace is 'My Team'", options => options with { Namespace = "My Team" } },
        { "--namespace is ''", options => options with { Namespace = "" } },
        { "--workers is '0'; it must be a number from 1 to 4096", options => options with { Workers = 0 } },
        { "--workers is '4097'", options => options with { Workers = 4097 } },
        { "--gpus is '-1'", options => options with { Gpus = -1 } },
        { "(--workers 24 --gpus 1)", options => options with { Gpus = 8 } },
        { "--cpus is '0'", options => options with { Cpus = 0 } },
        { "--image is ''", options => options with { Image = "" } },
        { "--image is '--dry-run'", options => options with { Image = "--dry-run" } },
        { "--image is 'a b'", options => options with { Image = "a b" } },
        { "--image is 'distseq2seq:'", options => options with { Image = "distseq2seq:" } },
        { "--storage is '20 GB'", options => options with { Storage = "20 GB" } },
        { "--storage is '0'", options => options with { Storage = "0" } },
        { "--memory is '-4Gi'", options => options with { Memory = "-4Gi" } },
        { "--data-claim is 'A'", options => options with { DataClaim = "A" } },
        { "--drain-seconds is '0'", options => options with { DrainSeconds = 0 } },
        { "--cpus is '1'; it must be at least 2", options => options with { Cpus = 1, Settings = ["cluster.threads_per_worker=2"] } },
        { "run.yaml: cluster.ports.http is 80;", options => options with
        {
            ConfigurationName = "run.yaml",
            Settings = ["cluster.ports.http=80"],
        } },
        { "config.yaml: the corpus has the file 'texts/a.en', which pods do not have", options => options with { Configuration = Files } },
        { "has 204801 bytes", options => options with { Configuration = new string('a', LaunchOptions.MaximumConfigurationBytes + 1) } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Render_WrongOption_NamesItAndTheValue(string expected, Func<LaunchOptions, LaunchOptions> spoil)
    {
        var problem = Assert.Throws<LaunchException>(() => LaunchRenderer.Render(spoil(Manifests.Options)));
        Assert.Contains(expected, problem.Message);
    }

    [Theory]
    [InlineData("distseq2seq")]
    [InlineData("localhost:5000/distseq2seq")]
    [InlineData("REGISTRY.example.org/a/b_c/d-e:V1.0_x")]
    [InlineData("ghcr.io/team/distseq2seq-worker@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Render_AnyImage_IsInBothPodsUnchanged(string image)
    {
        var images = LaunchRenderer.Render(Manifests.Options with { Image = image })
            .Where(item => item.PodTemplate is not null)
            .Select(item => item.PodTemplate!["spec"]!["containers"]![0]!["image"]!.GetValue<string>());
        Assert.Equal([image, image], images);
    }

    [Theory]
    [InlineData("runs/Quick_Start", "quick-start")]
    [InlineData("/somewhere/multi30k-en-fr/", "multi30k-en-fr")]
    [InlineData("runs/dropout-0.25", "dropout-0-25")]
    [InlineData("2026 März--x", "m-rz-x")]
    [InlineData("a-very-long-name-of-a-run-that-goes-on-and-on-and-on", "a-very-long-name-of-a-run-that-goes-on-a")]
    public void FromFolder_AnyFolder_GivesALegalName(string path, string expected)
    {
        Assert.Equal(expected, RunName.FromFolder(path));
        RunName.Check(expected, "the name");
    }

    [Fact]
    public void FromFolder_NoLetter_AsksForAName() =>
        Assert.Contains("'x/42'; give one with --name", Assert.Throws<LaunchException>(() => RunName.FromFolder("x/42")).Message);

    [Fact]
    public void Render_EveryChoice_ReachesItsField()
    {
        var objects = LaunchRenderer.Render(Manifests.Options with
        {
            Namespace = "team",
            Storage = "5Ti",
            DataClaim = "corpora-2026",
            Memory = "32Gi",
            Cpus = 8,
            DrainSeconds = 30,
        });
        Assert.All(objects, item => Assert.Equal("team", item.Json["metadata"]!["namespace"]!.GetValue<string>()));
        Assert.All(objects, item => Assert.StartsWith("demo-", item.Name));
        Assert.All(objects, item => Assert.Equal("demo",
            item.Json["metadata"]!["labels"]!["app.kubernetes.io/instance"]!.GetValue<string>()));
        Assert.Equal(Manifests.Options.Configuration,
            objects.Single(item => item.Kind == "ConfigMap").Json["data"]!["config.yaml"]!.GetValue<string>());
        var coordinator = objects.Single(item => item.ToString() == "StatefulSet/demo-coordinator").Json["spec"]!;
        Assert.Equal("5Ti", coordinator["volumeClaimTemplates"]![0]!["spec"]!["resources"]!["requests"]!["storage"]!.ToString());
        Assert.Equal("corpora-2026", coordinator["template"]!["spec"]!["volumes"]![2]!["persistentVolumeClaim"]!["claimName"]!.ToString());
        var worker = objects.Single(item => item.ToString() == "StatefulSet/demo-worker").Json["spec"]!;
        Assert.Equal("3", worker["replicas"]!.ToString());
        Assert.Equal("30", worker["template"]!["spec"]!["terminationGracePeriodSeconds"]!.ToString());
        var resources = worker["template"]!["spec"]!["containers"]![0]!["resources"]!;
        Assert.Equal("""{"cpu":"8","memory":"32Gi"}""", resources["limits"]!.ToJsonString());
        Assert.Equal("""{"cpu":"8","memory":"32Gi"}""", resources["requests"]!.ToJsonString());
    }

    [Theory]
    [InlineData(null, null, "120", null)]
    [InlineData("300.5", null, "321", null)]
    [InlineData(null, 30, "30", "cluster.timeouts.drain=24")] // the default of 100 s would not fit
    [InlineData("20", 30, "30", null)]
    [InlineData("200", 100, "100", "cluster.timeouts.drain=80")]
    public void Render_GracePeriod_IsLongerThanTheDrainOfTheProcesses(string? drain, int? asked, string grace, string? setting)
    {
        var objects = LaunchRenderer.Render(Manifests.Options with
        {
            Settings = drain is null ? [] : [$"cluster.timeouts.drain={drain}"],
            DrainSeconds = asked,
        });
        var pods = objects.Where(item => item.PodTemplate is not null).ToArray();
        Assert.Equal(2, pods.Length);
        Assert.All(pods, pod => Assert.Equal(grace, pod.PodTemplate!["spec"]!["terminationGracePeriodSeconds"]!.ToString()));
        var settings = PodProcess.Of(objects, "coordinator", 0, "team", "10.0.0.1").Arguments.Where(a =>
            a.StartsWith("cluster.timeouts.drain=", StringComparison.Ordinal));
        Assert.Equal(setting ?? (drain is null ? null : $"cluster.timeouts.drain={drain}"), settings.LastOrDefault());
    }

    [Fact]
    public void Render_RelativeFilesAndAClaim_StartAtItsFolder()
    {
        var objects = LaunchRenderer.Render(Manifests.Options with { Configuration = Files, DataClaim = "corpora-2026" });
        Assert.Equal(["--set", "data.folder=/data"], PodProcess.Of(objects, "coordinator", 0, "team", "10.0.0.1").Arguments.TakeLast(2));
    }

    [Fact]
    public void Render_AbsoluteFiles_StayWhereTheyAre()
    {
        var objects = LaunchRenderer.Render(Manifests.Options with { Configuration = Files, Settings = ["data.folder=/corpora"] });
        Assert.DoesNotContain("data.folder=/data", PodProcess.Of(objects, "coordinator", 0, "team", "10.0.0.1").Arguments);
    }

    [Fact]
    public void Render_SettingWithDollars_ReachesTheCommandAsWritten()
    {
        const string setting = "data.folder=/a$(POD_IP)$$b";
        var objects = LaunchRenderer.Render(Manifests.Options with { Settings = [setting] });
        Assert.Contains(setting, PodProcess.Of(objects, "coordinator", 0, "team", "10.0.0.1").Arguments);
    }

    [Theory]
    [InlineData("trainning:\n  seed: 1\n", "unknown key trainning")]
    [InlineData("a: 1\nb: c: d\n", "config.yaml, line 2: not valid YAML")]
    public void Render_WrongConfiguration_IsRefusedAsByTheCoordinator(string configuration, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ConfigurationException>(() =>
            LaunchRenderer.Render(Manifests.Options with { Configuration = configuration })).Message);

    [Fact]
    public void Render_MoreWorkersThanMicroBatches_IsRefused() => Assert.Contains(
        "cluster.workers.max is 5 but training.micro_batches is 4",
        Assert.Throws<ConfigurationException>(() => LaunchRenderer.Render(Manifests.Options with { Workers = 5 })).Message);

    [Fact]
    public void Render_Twice_GivesTheSame() => Assert.Equal(
        YamlWriter.Write(LaunchRenderer.Render(Manifests.Options)), YamlWriter.Write(LaunchRenderer.Render(Manifests.Options)));
}
