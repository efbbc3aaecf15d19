using System.CommandLine;
using System.Runtime.Versioning;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

// What takes the place of kubectl is a shell script.
[UnsupportedOSPlatform("windows")]
public sealed class LaunchCommandTests : IDisposable
{
    private const string Configuration = "data:\n  format: quickstart\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-launch-");
    private readonly string _configuration;

    public LaunchCommandTests()
    {
        _configuration = Path.Combine(_folder.FullName, "My_Run.yaml");
        File.WriteAllText(_configuration, Configuration);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task DryRun_PrintsTheObjectsOfTheRun_AndNothingElse()
    {
        var (code, output, error) = await RunAsync(Kubectl("exit 9"), _configuration, "--workers", "3", "--gpus", "1",
            "--image", "x/distseq2seq:1", "--dry-run");
        Assert.Equal((0, ""), (code, error));
        var expected = LaunchRenderer.Render(new LaunchOptions
        {
            Name = "my-run",
            Configuration = Configuration,
            Workers = 3,
            Gpus = 1,
            Image = "x/distseq2seq:1",
        });
        Assert.Equal(YamlWriter.Write(expected), output);
        Assert.Equal(9, YamlReader.Read(output, "output").Count);
    }

    [Fact]
    public async Task Launch_HandsTheObjectsToKubectl_AndSaysWhatNext()
    {
        var kubectl = Kubectl("echo \"$@\" > arguments; cat > input; echo applied; echo careful >&2");
        var (code, output, error) = await RunAsync(kubectl, _configuration, "--workers", "2", "--image", "x",
            "--name", "fast", "--namespace", "team", "--context", "blue");
        Assert.Equal((0, "careful\n"), (code, error));
        Assert.Equal("applied\nStarted fast. Watch it on http://localhost:8080 with: "
            + "kubectl --context=blue --namespace=team port-forward service/fast-http 8080\n", output);
        Assert.Equal("--context=blue --namespace=team apply -f -\n", File.ReadAllText(InFolder("arguments")));
        var objects = YamlReader.Read(File.ReadAllText(InFolder("input")), "input").Select(node => new KubernetesObject(node.AsObject()));
        Assert.Empty(Consistency.Check([.. objects]));
    }

    [Fact]
    public async Task Launch_KubectlFails_PassesOnItsWordsAndItsCode()
    {
        // It ends without reading, so that the pipe breaks too.
        var (code, output, error) = await RunAsync(Kubectl("echo forbidden >&2; exit 7"), _configuration, "--workers", "2", "--image", "x");
        Assert.Equal((7, "", "forbidden\n"), (code, output, error));
    }

    [Fact]
    public async Task Launch_NoKubectl_SaysWhatToDo()
    {
        var (code, output, error) = await RunAsync(InFolder("absent"), _configuration, "--workers", "2", "--image", "x");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"error: {InFolder("absent")} could not be started", error);
        Assert.Contains("--dry-run", error);
    }

    [Theory]
    [InlineData("absent.yaml", null, "does not exist")]
    [InlineData("broken.yaml", "a: 1\nb: c: d\n", "broken.yaml, line 2: not valid YAML")]
    [InlineData("latin.yaml", "\u00e9", "is not valid UTF-8")]
    public async Task Launch_UnreadableConfiguration_EndsWithOneLineAndCode2(string name, string? text, string expected)
    {
        if (text is not null)
            File.WriteAllBytes(InFolder(name), System.Text.Encoding.Latin1.GetBytes(text));
        var (code, output, error) = await RunAsync(Kubectl("exit 0"), InFolder(name), "--workers", "2", "--image", "x");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, error);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Launch_WrongOverride_AppliesNothing()
    {
        var (code, output, error) = await RunAsync(Kubectl("touch called"), _configuration, "--workers", "2", "--image", "x",
            "--set", "seed=1", "--set", "sead=2");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("unknown key sead", error);
        Assert.False(File.Exists(InFolder("called")));
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    // In the place of kubectl: a script that runs in the test's folder.
    private string Kubectl(string script)
    {
        var path = InFolder("kubectl");
        File.WriteAllText(path, $"#!/bin/sh\ncd '{_folder.FullName}'\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string kubectl, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var parsed = new RootCommand { LaunchCommand.Create(kubectl) }.Parse(["launch", .. arguments]);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
