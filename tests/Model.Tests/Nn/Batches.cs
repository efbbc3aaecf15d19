using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Tests.Data;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Micro-batches from lists of pairs of ids.</summary>
internal static class Batches
{
    /// <summary>Fills in pairs, in the order given: longest source first.</summary>
    public static MicroBatchArrays Of(params int[][][] pairs)
    {
        using var folder = new TestFolder();
        using (var writer = new CorpusWriter(folder["x.corpus"], 1000, 1000))
        {
            foreach (var pair in pairs)
                writer.Add(pair[0], pair[1]);
            writer.Complete();
        }

        using var corpus = PreparedCorpus.Open(folder["x.corpus"]);
        var arrays = new MicroBatchArrays();
        arrays.Fill(corpus, [.. Enumerable.Range(0, pairs.Length)]);
        return arrays;
    }

    /// <summary>Random pairs, longest source first; ids of text are 4 and up.</summary>
    public static MicroBatchArrays Random(ulong seed, int sentences, int longest, int vocabulary)
    {
        var random = new DeterministicRandom(seed);
        return Of([.. Enumerable.Range(0, sentences)
            .Select(_ => new[] { Sentence(random, longest, vocabulary), Sentence(random, longest, vocabulary) })
            .OrderByDescending(pair => pair[0].Length)]);
    }

    private static int[] Sentence(DeterministicRandom random, int longest, int vocabulary)
    {
        var ids = new int[1 + random.Below(longest)];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = Vocabulary.SpecialCount + random.Below(vocabulary - Vocabulary.SpecialCount);
        return ids;
    }
}
