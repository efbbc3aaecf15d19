namespace DistSeq2Seq.Model.Evaluation;

/// <summary>A BLEU score and its components.</summary>
public sealed record BleuScore
{
    /// <summary>The score, 0 to 100.</summary>
    public required double Score { get; init; }

    /// <summary>N-gram precisions in percent after smoothing, orders 1 to the maximum.</summary>
    public required IReadOnlyList<double> Precisions { get; init; }

    /// <summary>Factor for output that is too short, 0 to 1.</summary>
    public required double BrevityPenalty { get; init; }

    /// <summary>Tokens in the hypotheses.</summary>
    public required long SystemLength { get; init; }

    /// <summary>Tokens in the references.</summary>
    public required long ReferenceLength { get; init; }

    /// <summary>Says exactly how the score was computed, in sacreBLEU's form with this program's version.</summary>
    public required string Signature { get; init; }
}

/// <summary>
/// BLEU (Papineni et al. 2002) with one reference a segment; values agree with sacreBLEU's for the same signature.
/// </summary>
public static class Bleu
{
    // sacreBLEU's logarithm of zero: the exponential of any mean that contains it is 0.
    private const double LogOfZero = -9999999999.0;

    /// <summary>The score of a whole output: n-gram counts are summed over the segments before precisions are taken.</summary>
    /// <param name="hypotheses">The output, detokenized (unless the tokenizer is none), a segment an element.</param>
    /// <param name="references">The reference of each hypothesis.</param>
    /// <param name="options">How to compute it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static BleuScore Corpus(
        IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, BleuOptions? options = null)
    {
        options ??= BleuOptions.Default;
        options.Validate();
        Segments.RequireSameCount(hypotheses, references);
        return Corpus(Count(hypotheses, references, options), options);
    }

    /// <summary>What <see cref="Corpus(IReadOnlyList{string}, IReadOnlyList{string}, BleuOptions?)"/> sums over segments: for each order
    /// the hypotheses' n-grams and those that match, then both lengths. Counts of parts of a text add up to those of the whole.</summary>
    /// <param name="hypotheses">The output.</param>
    /// <param name="references">The reference of each hypothesis.</param>
    /// <param name="options">How to compute it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static long[] Count(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, BleuOptions? options = null)
    {
        options ??= BleuOptions.Default;
        options.Validate();
        Segments.RequireSameCount(hypotheses, references);
        var counts = new NGramCounts[options.MaximumOrder];
        long systemLength = 0, referenceLength = 0;
        for (var i = 0; i < hypotheses.Count; i++)
            Accumulate(hypotheses[i], references[i], options, counts, ref systemLength, ref referenceLength);
        return [.. counts.SelectMany(order => new[] { order.Hypothesis, order.Matches }), systemLength, referenceLength];
    }

    /// <summary>How many numbers <see cref="Count"/> gives.</summary>
    public static int CountsOf(BleuOptions options) => (2 * options.MaximumOrder) + 2;

    /// <summary>The score of summed counts.</summary>
    /// <param name="counts">As <see cref="Count"/> gives them.</param>
    /// <param name="options">The options of the counts; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are not two counts for each order and two lengths.</exception>
    public static BleuScore Corpus(IReadOnlyList<long> counts, BleuOptions? options = null)
    {
        options ??= BleuOptions.Default;
        if (counts.Count != CountsOf(options))
            throw new ArgumentException($"{counts.Count} counts; {options.MaximumOrder} orders have {CountsOf(options)}", nameof(counts));
        var orders = new NGramCounts[options.MaximumOrder];
        for (var i = 0; i < orders.Length; i++)
            orders[i] = new NGramCounts(counts[2 * i], Reference: 0, counts[(2 * i) + 1]);
        return Score(orders, counts[^2], counts[^1], options, options.EffectiveOrder ?? false);
    }

    /// <summary>The score of one segment; only orders that the hypothesis has count unless the options say otherwise.</summary>
    public static BleuScore Sentence(string hypothesis, string reference, BleuOptions? options = null)
    {
        options ??= BleuOptions.Default;
        options.Validate();
        var counts = new NGramCounts[options.MaximumOrder];
        long systemLength = 0, referenceLength = 0;
        Accumulate(hypothesis, reference, options, counts, ref systemLength, ref referenceLength);
        return Score(counts, systemLength, referenceLength, options, options.EffectiveOrder ?? true);
    }

    private static void Accumulate(
        string hypothesis, string reference, BleuOptions options, NGramCounts[] counts, ref long systemLength, ref long referenceLength)
    {
        var hypothesisTokens = Tokens(hypothesis, options);
        var referenceTokens = Tokens(reference, options);
        systemLength += hypothesisTokens.Count;
        referenceLength += referenceTokens.Count;
        var segment = NGramOverlap.Count(hypothesisTokens, referenceTokens, options.MaximumOrder);
        for (var order = 0; order < counts.Length; order++)
            counts[order] += segment[order];
    }

    private static IReadOnlyList<string> Tokens(string text, BleuOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        return BleuTokenizer.Tokenize(options.Lowercase ? PythonText.ToLower(text) : text, options.Tokenization);
    }

    private static BleuScore Score(
        NGramCounts[] counts, long systemLength, long referenceLength, BleuOptions options, bool effectiveOrder)
    {
        var brevity = systemLength >= referenceLength
            ? 1.0
            : systemLength > 0 ? Math.Exp(1.0 - (double)referenceLength / systemLength)
            : 0.0;
        var precisions = new double[counts.Length];
        var score = 0.0;
        if (Array.Exists(counts, order => order.Matches > 0))
        {
            var orders = Precisions(counts, options, effectiveOrder, precisions);
            var sum = 0.0;
            for (var i = 0; i < orders; i++)
                sum += precisions[i] > 0 ? Math.Log(precisions[i]) : LogOfZero;
            // The exponential of the logarithm of 100 is a little more than 100.
            score = Math.Min(100.0, brevity * Math.Exp(sum / orders));
        }
        return new BleuScore
        {
            Score = score,
            Precisions = precisions,
            BrevityPenalty = brevity,
            SystemLength = systemLength,
            ReferenceLength = referenceLength,
            Signature = options.Signature(effectiveOrder),
        };
    }

    // Fills the precisions (percent) and returns how many orders count.
    private static int Precisions(NGramCounts[] counts, BleuOptions options, bool effectiveOrder, double[] precisions)
    {
        var orders = counts.Length;
        var halving = 1.0;
        var value = options.EffectiveSmoothingValue;
        for (var i = 0; i < counts.Length; i++)
        {
            double matches = counts[i].Matches, total = counts[i].Hypothesis;
            if (options.Smoothing == BleuSmoothing.AddK && i > 0)
            {
                matches += value;
                total += value;
            }
            if (total == 0)
                break;
            if (effectiveOrder)
                orders = i + 1;
            if (matches > 0)
                precisions[i] = 100.0 * matches / total;
            else if (options.Smoothing == BleuSmoothing.Exponential)
                precisions[i] = 100.0 / ((halving *= 2) * total);
            else if (options.Smoothing == BleuSmoothing.Floor)
                precisions[i] = 100.0 * value / total;
        }
        return orders;
    }
}
