using System.Text.RegularExpressions;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests;

/// <summary>
/// Which parts of the program may use which. Only uses listed here exist, and no part uses itself through others.
/// </summary>
public sealed partial class ArrowsTests
{
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Configuration"] = [],
        ["Protocol"] = [],
        ["Quickstart"] = [],
        ["Model"] = ["Configuration"],
        ["Exchange"] = ["Protocol"],
        ["Hosting"] = ["Exchange", "Protocol"],
        ["Worker"] = ["Configuration", "Exchange", "Hosting", "Model", "Protocol"],
        ["Coordinator"] = ["Configuration", "Exchange", "Hosting", "Model", "Protocol", "Quickstart"],
        ["Cli"] = ["Configuration", "Coordinator", "Exchange", "Hosting", "Model", "Protocol", "Quickstart", "Worker"],
    };

    private static readonly Dictionary<string, string[]> Model = new()
    {
        ["Storage"] = [],
        ["Evaluation"] = [],
        ["Checkpoints"] = ["Storage"],
        ["Data"] = ["Checkpoints", "Storage"],
        ["Nn"] = ["Checkpoints", "Data"],
        ["Training"] = ["Checkpoints", "Data", "Nn"],
        ["Decoding"] = ["Checkpoints", "Data", "Evaluation", "Nn", "Training"],
    };

    private static readonly Dictionary<string, string[]> Coordinator = new()
    {
        ["Planning"] = [],
        ["RunFolders"] = ["Planning"],
        ["Ledger"] = ["Planning", "RunFolders"],
        ["Checkpoints"] = ["Planning", "RunFolders"],
        ["Services"] = ["Planning", "RunFolders"],
        ["Web"] = ["RunFolders", "Services"],
        ["Membership"] = ["Checkpoints", "Planning", "RunFolders", "Services"],
        ["Hosting"] = ["Checkpoints", "Membership", "Planning", "RunFolders", "Services", "Web"],
    };

    private static readonly Dictionary<string, string[]> Worker = new()
    {
        ["State"] = [],
        ["Training"] = ["State"],
        ["Hosting"] = ["State", "Training"],
    };

    public static TheoryData<string> Roofs => ["", "Model", "Coordinator", "Worker"];

    [Theory]
    [MemberData(nameof(Roofs))]
    public void Folders_Used_AreThoseThatMayBe(string roof)
    {
        var allowed = AllowedBelow(roof);
        var source = Repository.PathOf(["src", .. roof.Length > 0 ? new[] { roof } : []]);
        var prefix = roof.Length > 0 ? $"DistSeq2Seq.{roof}." : "DistSeq2Seq.";
        Assert.Equal(allowed.Keys.Order(), Directory.GetDirectories(source).Select(folder => Path.GetFileName(folder))
            .Except(["bin", "obj"]).Order());

        var wrong = new List<string>();
        foreach (var (folder, known) in allowed)
        {
            foreach (var file in Sources(Path.Combine(source, folder)))
            {
                var code = File.ReadAllText(file);
                wrong.AddRange(allowed.Keys.Where(other => other != folder && !known.Contains(other)
                    && Regex.IsMatch(code, $@"^using (static |\w+ = )?{Regex.Escape(prefix + other)}[.;]", RegexOptions.Multiline))
                    .Select(other => $"{Path.GetRelativePath(source, file)} uses {other}; {folder} may "
                        + $"use {(known.Length > 0 ? string.Join(", ", known) : "none of the others")}"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void ProjectReferences_AreAmongThoseAllowed()
    {
        foreach (var (project, known) in Projects)
        {
            var file = File.ReadAllText(Repository.PathOf("src", project, $"DistSeq2Seq.{project}.csproj"));
            Assert.Subset(known.ToHashSet(), Reference().Matches(file).Select(match => match.Groups[1].Value).ToHashSet());
        }
    }

    [Fact]
    public void Namespaces_FollowFolders()
    {
        var root = Repository.PathOf("src");
        var wrong = Sources(root)
            .Select(file => (File: Path.GetRelativePath(root, file), Namespace: Namespace().Match(File.ReadAllText(file)).Groups[1].Value))
            .Where(file => file.Namespace.Length > 0 && file.Namespace != "DistSeq2Seq."
                + Path.GetDirectoryName(file.File)!.Replace('/', '.'));

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Roofs))]
    public void Arrows_GoOneWay(string roof)
    {
        var allowed = AllowedBelow(roof);
        foreach (var folder in allowed.Keys)
            Assert.DoesNotContain(folder, Reached(folder));

        HashSet<string> Reached(string from)
        {
            var reached = new HashSet<string>();
            var next = new Queue<string>(allowed[from]);
            while (next.TryDequeue(out var folder))
            {
                if (reached.Add(folder))
                    allowed[folder].ToList().ForEach(next.Enqueue);
            }

            return reached;
        }
    }

    private static Dictionary<string, string[]> AllowedBelow(string roof) => roof switch
    {
        "Model" => Model,
        "Coordinator" => Coordinator,
        "Worker" => Worker,
        _ => Projects,
    };

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !Build().IsMatch(file));

    [GeneratedRegex(@"/(bin|obj)/")]
    private static partial Regex Build();

    [GeneratedRegex(@"DistSeq2Seq\.(\w+)\.csproj")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
