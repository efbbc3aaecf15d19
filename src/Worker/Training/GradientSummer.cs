using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Worker.Training;

/// <summary>
/// Sums the gradients of a contiguous range of micro-batches up the fixed tree as they come, and hands out each of the largest
/// aligned sums as soon as it is complete.
/// </summary>
/// <param name="newBuffer">Makes a gradient buffer; at most log2(M) + 2 are alive.</param>
public sealed class GradientSummer(Func<GradientBuffer> newBuffer) : IDisposable
{
    private readonly Stack<GradientBuffer> _free = [];
    private readonly Stack<(TreeNode Node, GradientBuffer Buffer)> _partial = [];
    private readonly List<(TreeNode Node, GradientBuffer Buffer)> _handedOut = [];
    private int? _lastFinalFrom; // of the gradient that is being taken

    /// <summary>The sums handed out since the last <see cref="Reset"/>.</summary>
    public IEnumerable<(TreeNode Node, float[] Values)> HandedOut => _handedOut.Select(h => (h.Node, h.Buffer.Values));

    /// <summary>A buffer for the next micro-batch's gradient.</summary>
    public GradientBuffer Rent() => _free.TryPop(out var buffer) ? buffer : newBuffer();

    /// <summary>Takes the gradient of the next micro-batch of the range.</summary>
    /// <param name="tree">The tree of the step.</param>
    /// <param name="cover">The largest aligned nodes of the range.</param>
    /// <param name="microBatch">Index of the micro-batch.</param>
    /// <param name="gradient">From <see cref="Rent"/>.</param>
    /// <param name="complete">Called with each node of <paramref name="cover"/> that this completes; the values stay until
    /// <see cref="Reset"/>.</param>
    public void Add(SummationTree tree, IReadOnlyList<TreeNode> cover, int microBatch, GradientBuffer gradient,
        Action<TreeNode, float[]> complete) =>
        AddFrom(0, tree, cover, microBatch, gradient, (node, sum, _) => complete(node, sum));

    /// <summary>
    /// Takes the final part of a gradient while backward goes on with the rest. Each element goes through the same additions as in
    /// <see cref="Add"/>.
    /// </summary>
    /// <param name="finalFrom">The elements from here on are final; less each time, at last 0.</param>
    /// <param name="tree">The tree of the step.</param>
    /// <param name="cover">The largest aligned nodes of the range.</param>
    /// <param name="microBatch">Index of the micro-batch.</param>
    /// <param name="gradient">From <see cref="Rent"/>.</param>
    /// <param name="complete">
    /// Called with the node of <paramref name="cover"/> that this gradient completes, the buffer of its sum, and
    /// <paramref name="finalFrom"/>: the sum is final from there on. The values stay until <see cref="Reset"/>.
    /// </param>
    public void AddFrom(int finalFrom, SummationTree tree, IReadOnlyList<TreeNode> cover, int microBatch, GradientBuffer gradient,
        Action<TreeNode, float[], int> complete)
    {
        var newlyFinal = finalFrom..(_lastFinalFrom ?? gradient.Values.Length);
        var (node, sum) = (new TreeNode(0, microBatch), gradient);
        var merged = 0;
        foreach (var left in _partial) // the latest first
        {
            node = Rise(node);
            if (cover.Contains(node) || node.IsLeft || left.Node != node.Sibling)
                break;
            ChunkReducer.AddInto(left.Buffer.Values.AsSpan(newlyFinal), sum.Values.AsSpan(newlyFinal));
            (node, sum) = (node.Parent, left.Buffer);
            merged++;
        }

        node = Rise(node);
        var completes = cover.Contains(node);
        _lastFinalFrom = finalFrom;
        if (finalFrom == 0)
            Settle(node, sum, merged == 0 ? null : gradient, merged, completes);
        if (completes)
            complete(node, sum.Values, finalFrom);

        TreeNode Rise(TreeNode lonely)
        {
            while (!cover.Contains(lonely) && tree.RisesAlone(lonely))
                lonely = lonely.Parent;
            return lonely;
        }
    }

    /// <summary>Takes every buffer back. The caller no longer reads them.</summary>
    public void Reset()
    {
        foreach (var (_, buffer) in _partial)
            _free.Push(buffer);
        _partial.Clear();
        foreach (var (_, buffer) in _handedOut)
            _free.Push(buffer);
        _handedOut.Clear();
        _lastFinalFrom = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        while (_free.TryPop(out var buffer))
            buffer.Dispose();
    }

    /// <summary>
    /// Puts the buffers away once a gradient has been taken whole: only the topmost sum is still needed.
    /// </summary>
    private void Settle(TreeNode node, GradientBuffer sum, GradientBuffer? gradient, int merged, bool completes)
    {
        _lastFinalFrom = null;
        if (gradient is not null)
            _free.Push(gradient);
        for (var i = 0; i < merged; i++)
        {
            var left = _partial.Pop().Buffer;
            if (left != sum)
                _free.Push(left);
        }

        if (completes)
            _handedOut.Add((node, sum));
        else
            _partial.Push((node, sum));
    }
}
