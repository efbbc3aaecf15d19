namespace DistSeq2Seq.Model.Evaluation;

/// <summary>How to compute chrF. The defaults are those of sacreBLEU: chrF2.</summary>
public sealed record ChrFOptions
{
    /// <summary>chrF2: characters only, recall twice as important as precision.</summary>
    public static ChrFOptions Default { get; } = new();

    /// <summary>chrF++: words of order 1 and 2 as well.</summary>
    public static ChrFOptions PlusPlus { get; } = new() { WordOrder = 2 };

    /// <summary>Longest character n-gram, at least 1. Default: 6.</summary>
    public int CharacterOrder { get; init; } = 6;

    /// <summary>Longest word n-gram; 0 (the default) for none, 2 for chrF++.</summary>
    public int WordOrder { get; init; }

    /// <summary>How many times as much recall weighs as precision, above 0. Default: 2.</summary>
    public double Beta { get; init; } = 2;

    /// <summary>Whether both sides are lower-cased first. Default: no.</summary>
    public bool Lowercase { get; init; }

    internal string Signature =>
        FormattableString.Invariant(
            $"nrefs:1|case:{(Lowercase ? "lc" : "mixed")}|eff:yes|nc:{CharacterOrder}|nw:{WordOrder}|space:no")
        + "|version:" + ScoreVersion.Text;

    internal void Validate()
    {
        if (CharacterOrder < 1)
            throw new ArgumentOutOfRangeException(
                nameof(CharacterOrder), CharacterOrder, "chrF needs character n-grams of at least 1; 6 is usual.");
        if (WordOrder < 0)
            throw new ArgumentOutOfRangeException(
                nameof(WordOrder), WordOrder, "The word order must be 0 (chrF) or more (2 for chrF++).");
        if (!(Beta > 0))
            throw new ArgumentOutOfRangeException(nameof(Beta), Beta, "Beta must be above 0; 2 is usual.");
    }
}

/// <summary>A chrF score.</summary>
/// <param name="Score">The score, 0 to 100.</param>
/// <param name="Name"><c>chrF2</c>, <c>chrF2++</c> …, as beta and the word order say.</param>
/// <param name="Signature">How it was computed, in sacreBLEU's form with this program's version.</param>
public sealed record ChrFScore(double Score, string Name, string Signature);

/// <summary>
/// chrF (Popović 2015) and chrF++ (Popović 2017): the F-score of character (and word) n-grams, averaged over the orders that
/// both sides have; white space does not count. Values agree with sacreBLEU's for the same signature.
/// </summary>
public static class ChrF
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>The score of a whole output: n-gram counts are summed over the segments first.</summary>
    /// <param name="hypotheses">The output, detokenized, a segment an element.</param>
    /// <param name="references">The reference of each hypothesis.</param>
    /// <param name="options">How to compute it; null for chrF2.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static ChrFScore Corpus(
        IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, ChrFOptions? options = null)
    {
        options ??= ChrFOptions.Default;
        options.Validate();
        Segments.RequireSameCount(hypotheses, references);
        var counts = new NGramCounts[options.CharacterOrder + options.WordOrder];
        for (var i = 0; i < hypotheses.Count; i++)
            Accumulate(hypotheses[i], references[i], options, counts);
        return Result(counts, options);
    }

    /// <summary>The score of one segment.</summary>
    public static ChrFScore Sentence(string hypothesis, string reference, ChrFOptions? options = null) =>
        Corpus([hypothesis], [reference], options);

    private static void Accumulate(string hypothesis, string reference, ChrFOptions options, NGramCounts[] counts)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        ArgumentNullException.ThrowIfNull(reference);
        if (options.Lowercase)
        {
            hypothesis = PythonText.ToLower(hypothesis);
            reference = PythonText.ToLower(reference);
        }
        Add(NGramOverlap.Count(Characters(hypothesis), Characters(reference), options.CharacterOrder), counts, 0);
        if (options.WordOrder > 0)
            Add(NGramOverlap.Count(Words(hypothesis), Words(reference), options.WordOrder), counts, options.CharacterOrder);
    }

    private static void Add(NGramCounts[] segment, NGramCounts[] counts, int offset)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            // A segment's n-grams of an order count only if its reference has n-grams of that order.
            counts[offset + i] += segment[i].Reference > 0 ? segment[i] : default;
        }
    }

    private static int[] Characters(string text) => PythonText.CodePoints(string.Concat(PythonText.Split(text)));

    // A punctuation mark at the end of a word, or else at its start, is a word of its own.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var word in PythonText.Split(text))
        {
            if (word.Length > 1 && Punctuation.Contains(word[^1]))
                words.AddRange([word[..^1], word[^1..]]);
            else if (word.Length > 1 && Punctuation.Contains(word[0]))
                words.AddRange([word[..1], word[1..]]);
            else
                words.Add(word);
        }
        return words;
    }

    private static ChrFScore Result(NGramCounts[] counts, ChrFOptions options)
    {
        double precision = 0, recall = 0;
        var orders = 0;
        foreach (var order in counts)
        {
            if (order.Hypothesis == 0 || order.Reference == 0)
                continue;
            precision += (double)order.Matches / order.Hypothesis;
            recall += (double)order.Matches / order.Reference;
            orders++;
        }
        var score = 0.0;
        if (precision + recall > 0)
        {
            precision /= orders;
            recall /= orders;
            var factor = options.Beta * options.Beta;
            score = 100.0 * (1 + factor) * precision * recall / (factor * precision + recall);
        }
        var name = FormattableString.Invariant($"chrF{options.Beta}") + new string('+', options.WordOrder);
        return new ChrFScore(score, name, options.Signature);
    }
}
