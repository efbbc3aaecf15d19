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
        Assert.All(context, user => Assert.Equal($"USER {user["runAsUser"]}:{user["runAsGroup"]}",
            Lines.Last(line => line.StartsWith("USER "))));
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
        var allowed = File.ReadAllLines(InRepository(".dockerignore")).Where(line => line.StartsWith('!'))
            .Select(line => line[1..]).ToList();
        var sources = Lines.Where(line => line.StartsWith("COPY ") && !line.Contains("--from="))
            .SelectMany(line => line.Split(' ')[1..^1]).Select(source => source.TrimEnd('/')).ToList();
        Assert.Contains("src", sources);
        Assert.All(allowed, entry => Assert.True(Path.Exists(InRepository(entry)),
            $".dockerignore lets {entry} through, which does not exist"));
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
                Assert.True(image.Contains(':') || stages.Contains(image), $"{line}: no such stage yet");
                stages.Add(from.Groups[2].Value);
            }
            if (CopyFrom().Match(line) is { Success: true } copy)
                Assert.Contains(copy.Groups[1].Value, stages);
        }
        Assert.Equal("runtime", stages[^1]);
    }

    [Fact]
    public void Image_CommandsNameFilesOfTheRepository_AndArgumentsThatTheirStageHas()
    {
        var arguments = new HashSet<string>();
        foreach (var line in Lines)
        {
            if (line.StartsWith("FROM "))
                arguments.Clear(); // Those from before a stage are not known in it.
            if (line.StartsWith("ARG "))
                arguments.Add(line["ARG ".Length..].Split('=')[0]);
            if (line.StartsWith("RUN "))
                Assert.All(Argument().Matches(line), used => Assert.Contains(used.Groups[1].Value, arguments));
        }

        var named = Lines.Where(line => line.StartsWith("RUN ")).SelectMany(line => SourceFile().Matches(line))
            .Select(file => file.Value).ToList();
        Assert.Contains("native/kernels/build.sh", named);
        Assert.Contains("src/Cli/DistSeq2Seq.Cli.csproj", named);
        Assert.All(named, file => Assert.True(File.Exists(InRepository(file)), $"there is no {file}"));
    }

    [Fact]
    public void Image_IsBuiltOneWay_FromTheLockedPackages()
    {
        Assert.Equal(["ARG DOTNET_VERSION=10.0", "ARG TORCH_DEVICE=cpu"], Lines.Where(line => line.StartsWith("ARG ")));
        Assert.Contains(Lines, line => line.Contains("dotnet restore") && line.Contains("--locked-mode"));
        Assert.Contains(Lines, line => line.Contains("dotnet publish") && line.Contains("--no-restore"));
        // What an image of another time installed: libtorch and its products come with the packages.
        foreach (var gone in new[] { "libtorch-dev", "openblas", "cmake", "ninja", "engines" })
            Assert.DoesNotContain(Lines, line => line.Contains(gone, StringComparison.OrdinalIgnoreCase));
    }

    private static string InRepository(string path) => Path.Combine(ReferenceFolder.Repository, path);

    // Instructions of several lines as one, comments left out.
    private static string[] Join(string[] lines) =>
        string.Join('\n', lines.Where(line => !line.TrimStart().StartsWith('#'))).Replace("\\\n", " ").Split('\n');

    [GeneratedRegex(@"^FROM (\S+) AS (\S+)$")]
    private static partial Regex Stage();

    [GeneratedRegex(@"^COPY --from=(\S+) ")]
    private static partial Regex CopyFrom();

    [GeneratedRegex(@"\$\{?([A-Z_]+)\}?")]
    private static partial Regex Argument();

    [GeneratedRegex(@"\b(?:native|src|deploy)/[\w./]+\.(?:sh|csproj)\b")]
    private static partial Regex SourceFile();
}
