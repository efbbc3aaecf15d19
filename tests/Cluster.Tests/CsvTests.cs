using DistSeq2Seq.Cli.Tests.Kubernetes;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>A corpus of CSV files, as <c>examples/tatoeba-en-fr.yaml</c> has one.</summary>
public sealed class CsvTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Train_CsvWithQuotedFields_ReadsThemAsOneSentenceEach()
    {
        const string Records = "number,french,english\n1,\"a, \"\"b\"\" c\",\"c \"\"b\"\", a\"\n2,d e,e d\r\n\n3,\"f\ng\",\"g\nf\"\n4,a "
            + "\"b\" c,c \"b\" a\n5,\"\",h\n";
        foreach (var name in new[] { "train.csv", "valid.csv" })
            File.WriteAllText(Path.Combine(_run.Folder, name), Records);

        var (output, _) = (await ProgramRunner.RunAsync(
            "train", _run.ConfigurationPath, "--workers", "1", "--set", "training.max_steps=2", "--set", "training.validate_every=2",
            "--set", "data.format=csv",
            "--set", "data.train.path=train.csv", "--set", "data.valid.path=valid.csv", "--set", "data.source_column=english", "--set",
            "data.target_column=french")).Expect(ExitCodes.Success, _run.RunFolder);

        Assert.Contains("4 training pairs", output, StringComparison.Ordinal);
        Assert.Contains("  train: dropped 1 of 5 pairs: 1 with an empty side", output, StringComparison.Ordinal);
        Assert.Equal(["c \"b\", a", "e d", "g f", "c \"b\" a", "h"],
            File.ReadAllLines(Path.Combine(_run.RunFolder, "data", "valid.source.txt")));
        Assert.Equal(["a, \"b\" c", "d e", "f g", "a \"b\" c", ""],
            File.ReadAllLines(Path.Combine(_run.RunFolder, "data", "valid.target.txt")));
        Assert.Equal(2, _run.Newest().Step);
    }

    [Fact]
    public async Task Prepare_CsvMadeOfTsv_GivesTheSameCorpus()
    {
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python}");
        foreach (var name in new[] { "train.tsv", "valid.tsv" })
            File.AppendAllText(Path.Combine(_run.Folder, name), "\"a\", b\t, \"\nc\tc\r\n\t\n");
        await Tool.RunAsync(Python,
            [Path.Combine(ReferenceFolder.Repository, "examples", "python", "tsv_to_csv.py"), InRun("train.tsv"), InRun("valid.tsv"),
                "--columns", "english", "french", "--out", InRun("csv")]);

        await PrepareAsync("tsv");
        await PrepareAsync("csv", "--set", "data.format=csv", "--set", $"data.folder={InRun("csv")}", "--set", "data.train.path=train.csv",
            "--set", "data.valid.path=valid.csv", "--set", "data.source_column=english", "--set", "data.target_column=french");

        using var tsv = PreparedFolder.Open(Prepared("tsv"));
        Assert.Equal(402, tsv.TrainCorpus.Count);
        foreach (var name in new[]
        {
            "train.corpus",
            "valid.corpus",
            "source.vocab",
            "target.vocab",
            "valid.source.txt",
            "valid.target.txt",
        })
            Assert.Equal(File.ReadAllBytes(Path.Combine(Prepared("tsv"), name)), File.ReadAllBytes(Path.Combine(Prepared("csv"), name)));
    }

    private async Task PrepareAsync(string run, params string[] further) =>
        (await ProgramRunner.RunAsync(["prepare", _run.ConfigurationPath, "--run", InRun(run + "-run"), .. further]))
            .Expect(ExitCodes.Success);

    private string Prepared(string run) => Path.Combine(InRun(run + "-run"), "data");

    private string InRun(string name) => Path.Combine(_run.Folder, name);
}
