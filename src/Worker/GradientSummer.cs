using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Worker;

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

    /// <summary>The sums handed out since the last <see cref="Reset"/>.</summary>
    public IEnumerable<(TreeNode Node, float[] Values)> HandedOut => _handedOut.Select(h => (h.Node, h.Buffer.Values));

    /// <summary>A buffer for the next micro-batch's gradient.</summary>
    public GradientBuffer Rent() => _free.TryPop(out var buffer) ? buffer : newBuffer();

    /// <summary>Takes the gradient of the next micro-batch of the range.</summary>
    /// <param name="tree">The tree of the step.</param>
    /// <param name="cover">The largest aligned nodes of the range.</param>
    /// <param name="microBatch">Index of the micro-batch.</param>
    /// <param name="gradient">From <see cref="Rent"/>.</param>
    /// <param name="complete">Called with each node of <paramref name="cover"/> that this completes; the values stay until <see cref="Reset"/>.</param>
    public void Add(SummationTree tree, IReadOnlyList<TreeNode> cover, int microBatch, GradientBuffer gradient, Action<TreeNode, float[]> complete)
    {
        var node = new TreeNode(0, microBatch);
        while (!cover.Contains(node))
        {
            if (tree.RisesAlone(node))
            {
                node = node.Parent;
            }
            else if (!node.IsLeft && _partial.TryPeek(out var left) && left.Node == node.Sibling)
            {
                _partial.Pop();
                ChunkReducer.AddInto(left.Buffer.Values, gradient.Values);
                _free.Push(gradient);
                (node, gradient) = (node.Parent, left.Buffer);
            }
            else
            {
                _partial.Push((node, gradient));
                return;
            }
        }

        _handedOut.Add((node, gradient));
        complete(node, gradient.Values);
    }

    /// <summary>Takes every buffer back: nobody reads them any more.</summary>
    public void Reset()
    {
        foreach (var (_, buffer) in _partial)
            _free.Push(buffer);
        _partial.Clear();
        foreach (var (_, buffer) in _handedOut)
            _free.Push(buffer);
        _handedOut.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        while (_free.TryPop(out var buffer))
            buffer.Dispose();
    }
}
