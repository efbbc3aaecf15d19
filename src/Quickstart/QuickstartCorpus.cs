using System.Text;

namespace DistSeq2Seq.Quickstart;

/// <summary>The generated corpus, cut into three parts that share no sentence in either language.</summary>
/// <param name="Train">For training.</param>
/// <param name="Validation">For validation, about 500 pairs.</param>
/// <param name="Test">
/// For the score at the end, about 500 pairs; each of its words occurs at least five times in the training part.
/// </param>
public sealed record QuickstartSplits(
    IReadOnlyList<SentencePair> Train, IReadOnlyList<SentencePair> Validation, IReadOnlyList<SentencePair> Test);

/// <summary>
/// A small English-French corpus made by a grammar, so that a first run needs no download. Each English sentence has one
/// right translation; the same seed gives the same bytes on every machine.
/// </summary>
public static class QuickstartCorpus
{
    /// <summary>Pairs that a corpus has unless another number is asked for.</summary>
    public const int DefaultPairs = 20_000;

    /// <summary>The fewest pairs that can be asked for: with fewer, the vocabulary is not covered.</summary>
    public const int MinimumPairs = 2_000;

    /// <summary>The most pairs that can be asked for, well below what the grammar can say.</summary>
    public const int MaximumPairs = 200_000;

    /// <summary>How often every word of a validation or test sentence occurs in the training part, at least.</summary>
    public const int MinimumOccurrences = 5;

    private const int HeldOutPairs = 500;

    // Sentences with a word that is rarer than this among all candidates are dropped, so that the grammar's rarest forms do not remain as
    // words that no model could learn. Corpora of fewer than 12,000 pairs ask for less.
    private const int CommonWord = 12;

    /// <summary>Generates the corpus.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="pairs">Pairs in all three parts together, <see cref="MinimumPairs"/> to <see cref="MaximumPairs"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pairs"/> is out of range.</exception>
    public static QuickstartSplits Generate(long seed, int pairs = DefaultPairs)
    {
        if (pairs is < MinimumPairs or > MaximumPairs)
        {
            throw new ArgumentOutOfRangeException(
                nameof(pairs), pairs, $"The quickstart corpus can have {MinimumPairs} to {MaximumPairs} pairs; {DefaultPairs} is usual.");
        }
        var random = new DeterministicRandom(seed);
        var sentences = CommonSentences(new Chooser(random), pairs);
        return Split(sentences, Math.Min(HeldOutPairs, pairs / 20));
    }

    /// <summary>
    /// Writes train.en, train.fr, valid.en, valid.fr, test.en and test.fr (UTF-8, a sentence a line). Files that already hold the right
    /// text stay as they are; others appear whole or not at all.
    /// </summary>
    /// <param name="directory">Where to write; created when missing.</param>
    /// <param name="seed">As for <see cref="Generate"/>.</param>
    /// <param name="pairs">As for <see cref="Generate"/>.</param>
    /// <returns>The corpus that the files hold.</returns>
    public static QuickstartSplits Write(string directory, long seed, int pairs = DefaultPairs)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var splits = Generate(seed, pairs);
        Directory.CreateDirectory(directory);
        foreach (var (name, part) in new[] { ("train", splits.Train), ("valid", splits.Validation), ("test", splits.Test) })
        {
            WriteLines(Path.Combine(directory, name + ".en"), part.Select(pair => pair.English));
            WriteLines(Path.Combine(directory, name + ".fr"), part.Select(pair => pair.French));
        }
        return splits;
    }

    // Distinct sentences in both languages, without rare words. More candidates are drawn until enough are left.
    private static List<SentencePair> CommonSentences(Chooser choose, int pairs)
    {
        var english = new HashSet<string>(StringComparer.Ordinal);
        var french = new HashSet<string>(StringComparer.Ordinal);
        var candidates = new List<SentencePair>(2 * pairs);
        var vocabulary = new RareWords(Math.Min(CommonWord, pairs / 1_000));
        for (var wanted = pairs + pairs / 2; ; wanted += pairs / 4)
        {
            while (candidates.Count < wanted)
            {
                var pair = Grammar.Sentence(choose);
                if (english.Contains(pair.English) || !french.Add(pair.French))
                    continue;
                english.Add(pair.English);
                candidates.Add(pair);
                vocabulary.Add(LearnedWordsOf(pair));
            }
            var common = vocabulary.SentencesWithout();
            if (common.Count >= pairs)
                return common.GetRange(0, pairs).ConvertAll(index => candidates[index]);
        }
    }

    // Held-out sentences are taken from the end, passing over those with a word that would be rare in what remains.
    private static QuickstartSplits Split(List<SentencePair> sentences, int heldOut)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in sentences.SelectMany(WordsOf))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        var train = new List<SentencePair>(sentences.Count);
        var kept = new List<SentencePair>(2 * heldOut);
        for (var i = sentences.Count - 1; i >= 0; i--)
        {
            var words = WordsOf(sentences[i]).GroupBy(word => word).ToList();
            if (kept.Count < 2 * heldOut && words.TrueForAll(word => counts[word.Key] - word.Count() >= MinimumOccurrences))
            {
                kept.Add(sentences[i]);
                foreach (var word in words)
                    counts[word.Key] -= word.Count();
            }
            else
            {
                train.Add(sentences[i]);
            }
        }
        train.Reverse();
        heldOut = Math.Min(heldOut, kept.Count / 2);
        return new QuickstartSplits(train, kept[..heldOut], kept[heldOut..(2 * heldOut)]);
    }

    /// <summary>
    /// The words of both sides, marked by language and separated at white space and final marks. Elided words and hyphens stay
    /// together, so what is frequent here is frequent for every tokenizer.
    /// </summary>
    internal static IEnumerable<string> WordsOf(SentencePair pair) =>
        Pieces(pair.English).Select(word => "en:" + word).Concat(Pieces(pair.French).Select(word => "fr:" + word));

    // As WordsOf, but without case and with elided words apart: the words of the vocabulary that a model learns.
    private static IEnumerable<string> LearnedWordsOf(SentencePair pair) =>
        WordsOf(pair).SelectMany(word => word.ToLowerInvariant().Split('\'').Select((part, i) => i == 0 ? part : word[..3] + part));

    private static IEnumerable<string> Pieces(string text) =>
        text.Split([' ', ',', '.', '?', '!'], StringSplitOptions.RemoveEmptyEntries);

    private static void WriteLines(string path, IEnumerable<string> lines)
    {
        var bytes = new UTF8Encoding(false).GetBytes(string.Concat(lines.Select(line => line + "\n")));
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            return;
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
