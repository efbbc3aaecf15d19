using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Finishes the summation tree of one chunk: takes partial sums in any order of arrival and adds siblings, left plus right, so
/// that the result depends on the contributions alone. Not thread-safe; its owner locks.
/// </summary>
/// <param name="tree">The tree of the step.</param>
public sealed class ChunkReducer(SummationTree tree)
{
    private readonly Dictionary<TreeNode, TensorFrame> _waiting = [];
    private readonly HashSet<TreeNode> _taken = [];

    /// <summary>
    /// Takes over the partial sum of a node. Its memory is read when the sum of its sibling is there; it must stay until then.
    /// </summary>
    /// <returns>The finished sum, held once for the caller, when this was the last piece; otherwise null.</returns>
    /// <exception cref="ArgumentException">The node is not of this tree, came twice, or has another length.</exception>
    /// <exception cref="ObjectDisposedException">A partial sum lay in shared memory that is gone: the sum cannot be finished.</exception>
    public PooledFloats? Add(TreeNode node, TensorFrame sum)
    {
        if (!tree.Contains(node))
            throw new ArgumentException($"{node} are not of a tree of {tree.MicroBatches} micro-batches", nameof(node));
        if (!_taken.Add(node))
            throw new ArgumentException($"{node} contributed twice", nameof(node)); // it may have risen into its parent already

        if (sum.Type != ElementType.Float32)
            sum = new TensorFrame(sum.TakeNumbers());
        while (node != tree.Root)
        {
            if (tree.RisesAlone(node))
            {
                node = node.Parent;
                continue;
            }

            if (!_waiting.Remove(node.Sibling, out var sibling))
            {
                _waiting.Add(node, sum);
                return null;
            }

            var (left, right) = node.IsLeft ? (sum, sibling) : (sibling, sum);
            if (left.Length != right.Length)
                throw new ArgumentException($"{node} has {sum.Length} elements, its sibling {sibling.Length}", nameof(sum));
            sum = Sum(left, right);
            node = node.Parent;
        }

        _taken.Clear();
        return sum.TakeNumbers();
    }

    /// <summary>Lets go of all sums that wait for their siblings.</summary>
    public void Clear()
    {
        foreach (var sum in _waiting.Values)
            sum.Release();
        _waiting.Clear();
        _taken.Clear();
    }

    /// <summary>left += right, element by element.</summary>
    public static void AddInto(Span<float> left, ReadOnlySpan<float> right) => Add(left, right, left);

    /// <summary>The sum of two siblings, in the buffer of one of them if it is the exchange's own.</summary>
    private static TensorFrame Sum(TensorFrame left, TensorFrame right)
    {
        var target = left.OwnNumbers ?? right.OwnNumbers ?? PooledFloats.Rent(left.Length);
        using (var leftNumbers = left.Open())
        using (var rightNumbers = right.Open())
            Add(leftNumbers.Values, rightNumbers.Values, target.Span);
        if (left.OwnNumbers != target)
            left.Release();
        if (right.OwnNumbers != target)
            right.Release();
        return new TensorFrame(target);
    }

    // Not TensorPrimitives.Add (System.Numerics.Tensors 10.0.15): beyond 256 KiB it writes around the caches, so that the sum of a
    // stage's gradients in place takes two to three times as long; on a chunk of 256 KiB it gains a twentieth.
    private static void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        var leftVectors = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rightVectors = MemoryMarshal.Cast<float, Vector<float>>(right);
        var sumVectors = MemoryMarshal.Cast<float, Vector<float>>(sum);
        for (var i = 0; i < sumVectors.Length; i++)
            sumVectors[i] = leftVectors[i] + rightVectors[i];
        for (var i = sumVectors.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] = left[i] + right[i];
    }
}
