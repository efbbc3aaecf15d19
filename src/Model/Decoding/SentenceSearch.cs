using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>A finished hypothesis of a search.</summary>
/// <param name="Tokens">Token ids without the end token.</param>
/// <param name="Score">Log probability divided by the length penalty.</param>
/// <param name="LogProbability">With the end token's.</param>
internal readonly record struct FoundHypothesis(int[] Tokens, double Score, double LogProbability);

/// <summary>
/// Beam search for one sentence; knows nothing of tensors. At each step the continuations of the live hypotheses are taken in order
/// of their probability until as many live ones as the beam is wide have been found; those that end on the way are finished. The
/// longest hypotheses allowed must end. The search ends when no live hypothesis can reach the score of the best finished ones: a
/// hypothesis only loses probability as it grows, and the longest one allowed has the mildest penalty.
/// </summary>
internal sealed class SentenceSearch
{
    private readonly DecodingOptions _options;
    private readonly int _maxLength;
    private readonly int _minLength;
    private readonly double _mildestPenalty;

    // For each step the live hypotheses: whom they continue, and with which token.
    private readonly List<Link[]> _history = [];

    // At most as many as are wanted, best first.
    private readonly List<FinishedLink> _finished = [];
    private double[] _scores = [0];

    /// <param name="sourceTokens">Tokens of the source, its end not counted.</param>
    /// <param name="options">How to search.</param>
    public SentenceSearch(int sourceTokens, DecodingOptions options)
    {
        _options = options;
        _maxLength = options.MaxLength(sourceTokens);
        _minLength = Math.Min(options.MinLength, _maxLength);
        _mildestPenalty = LengthPenalty.Of(_maxLength + 1, options.LengthPenalty);
    }

    /// <summary>Live hypotheses: 1 before the first step, then at most the beam's width.</summary>
    public int LiveCount => _scores.Length;

    /// <summary>Whether the search has ended.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Which hypothesis of the step before a live one continues.</summary>
    public int ParentOf(int live) => _history[^1][live].Parent;

    /// <summary>The last token of a live hypothesis.</summary>
    public int TokenOf(int live) => _history.Count == 0 ? Vocabulary.Begin : _history[^1][live].Token;

    /// <summary>Takes one step.</summary>
    /// <param name="next">What can follow the live hypotheses.</param>
    /// <param name="source">The sentence's number within <paramref name="next"/>.</param>
    public void Advance(StepCandidates next, int source)
    {
        // With n tokens before this step, the end token makes n + 1.
        var length = _history.Count;
        if (length == _maxLength)
        {
            for (var live = 0; live < LiveCount; live++)
                Finish(live, _scores[live] + next.EndLogProbability(live, source), length);
            IsDone = true;
            return;
        }

        var links = new List<Link>(_options.Beam);
        var scores = new List<double>(_options.Beam);
        var heads = new int[LiveCount];
        while (links.Count < _options.Beam && PopBest(next, source, heads) is var (live, token, score) && live >= 0)
        {
            if (token == Vocabulary.End)
            {
                Finish(live, score, length);
                if (_options.Beam == 1)
                {
                    IsDone = true; // Greedy search takes the likeliest token, whatever a longer sentence would score.
                    return;
                }

                continue;
            }

            links.Add(new Link(live, token));
            scores.Add(score);
        }

        _history.Add([.. links]);
        _scores = [.. scores];
        // The first live hypothesis is the likeliest.
        IsDone = links.Count == 0 || (_finished.Count == _options.BestCount && _scores[0] / _mildestPenalty <= _finished[^1].Score);
    }

    /// <summary>The best finished hypotheses, best first.</summary>
    public IReadOnlyList<FoundHypothesis> Results() =>
        [.. _finished.Select(f => new FoundHypothesis(Trace(f.Parent, f.Length), f.Score, f.LogProbability))];

    /// <summary>The likeliest continuation not taken yet, or a negative hypothesis where there is none.</summary>
    private (int Live, int Token, double Score) PopBest(StepCandidates next, int source, int[] heads)
    {
        var best = (Live: -1, Token: 0, Score: double.NegativeInfinity);
        for (var live = 0; live < heads.Length; live++)
        {
            while (heads[live] < next.PerRow && !IsAllowed(next.Token(live, source, heads[live])))
                heads[live]++;
            if (heads[live] == next.PerRow)
                continue;
            var score = _scores[live] + next.LogProbability(live, source, heads[live]);
            if (score > best.Score)
                best = (live, next.Token(live, source, heads[live]), score);
        }

        if (best.Live >= 0)
            heads[best.Live]++;
        return best;
    }

    private bool IsAllowed(int token) => token switch
    {
        Vocabulary.Pad or Vocabulary.Begin => false,
        Vocabulary.End => _history.Count >= _minLength,
        _ => true,
    };

    private void Finish(int parent, double logProbability, int length)
    {
        var score = logProbability / LengthPenalty.Of(length + 1, _options.LengthPenalty);
        var at = _finished.FindIndex(f => score > f.Score);
        if (at < 0)
            at = _finished.Count;
        if (double.IsNaN(score) || at >= _options.BestCount)
            return;
        _finished.Insert(at, new FinishedLink(parent, length, score, logProbability));
        if (_finished.Count > _options.BestCount)
            _finished.RemoveAt(_options.BestCount);
    }

    private int[] Trace(int live, int length)
    {
        var tokens = new int[length];
        for (var step = length - 1; step >= 0; step--)
            (live, tokens[step]) = _history[step][live];
        return tokens;
    }

    private readonly record struct Link(int Parent, int Token);

    private readonly record struct FinishedLink(int Parent, int Length, double Score, double LogProbability);
}
