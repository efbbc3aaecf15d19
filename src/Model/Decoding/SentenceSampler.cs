using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn.Stepping;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// Draws translations of one sentence at random, token by token, from the model's distribution: sharpened or flattened by a
/// temperature, cut to the K likeliest tokens (Fan et al. 2018), then to the fewest that reach a probability P (Holtzman et al.
/// 2020). Sample i is drawn by its own random numbers, a function of the sentence's seed and i.
/// </summary>
internal sealed class SentenceSampler : ISentenceSearch
{
    // The padding, begin and end tokens can be among the most probable tokens and be refused.
    private const int NeverDrawn = 3;

    private readonly DecodingOptions _options;
    private readonly OutputRules _rules;
    private readonly AttentionTrail? _trail;
    private readonly List<FoundHypothesis> _finished = [];
    private List<Sample> _live;
    private int _length;

    // Before the first draw all samples are one hypothesis.
    private bool _forked;

    public SentenceSampler(DecoderInput input, DecodingOptions options)
    {
        _options = options;
        _rules = new OutputRules(input, options);
        _trail = options.NeedsAttention ? new AttentionTrail(input.Tokens.Length, options) : null;
        _live = [.. Enumerable.Range(0, options.BestCount)
            .Select(i => new Sample(new DeterministicRandom(SeedMixer.Mix(input.Seed, (ulong)i)), 0, 0, []))];
    }

    /// <inheritdoc/>
    public int LiveCount => _forked ? _live.Count : 1;

    /// <inheritdoc/>
    public bool IsDone => _live.Count == 0;

    /// <inheritdoc/>
    public int CandidatesNeeded => _options.TopK == 0 ? int.MaxValue : _options.TopK + NeverDrawn + _rules.MostRepeating;

    /// <inheritdoc/>
    public int ForcedToken => _rules.ForcedAt(_length);

    /// <inheritdoc/>
    public int ParentOf(int live) => _live[live].Parent;

    /// <inheritdoc/>
    public int TokenOf(int live) => _length == 0 ? Vocabulary.Begin : _live[live].Tokens[^1];

    /// <inheritdoc/>
    public void Advance(StepCandidates next, int source)
    {
        _trail?.Look(next, source);
        var staying = new List<Sample>();
        for (var i = 0; i < _live.Count; i++)
        {
            var row = _forked ? i : 0;
            var sample = _live[i] with { Parent = row };
            var (token, logProbability) = ForcedToken >= 0
                ? (ForcedToken, next.ForcedLogProbability(row, source))
                : _length == _rules.MaxLength ? (Vocabulary.End, next.EndLogProbability(row, source))
                : Draw(sample.Random, next, row, source);
            sample = sample with { LogProbability = sample.LogProbability + logProbability };
            if (token == Vocabulary.End)
                Finish(sample, row);
            else
                staying.Add(sample with { Tokens = [.. sample.Tokens, token] });
        }

        _forked |= ForcedToken < 0;
        _live = staying;
        _length++;
        var rows = _live.Take(LiveCount).ToArray();
        _trail?.Follow([.. rows.Select(sample => sample.Parent)]);
        if (_rules.LooksAtRepetition)
            _rules.Follow(rows.Select(sample => sample.Tokens));
    }

    /// <inheritdoc/>
    public IReadOnlyList<FoundHypothesis> Results() => [.. _finished.OrderByDescending(found => found.Score)];

    private void Finish(Sample sample, int row)
    {
        var score = HypothesisScore.Of(sample.LogProbability, sample.Tokens.Length + 1, _trail?.Coverage(row) ?? 0, _options);
        if (!double.IsNaN(score))
            _finished.Add(new FoundHypothesis(sample.Tokens, score, sample.LogProbability, _trail?.End(row).ToPath()));
    }

    /// <summary>A token and the model's own log probability of it; the end where nothing may follow.</summary>
    private (int Token, double LogProbability) Draw(DeterministicRandom random, StepCandidates next, int row, int source)
    {
        var ranks = new List<int>();
        var chances = new List<double>();
        var total = 0.0;
        for (var rank = 0; rank < next.PerRow && (_options.TopK == 0 || ranks.Count < _options.TopK); rank++)
        {
            if (!_rules.Allows(next.Token(row, source, rank), row, _length))
                continue;
            ranks.Add(rank);
            var first = next.LogProbability(row, source, ranks[0]);
            chances.Add(Math.Exp((next.LogProbability(row, source, rank) - first) / _options.Temperature));
            total += chances[^1];
        }

        if (!(total > 0))
            return (Vocabulary.End, next.EndLogProbability(row, source));

        var (nucleus, reached) = (0, 0.0);
        while (nucleus < chances.Count && (nucleus == 0 || reached < _options.TopP * total))
            reached += chances[nucleus++];
        // 53 random bits: a number from 0 to below 1.
        var rest = (random.Next() >> 11) * (1.0 / (1UL << 53)) * reached;
        var drawn = 0;
        while (drawn < nucleus - 1 && (rest -= chances[drawn]) >= 0)
            drawn++;
        return (next.Token(row, source, ranks[drawn]), next.LogProbability(row, source, ranks[drawn]));
    }

    /// <param name="Random">The sample's own generator.</param>
    /// <param name="Parent">The row that it continues.</param>
    /// <param name="LogProbability">So far.</param>
    /// <param name="Tokens">So far.</param>
    private sealed record Sample(DeterministicRandom Random, int Parent, double LogProbability, int[] Tokens);
}
