using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>What a translation may consist of: its lengths, its prefix, and n-grams without repetition.</summary>
internal sealed class OutputRules
{
    private static readonly HashSet<int> Nothing = [];

    private readonly int[] _prefix;
    private readonly int _minLength;
    private readonly int _ngram;

    // For each live hypothesis the tokens that would repeat an n-gram.
    private HashSet<int>[] _repeating = [Nothing];

    public OutputRules(DecoderInput input, DecodingOptions options)
    {
        _prefix = input.Prefix;
        _ngram = options.NoRepeatNgram;
        MaxLength = Math.Max(options.MaxLengthOf(input.Tokens.Length), _prefix.Length);
        _minLength = Math.Min(options.MinLength, MaxLength);
    }

    /// <summary>Tokens of the longest translation allowed, its end not counted; a prefix is allowed whatever its length.</summary>
    public int MaxLength { get; }

    /// <summary>Whether repetitions are to be reported with <see cref="Follow"/>.</summary>
    public bool LooksAtRepetition => _ngram > 0;

    /// <summary>The most tokens that one hypothesis may not take because they would repeat an n-gram.</summary>
    public int MostRepeating => _repeating.Max(tokens => tokens.Count);

    /// <summary>The token that must follow <paramref name="length"/> tokens; negative for any.</summary>
    public int ForcedAt(int length) => length < _prefix.Length ? _prefix[length] : -1;

    /// <summary>Whether a token may follow a live hypothesis of <paramref name="length"/> tokens.</summary>
    public bool Allows(int token, int live, int length) => token switch
    {
        Vocabulary.Pad or Vocabulary.Begin => false,
        Vocabulary.End => length >= _minLength,
        _ => _ngram == 0 || !_repeating[live].Contains(token),
    };

    /// <summary>Takes the hypotheses that are live now; needed where <see cref="LooksAtRepetition"/>.</summary>
    /// <param name="hypotheses">The tokens of each.</param>
    public void Follow(IEnumerable<int[]> hypotheses) => _repeating = [.. hypotheses.Select(tokens => Repeating(tokens, _ngram))
        .DefaultIfEmpty(Nothing)];

    /// <summary>The next tokens that would repeat an n-gram of the tokens so far.</summary>
    internal static HashSet<int> Repeating(ReadOnlySpan<int> tokens, int n)
    {
        var context = n - 1;
        if (tokens.Length < n)
            return Nothing;
        var last = tokens[^context..];
        var found = new HashSet<int>();
        for (var start = 0; start + context < tokens.Length; start++)
        {
            if (tokens.Slice(start, context).SequenceEqual(last))
                found.Add(tokens[start + context]);
        }

        return found;
    }
}
