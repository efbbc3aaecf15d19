using System.CommandLine;
using DistSeq2Seq.Bench.Cases;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>The command line of <c>./dist bench</c>.</summary>
internal static class CompareCommand
{
    /// <summary>The command with its options.</summary>
    public static RootCommand Create()
    {
        var cases = new Argument<string[]>("case")
        {
            Description = $"What to measure: {string.Join(", ", BenchCases.Names)}. None: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        cases.AcceptOnlyFromAmong([.. BenchCases.Names]);
        var pairs = new Option<int>("--pairs")
        {
            Description = "Pairs of runs, ours and the peer's in turn.",
            DefaultValueFactory = _ => 5,
        };
        pairs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"--pairs is {result.GetValueOrDefault<int>()}; it takes 1 or more");
        });
        var peers = new Option<string>("--peers") { Description = "Folder of the peers' scripts.", Required = true, Hidden = true };
        var write = new Option<FileInfo?>("--write") { Description = "Also write the table, as Markdown, into this file." };
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "Folder of Multi30k's train.en and train.fr, for the cases of its "
                + "lengths; by default random words of the same lengths."
        };
        data.Validators.Add(result =>
        {
            var given = result.GetValueOrDefault<DirectoryInfo?>();
            foreach (var name in (IEnumerable<string>)(given is null ? [] : ["train.en", "train.fr"]))
            {
                if (!File.Exists(Path.Combine(given!.FullName, name)))
                    result.AddError($"--data is {given}, which has no {name}; it takes the folder of Multi30k's train.en and train.fr");
            }
        });
        var root = new RootCommand("Measures this project against its peers, in turn, on the same work.")
            { cases, pairs, peers, write, data };
        root.SetAction(async (parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(cases)!;
            using var folder = new BenchFolder(parsed.GetValue(data)?.FullName);
            var all = new BenchCases(folder, parsed.GetValue(peers)!);
            IReadOnlyCollection<string> names = chosen.Length == 0 ? BenchCases.Names : chosen;
            var text = await TableAsync([.. all.Of(names)], parsed.GetValue(pairs), cancellation);
            if (names.Contains(CostsCase.Name))
                text += (text.Length > 0 ? "\n" : "") + await all.Costs.TableAsync(cancellation);
            Console.Write(text);
            if (parsed.GetValue(write) is { } file)
                await File.WriteAllTextAsync(file.FullName, text, cancellation);
            return 0;
        });
        return root;
    }

    private static async Task<string> TableAsync(BenchCase[] cases, int pairs, CancellationToken cancellation)
    {
        if (cases.Length == 0)
            return "";
        var python = PeerPython.Find();
        if (python is null)
            Console.Error.WriteLine($"bench: no python3 with PyTorch here, so the peers are skipped; install {PeerPython.Package} "
                + "to compare");
        var results = new List<Comparison>();
        foreach (var each in cases)
            results.Add(await Comparison.RunAsync(each, pairs, python, cancellation));
        return ComparisonTable.Of(results);
    }
}
