using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Nn.Stepping;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// Beam search for one sentence; independent of tensors. At each step the continuations of the live hypotheses are taken in order of
/// their probability, until as many live ones as the beam width are found; continuations that end before are finished. A hypothesis of
/// the maximum length must end. The search ends when no live hypothesis can reach the score of the best finished ones: a hypothesis only
/// loses probability as it grows, the longest hypothesis allowed has the mildest length penalty, and the coverage penalty is never
/// positive.
/// </summary>
internal sealed class SentenceSearch : ISentenceSearch
{
    // Candidates besides the beam width: the end token, and the padding and begin tokens, which never follow.
    private const int BesidesLive = 3;

    private readonly DecodingOptions _options;
    private readonly OutputRules _rules;
    private readonly AttentionTrail? _trail;
    private readonly double _mildestPenalty;

    // For each step the live hypotheses: the hypothesis that each one continues, and its token.
    private readonly List<Link[]> _history = [];

    // At most as many as are wanted, best first.
    private readonly List<FinishedLink> _finished = [];
    private double[] _scores = [0];

    /// <param name="input">The sentence.</param>
    /// <param name="options">How to search.</param>
    public SentenceSearch(DecoderInput input, DecodingOptions options)
    {
        _options = options;
        _rules = new OutputRules(input, options);
        _trail = options.NeedsAttention ? new AttentionTrail(input.Tokens.Length, options) : null;
        _mildestPenalty = LengthPenalty.Of(_rules.MaxLength + 1, options.LengthPenalty);
    }

    /// <summary>Live hypotheses: 1 before the first step, then at most the beam's width.</summary>
    public int LiveCount => _scores.Length;

    /// <inheritdoc/>
    public bool IsDone { get; private set; }

    /// <inheritdoc/>
    public int CandidatesNeeded => _options.Beam + BesidesLive + _rules.MostRepeating;

    /// <inheritdoc/>
    public int ForcedToken => _rules.ForcedAt(_history.Count);

    /// <inheritdoc/>
    public int ParentOf(int live) => _history[^1][live].Parent;

    /// <inheritdoc/>
    public int TokenOf(int live) => _history.Count == 0 ? Vocabulary.Begin : _history[^1][live].Token;

    /// <inheritdoc/>
    public void Advance(StepCandidates next, int source)
    {
        _trail?.Look(next, source);
        // With n tokens before this step, the end token makes n + 1.
        var length = _history.Count;
        if (ForcedToken >= 0)
        {
            Continue([new Link(0, ForcedToken)], [_scores[0] + next.ForcedLogProbability(0, source)]);
            return;
        }

        if (length == _rules.MaxLength)
        {
            FinishAll(next, source, length);
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
                    IsDone = true; // Greedy search takes the likeliest token, even if a longer sentence would score better.
                    return;
                }

                continue;
            }

            links.Add(new Link(live, token));
            scores.Add(score);
        }

        if (links.Count == 0 && _finished.Count == 0)
        {
            FinishAll(next, source, length); // No other token is allowed, so the sentence ends, however short.
            return;
        }

        Continue(links, scores);
        // The first live hypothesis is the likeliest.
        IsDone = links.Count == 0 || (_finished.Count == _options.BestCount && _scores[0] / _mildestPenalty <= _finished[^1].Score);
    }

    /// <summary>The best finished hypotheses, best first.</summary>
    public IReadOnlyList<FoundHypothesis> Results() =>
        [.. _finished.Select(f => new FoundHypothesis(Trace(f.Parent, f.Length), f.Score, f.LogProbability, f.Attention?.ToPath()))];

    private void Continue(List<Link> links, List<double> scores)
    {
        _history.Add([.. links]);
        _scores = [.. scores];
        _trail?.Follow([.. links.Select(link => link.Parent)]);
        if (_rules.LooksAtRepetition)
            _rules.Follow(Enumerable.Range(0, links.Count).Select(live => Trace(live, _history.Count)));
    }

    private void FinishAll(StepCandidates next, int source, int length)
    {
        for (var live = 0; live < LiveCount; live++)
            Finish(live, _scores[live] + next.EndLogProbability(live, source), length);
        IsDone = true;
    }

    /// <summary>The most probable continuation not taken yet; Live is negative if there is none.</summary>
    private (int Live, int Token, double Score) PopBest(StepCandidates next, int source, int[] heads)
    {
        var best = (Live: -1, Token: 0, Score: double.NegativeInfinity);
        for (var live = 0; live < heads.Length; live++)
        {
            while (heads[live] < next.PerRow && !_rules.Allows(next.Token(live, source, heads[live]), live, _history.Count))
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

    private void Finish(int parent, double logProbability, int length)
    {
        var score = HypothesisScore.Of(logProbability, length + 1, _trail?.Coverage(parent) ?? 0, _options);
        var at = _finished.FindIndex(f => score > f.Score);
        if (at < 0)
            at = _finished.Count;
        if (double.IsNaN(score) || at >= _options.BestCount)
            return;
        _finished.Insert(at, new FinishedLink(parent, length, score, logProbability, _trail?.End(parent)));
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

    private readonly record struct FinishedLink(int Parent, int Length, double Score, double LogProbability,
        AttentionTrail.Node? Attention);
}
