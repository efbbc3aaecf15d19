using DistSeq2Seq.Model.Nn.Stepping;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>The attention of a model while it produced a hypothesis.</summary>
/// <param name="Best">For each target token, the end included, the source token with the largest weight.</param>
/// <param name="Weights">For each target token, the end included, the weight of every source token and of the source's end, if
/// kept.</param>
internal sealed record AttentionPath(int[] Best, float[][]? Weights);

/// <summary>
/// The attention of one sentence's live hypotheses. The past of a hypothesis is a linked list, so that the past of dropped hypotheses is
/// freed.
/// </summary>
/// <param name="words">Tokens of the source, its end not counted.</param>
/// <param name="options">Which attention to keep.</param>
internal sealed class AttentionTrail(int words, DecodingOptions options)
{
    private Node?[] _past = [null];

    // For each live hypothesis the attention paid to each source token so far; kept for the coverage penalty only.
    private float[][] _paid = [options.CoveragePenalty > 0 ? new float[words] : []];
    private float[][] _look = [];

    /// <summary>Takes the attention of each live hypothesis in this step.</summary>
    public void Look(StepCandidates next, int source)
    {
        _look = new float[_past.Length][];
        for (var live = 0; live < _look.Length; live++)
        {
            _look[live] = next.Attention(live, source)[..(words + 1)].ToArray();
            for (var word = 0; word < _paid[live].Length; word++)
                _paid[live][word] += _look[live][word];
        }
    }

    /// <summary>The coverage penalty of a live hypothesis that ends with this step.</summary>
    public double Coverage(int live) => options.CoveragePenalty > 0 ? HypothesisScore.Coverage(_paid[live], options.CoveragePenalty) : 0;

    /// <summary>The path of a live hypothesis that ends with this step.</summary>
    public Node End(int live) => Extend(live);

    /// <summary>Replaces the live hypotheses by their continuations.</summary>
    public void Follow(IReadOnlyList<int> parents)
    {
        _past = [.. parents.Select(Extend)];
        _paid = [.. parents.Select(parent => (float[])_paid[parent].Clone())];
    }

    private Node Extend(int live)
    {
        var look = _look[live];
        var best = 0;
        for (var word = 1; word < words; word++)
        {
            if (look[word] > look[best])
                best = word;
        }

        return new Node(_past[live], best, options.KeepAttention ? look : null);
    }

    /// <summary>One step of a hypothesis, with those before it.</summary>
    /// <param name="Before">The step before; null for the first.</param>
    /// <param name="Best">The source token with the largest weight.</param>
    /// <param name="Weights">[words + 1], if kept.</param>
    public sealed record Node(Node? Before, int Best, float[]? Weights)
    {
        /// <summary>All steps, the first one first.</summary>
        public AttentionPath ToPath()
        {
            var best = new List<int>();
            var weights = new List<float[]>();
            for (var node = this; node is not null; node = node.Before)
            {
                best.Add(node.Best);
                if (node.Weights is not null)
                    weights.Add(node.Weights);
            }

            best.Reverse();
            weights.Reverse();
            return new AttentionPath([.. best], weights.Count == 0 ? null : [.. weights]);
        }
    }
}
