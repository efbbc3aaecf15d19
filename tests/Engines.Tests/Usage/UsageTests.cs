using Xunit;

namespace DistSeq2Seq.Engines.Tests.Usage;

/// <summary>The boundary between the product and its engines (design, section 2).</summary>
public class UsageTests
{
    /// <summary>Writes <c>engines/USED-API.md</c> anew.</summary>
    public const string UpdateCommand = "DISTSEQ2SEQ_UPDATE=1 dotnet test tests/Engines.Tests --filter UsedApi";

    private const string Symbol = "ENGINES_" + "BUNDLED";

    private static readonly string[] ProductAssemblies =
        ["DistSeq2Seq.Configuration", "DistSeq2Seq.Coordinator", "DistSeq2Seq.Exchange", "DistSeq2Seq.Model", "DistSeq2Seq.Protocol", "DistSeq2Seq.Worker", "distseq2seq"];

    private static string Root { get; } = FindRoot();

    [Fact]
    public void UsedApi_CommittedPage_IsUpToDate()
    {
        var path = Path.Combine(Root, "engines", "USED-API.md");
        var actual = UsedApi.Of(AppContext.BaseDirectory).ToMarkdown();
        if (Environment.GetEnvironmentVariable("DISTSEQ2SEQ_UPDATE") == "1")
            File.WriteAllText(path, actual);
        var (written, now) = (File.Exists(path) ? File.ReadAllLines(path) : [], actual.Split('\n'));
        var news = now.Except(written).Take(10).Select(l => $"+ {l}").Concat(written.Except(now).Take(10).Select(l => $"- {l}"));
        Assert.True(File.Exists(path) && File.ReadAllText(path) == actual,
            $"engines/USED-API.md is out of date; check that each new use exists in the real package, then write it anew: {UpdateCommand}\n{string.Join('\n', news)}");
    }

    [Fact]
    public void UsedApi_Assemblies_AreAllOfTheProducts() =>
        Assert.Equal(ProductAssemblies, Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(UsedApi.IsProduct)
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Fact]
    public void Sources_OutsideTheEngines_KnowOfThemInOneFileAProjectAtMost()
    {
        var knowing = new[] { "src", "tests", "bench" }.Select(top => Path.Combine(Root, top)).Where(Directory.Exists)
            .SelectMany(top => Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories))
            .Where(path => Path.GetExtension(path) is ".cs" or ".csproj" or ".props" or ".targets")
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Where(path => File.ReadAllText(Path.Combine(Root, path)).Contains(Symbol, StringComparison.Ordinal))
            .GroupBy(path => string.Join('/', path.Split(Path.DirectorySeparatorChar)[..2]));
        Assert.All(knowing, project => Assert.True(project.Count() <= 1, $"{project.Key} mentions {Symbol} in {string.Join(", ", project)}; one seam file may"));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DistSeq2Seq.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("these tests run within the repository, which has DistSeq2Seq.sln at its root");
        return folder.FullName;
    }
}
