using System.Text;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Data.Batching;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>A corpus may be larger than memory: preparing it holds none of it.</summary>
public sealed class CorpusMemoryTests : IDisposable
{
    private const int WordsOfALanguage = 2000;
    private const int WordsOfASentence = 40;

    private readonly TinyRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Prepare_EightTimesTheText_PeaksAtTheSameMemory()
    {
        var (little, much) = (await PrepareAsync(pairs: 10_000), await PrepareAsync(pairs: 80_000));

        // 29 MB of text more become 22 MB of corpus more.
        Assert.True(much < little + 12, $"{much:0.0} MB at most for 80,000 pairs, {little:0.0} MB for 10,000");
    }

    private Task<double> PrepareAsync(int pairs)
    {
        var (name, random) = ($"{pairs}.tsv", new DeterministicRandom(1));
        using (var text = new StreamWriter(Path.Combine(_run.Folder, name)))
        {
            var line = new StringBuilder();
            for (var i = 0; i < pairs; i++)
            {
                line.Clear();
                for (var word = 0; word < 2 * WordsOfASentence; word++)
                    line.Append(word == WordsOfASentence ? "\t" : word > 0 ? " " : "").Append('w').Append(random.Below(WordsOfALanguage));
                text.Write(line.Append('\n'));
            }
        }

        return PeakMemory.MegabytesOfAsync("prepare", _run.ConfigurationPath, "--run", Path.Combine(_run.Folder, $"run-{pairs}"), "--set",
            $"data.train.path={name}");
    }
}
