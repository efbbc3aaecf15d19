using System.Text.RegularExpressions;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>The Dockerfile agrees with the manifests and with the repository, as far as its text can show.</summary>
public partial class ImageTests
{
    private static readonly string[] Lines = Join(File.ReadAllLines(InRepository("deploy/docker/Dockerfile")));

    [Fact]
    public void Image_RunsAsTheUserOfTheManifests()
    {
        var context = Manifests.FromFiles("base").Where(item => item.PodTemplate is not null)
            .Select(item => item.PodTemplate!["spec"]!["securityContext"]!);
        Assert.All(context, user => Assert.Equal($"USER {user["runAsUser"]}:{user["runAsGroup"]}", Lines.Last(line => line.StartsWith("USER "))));
    }

    [Fact]
    public void Image_ExposesThePortsOfTheManifests_AndStartsTheCommand()
    {
        var ports = Manifests.FromFiles("base").Where(item => item.PodTemplate is not null)
            .SelectMany(item => item.PodTemplate!["spec"]!["containers"]![0]!["ports"]!.AsArray())
            .Select(port => port!["containerPort"]!.ToString()).Distinct();
        Assert.Equal($"EXPOSE {string.Join(' ', ports)}", Lines.Single(line => line.StartsWith("EXPOSE ")));
        Assert.Equal("ENTRYPOINT [\"distseq2seq\"]", Lines.Single(line => line.StartsWith("ENTRYPOINT ")));
    }

    [Fact]
    public void Image_CopiesOnlyWhatExistsAndIsSentToTheBuilder()
    {
        var allowed = File.ReadAllLines(InRepository(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var sources = Lines.Where(line => line.StartsWith("COPY ") && !line.Contains("--from="))
            .SelectMany(line => line.Split(' ')[1..^1]).Select(source => source.TrimEnd('/')).ToList();
        Assert.Contains("src", sources);
        Assert.All(sources, source =>
        {
            Assert.Contains(allowed, entry => source == entry || source.StartsWith(entry + "/"));
            Assert.True(Path.Exists(InRepository(source)), $"COPY {source}: there is no such file or folder");
        });
    }

    [Fact]
    public void Image_EveryStageIsDefinedBeforeItsUse()
    {
        var stages = new List<string>();
        foreach (var line in Lines)
        {
            if (Stage().Match(line) is { Success: true } from)
            {
                var image = from.Groups[1].Value;
                Assert.True(image.Contains(':') || Variants(image).All(stages.Contains), $"{line}: no such stage yet");
                stages.Add(from.Groups[2].Value);
            }
            if (CopyFrom().Match(line) is { Success: true } copy)
                Assert.Contains(copy.Groups[1].Value, stages);
        }
        Assert.Equal("runtime", stages[^1]);
    }

    private static IEnumerable<string> Variants(string image) =>
        new[] { "nuget", "bundled" }.Select(engines => image.Replace("${ENGINES}", engines));

    private static string InRepository(string path) => Path.Combine(ReferenceFolder.Repository, path);

    // Instructions of several lines as one, comments left out.
    private static string[] Join(string[] lines) =>
        string.Join('\n', lines.Where(line => !line.TrimStart().StartsWith('#'))).Replace("\\\n", " ").Split('\n');

    [GeneratedRegex(@"^FROM (\S+) AS (\S+)$")]
    private static partial Regex Stage();

    [GeneratedRegex(@"^COPY --from=(\S+) ")]
    private static partial Regex CopyFrom();
}
