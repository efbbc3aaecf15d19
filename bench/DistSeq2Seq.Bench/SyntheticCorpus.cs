using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Bench;

/// <summary>Sentences of the reference case's length over its whole vocabulary, the same for the same seed.</summary>
internal static class SyntheticCorpus
{
    private const int Pairs = 2560;
    private const int WordsOfSentence = ReferenceCase.Length - 1; // the end mark is the last position
    private const int Words = ReferenceCase.Vocabulary - Vocabulary.SpecialCount;

    /// <summary>Writes and prepares the corpus.</summary>
    /// <param name="folder">Where text and prepared files go.</param>
    /// <returns>The prepared folder.</returns>
    public static string Prepare(string folder)
    {
        var (source, target) = (Path.Combine(folder, "train.source"), Path.Combine(folder, "train.target"));
        File.WriteAllLines(source, Lines(1));
        File.WriteAllLines(target, Lines(2));
        var tokenizer = new TokenizerOptions { Name = TokenizerFactory.None };
        var prepared = Path.Combine(folder, "data");
        CorpusPreparer.Prepare(
            new PrepareOptions { Train = CorpusSource.Parallel(source, target), SourceTokenizer = tokenizer, TargetTokenizer = tokenizer },
            prepared);
        return prepared;
    }

    /// <summary>Every word once in order, so that the vocabulary is complete, then random ones.</summary>
    private static IEnumerable<string> Lines(ulong seed)
    {
        var random = new DeterministicRandom(seed);
        for (var line = 0; line < Pairs; line++)
        {
            var first = line * WordsOfSentence;
            yield return string.Join(' ', Enumerable.Range(first, WordsOfSentence).Select(i => $"w{(i < Words ? i : random.Below(Words))}"));
        }
    }
}
