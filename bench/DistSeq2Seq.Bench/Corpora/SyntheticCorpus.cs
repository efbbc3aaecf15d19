using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Bench.Corpora;

/// <summary>Random sentences over the whole vocabulary of the reference case, the same for the same seed.</summary>
internal static class SyntheticCorpus
{
    private const int Words = ReferenceCase.Vocabulary - Vocabulary.SpecialCount;

    /// <summary>Writes a corpus of two text files, one sentence a line, words parted by spaces.</summary>
    /// <param name="folder">Where <see cref="SourceFile"/> and <see cref="TargetFile"/> go.</param>
    /// <param name="lengths">Words of each pair's source and target.</param>
    public static void Write(string folder, IReadOnlyList<(int Source, int Target)> lengths)
    {
        File.WriteAllLines(Path.Combine(folder, SourceFile), Lines(1, lengths.Select(l => l.Source)));
        File.WriteAllLines(Path.Combine(folder, TargetFile), Lines(2, lengths.Select(l => l.Target)));
    }

    /// <summary>Source side.</summary>
    public const string SourceFile = "train.source";

    /// <summary>Target side.</summary>
    public const string TargetFile = "train.target";

    /// <summary>Prepares what <see cref="Write"/> wrote.</summary>
    /// <returns>The prepared folder.</returns>
    public static string Prepare(string folder) => Prepare(
        folder, CorpusSource.Parallel(Path.Combine(folder, SourceFile), Path.Combine(folder, TargetFile)), TokenizerFactory.None);

    /// <summary>Prepares text with a vocabulary no larger than the reference case's.</summary>
    /// <param name="folder">The prepared files go into its <c>data</c>.</param>
    /// <param name="text">The training split.</param>
    /// <param name="tokenizer">Of both sides.</param>
    /// <returns>The prepared folder.</returns>
    public static string Prepare(string folder, CorpusSource text, string tokenizer)
    {
        var options = new TokenizerOptions { Name = tokenizer, Lowercase = tokenizer != TokenizerFactory.None };
        var prepared = Path.Combine(folder, "data");
        CorpusPreparer.Prepare(
            new PrepareOptions
            {
                Train = text,
                SourceTokenizer = options,
                TargetTokenizer = options,
                SourceVocabularySize = ReferenceCase.Vocabulary,
                TargetVocabularySize = ReferenceCase.Vocabulary,
            },
            prepared);
        return prepared;
    }

    /// <summary>Every word once in order, so that the vocabulary is complete, then random ones.</summary>
    private static IEnumerable<string> Lines(ulong seed, IEnumerable<int> lengths)
    {
        var random = new DeterministicRandom(seed);
        var next = 0;
        foreach (var length in lengths)
        {
            yield return string.Join(' ', Enumerable.Range(next, length).Select(i => $"w{(i < Words ? i : random.Below(Words))}"));
            next += length;
        }
    }
}
