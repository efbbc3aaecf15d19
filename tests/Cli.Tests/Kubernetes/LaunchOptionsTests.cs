using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

public class LaunchOptionsTests
{
    public static TheoryData<string, Func<LaunchOptions, LaunchOptions>> Wrong { get; } = new()
    {
        { "--name is 'Demo'", options => options with { Name = "Demo" } },
        { "--name is '1st'", options => options with { Name = "1st" } },
        { "--name is 'demo-'", options => options with { Name = "demo-" } },
        { "--name is '' (0 characters)", options => options with { Name = "" } },
        { "(41 characters); it must be 1 to 40", options => options with { Name = new string('a', 41) } },
        { "--namespace is 'My Team'", options => options with { Namespace = "My Team" } },
        { "--namespace is ''", options => options with { Namespace = "" } },
        { "--workers is '0'; it must be a number from 1 to 1000", options => options with { Workers = 0 } },
        { "--workers is '1001'", options => options with { Workers = 1001 } },
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
    [InlineData("runs/Quick_Start.yaml", "quick-start")]
    [InlineData("multi30k-en-fr.yaml", "multi30k-en-fr")]
    [InlineData("2026 März--x.yml", "m-rz-x")]
    [InlineData("a-very-long-name-of-a-run-that-goes-on-and-on-and-on.yaml", "a-very-long-name-of-a-run-that-goes-on-a")]
    public void FromFile_AnyFileName_GivesALegalName(string path, string expected)
    {
        Assert.Equal(expected, RunName.FromFile(path));
        RunName.Check(expected, "the name");
    }

    [Fact]
    public void FromFile_NoLetter_AsksForAName() =>
        Assert.Contains("'42.yaml'; give one with --name", Assert.Throws<LaunchException>(() => RunName.FromFile("x/42.yaml")).Message);

    [Fact]
    public void Render_EveryChoice_ReachesItsField()
    {
        var objects = LaunchRenderer.Render(Manifests.Options with
        {
            Namespace = "team", Storage = "5Ti", DataClaim = "corpora-2026", Memory = "32Gi", Cpus = 8, DrainSeconds = 30,
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

    [Fact]
    public void Render_Twice_GivesTheSame() => Assert.Equal(
        YamlWriter.Write(LaunchRenderer.Render(Manifests.Options)), YamlWriter.Write(LaunchRenderer.Render(Manifests.Options)));
}
