using System.Text.Json;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Bench;

/// <summary>Random sentences over the reference case's whole vocabulary, the same for the same seed.</summary>
internal static class SyntheticCorpus
{
    private const int Words = ReferenceCase.Vocabulary - Vocabulary.SpecialCount;

    /// <summary>Words of a sentence of Multi30k's English training text (29,000 lines, words and punctuation marks), at each 5 % of its lines.</summary>
    private static readonly int[] Multi30KLengths = [4, 8, 9, 10, 10, 11, 11, 12, 12, 12, 13, 14, 15, 15, 16, 17, 18, 19, 21, 24, 41];

    /// <summary>Sentences of the reference case's length.</summary>
    /// <param name="folder">Where text and prepared files go.</param>
    /// <returns>The prepared folder.</returns>
    public static string PrepareReference(string folder) =>
        Prepare(folder, "reference", pairs: 2560, _ => (ReferenceCase.Length - 1, ReferenceCase.Length - 1)); // the end mark is the last position

    /// <summary>Sentences as long as Multi30k's, translations 13 % longer in the mean as its French ones are.</summary>
    /// <param name="folder">Where text and prepared files go.</param>
    /// <returns>The prepared folder.</returns>
    public static string PrepareMulti30K(string folder) => Prepare(folder, "multi30k", pairs: 12_000, random =>
    {
        var source = Multi30KLengths[random.Below(Multi30KLengths.Length)];
        return (source, (source * (95 + random.Below(37)) / 100) + 1);
    });

    /// <summary>Writes the first steps' micro-batches for a peer: a line each, a list of pairs of ids without special ones.</summary>
    public static void WriteBatches(string prepared, string path, int workers, int steps)
    {
        using var data = PreparedFolder.Open(prepared);
        var schedule = new BatchSchedule(data, ReferenceCase.Configuration(workers));
        using var lines = new StreamWriter(path);
        for (var step = 0; step < steps; step++)
        {
            var batch = schedule.Batch(0, step % schedule.BatchesOf(0));
            for (var micro = 0; micro < batch.MicroBatches; micro++)
                lines.WriteLine(JsonSerializer.Serialize(batch.Sentences(micro).ToArray().Select(i => new[] { data.TrainCorpus.Source(i).ToArray(), data.TrainCorpus.Target(i).ToArray() })));
        }
    }

    private static string Prepare(string folder, string name, int pairs, Func<DeterministicRandom, (int Source, int Target)> lengths)
    {
        var (source, target) = (Path.Combine(folder, $"{name}.source"), Path.Combine(folder, $"{name}.target"));
        var random = new DeterministicRandom(3);
        var both = Enumerable.Range(0, pairs).Select(_ => lengths(random)).ToArray();
        File.WriteAllLines(source, Lines(both.Select(l => l.Source), 1));
        File.WriteAllLines(target, Lines(both.Select(l => l.Target), 2));
        var tokenizer = new TokenizerOptions { Name = TokenizerFactory.None };
        var prepared = Path.Combine(folder, name);
        CorpusPreparer.Prepare(
            new PrepareOptions { Train = CorpusSource.Parallel(source, target), SourceTokenizer = tokenizer, TargetTokenizer = tokenizer },
            prepared);
        return prepared;
    }

    /// <summary>Every word once in order, so that the vocabulary is complete, then random ones.</summary>
    private static IEnumerable<string> Lines(IEnumerable<int> lengths, ulong seed)
    {
        var random = new DeterministicRandom(seed);
        var first = 0;
        foreach (var length in lengths)
        {
            yield return string.Join(' ', Enumerable.Range(first, length).Select(i => $"w{(i < Words ? i : random.Below(Words))}"));
            first += length;
        }
    }
}
