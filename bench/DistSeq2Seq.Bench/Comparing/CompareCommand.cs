using System.CommandLine;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>The command line of <c>./dist bench</c>.</summary>
internal static class CompareCommand
{
    private static readonly string[] Names = ["one", "feeding", "two", "scaling", "allreduce"];

    /// <summary>The command with its options.</summary>
    public static RootCommand Create()
    {
        var cases = new Argument<string[]>("case") { Description = $"What to measure: {string.Join(", ", Names)}. None: all.", Arity = ArgumentArity.ZeroOrMore };
        cases.AcceptOnlyFromAmong(Names);
        var pairs = new Option<int>("--pairs") { Description = "Pairs of runs, ours and the peer's in turn.", DefaultValueFactory = _ => 5 };
        pairs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"--pairs is {result.GetValueOrDefault<int>()}; it takes 1 or more");
        });
        var peers = new Option<string>("--peers") { Description = "Folder of the peers' scripts.", Required = true, Hidden = true };
        var write = new Option<FileInfo?>("--write") { Description = "Also write the table, as Markdown, into this file." };
        var root = new RootCommand("Measures this project against its peers, in turn, on the same work.") { cases, pairs, peers, write };
        root.SetAction(async (parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(cases)!;
            return await RunAsync(chosen.Length == 0 ? Names : chosen, parsed.GetValue(pairs), parsed.GetValue(peers)!, parsed.GetValue(write), cancellation);
        });
        return root;
    }

    private static async Task<int> RunAsync(string[] names, int pairs, string peers, FileInfo? write, CancellationToken cancellation)
    {
        var python = PeerPython.Find();
        if (python is null)
            Console.Error.WriteLine($"bench: no python3 with PyTorch here, so the peers are skipped; install {PeerPython.Package} to compare");
        var folder = Directory.CreateTempSubdirectory("distseq2seq-bench-");
        try
        {
            var all = new BenchCases(SyntheticCorpus.Prepare(folder.FullName), peers).All;
            var results = new List<Comparison>();
            foreach (var each in all.Where(c => names.Contains(c.Name)))
                results.Add(await Comparison.RunAsync(each, pairs, python, cancellation));
            var table = ComparisonTable.Of(results);
            Console.WriteLine(table);
            if (write is not null)
                await File.WriteAllTextAsync(write.FullName, table, cancellation);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
