using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using FsCheck;
using FsCheck.Fluent;

namespace DistSeq2Seq.Model.Tests.Data;

/// <summary>Corpora of random ids with given lengths, written to a file and opened.</summary>
public static class TestCorpus
{
    public const int VocabularySize = 50;

    /// <summary>Lengths of the pairs of a small corpus: many short, some long, some equal.</summary>
    public static Gen<(int Source, int Target)[]> Lengths { get; } =
        Gen.Frequency((8, Gen.Choose(1, 12)), (1, Gen.Choose(1, 80))).Two().Select(p => (p.Item1, p.Item2)).ArrayOf()
            .Where(a => a.Length > 0);

    public static string Write(string path, IReadOnlyList<(int Source, int Target)> lengths, ulong seed = 1)
    {
        var random = new DeterministicRandom(seed);
        using var writer = new CorpusWriter(path, VocabularySize, VocabularySize);
        foreach (var (source, target) in lengths)
            writer.Add(Ids(random, source), Ids(random, target));
        writer.Complete();
        return path;
    }

    /// <summary>Opens a corpus of these lengths; its file goes away at once, its pages when it is disposed of.</summary>
    public static PreparedCorpus Create(IReadOnlyList<(int Source, int Target)> lengths, ulong seed = 1)
    {
        using var folder = new TestFolder();
        return PreparedCorpus.Open(Write(folder["x.corpus"], lengths, seed));
    }

    private static int[] Ids(DeterministicRandom random, int length)
    {
        var ids = new int[length];
        for (var i = 0; i < length; i++)
            ids[i] = Vocabulary.SpecialCount + random.Below(VocabularySize - Vocabulary.SpecialCount);
        return ids;
    }
}
