using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Coordinator.Tests;

/// <summary>A folder of its own with a small parallel corpus, and the configuration of a run in it.</summary>
internal sealed class TemporaryRun : IDisposable
{
    public TemporaryRun(int pairs = 20)
    {
        Root = Directory.CreateTempSubdirectory("distseq2seq-test-").FullName;
        foreach (var split in new[] { "train", "valid" })
        {
            File.WriteAllLines(Path.Combine(Root, split + ".en"), Enumerable.Range(0, pairs).Select(i => $"a sentence {i}"));
            File.WriteAllLines(Path.Combine(Root, split + ".fr"), Enumerable.Range(0, pairs).Select(i => $"une phrase {i}"));
        }

        Configuration = new RunConfiguration
        {
            Run = Path.Combine(Root, "runs", "one"),
            Data = new()
            {
                Folder = Root,
                Train = new() { Source = "train.en", Target = "train.fr" },
                Valid = new() { Source = "valid.en", Target = "valid.fr" },
            },
        };
    }

    public string Root { get; }

    public RunConfiguration Configuration { get; }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
