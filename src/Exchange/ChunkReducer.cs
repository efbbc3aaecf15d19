using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Finishes the summation tree of one chunk: takes partial sums in any order of arrival and adds siblings, left plus right, so
/// that the result depends on the contributions alone. Not thread-safe; its owner locks.
/// </summary>
/// <param name="tree">The tree of the step.</param>
public sealed class ChunkReducer(SummationTree tree)
{
    private readonly Dictionary<TreeNode, PooledFloats> _waiting = [];
    private readonly HashSet<TreeNode> _taken = [];

    /// <summary>Takes over the partial sum of a node.</summary>
    /// <returns>The finished sum, held once for the caller, when this was the last piece; otherwise null.</returns>
    /// <exception cref="ArgumentException">The node is not of this tree, came twice, or has another length.</exception>
    public PooledFloats? Add(TreeNode node, PooledFloats sum)
    {
        if (!tree.Contains(node))
            throw new ArgumentException($"{node} are not of a tree of {tree.MicroBatches} micro-batches", nameof(node));
        if (!_taken.Add(node))
            throw new ArgumentException($"{node} contributed twice", nameof(node)); // it may have risen into its parent already

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
            AddInto(left.Span, right.Span);
            right.Release();
            sum = left;
            node = node.Parent;
        }

        _taken.Clear();
        return sum;
    }

    /// <summary>Lets go of everything that still waits.</summary>
    public void Clear()
    {
        foreach (var sum in _waiting.Values)
            sum.Release();
        _waiting.Clear();
        _taken.Clear();
    }

    /// <summary>left += right, element by element.</summary>
    public static void AddInto(Span<float> left, ReadOnlySpan<float> right)
    {
        var leftVectors = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rightVectors = MemoryMarshal.Cast<float, Vector<float>>(right);
        for (var i = 0; i < leftVectors.Length; i++)
            leftVectors[i] += rightVectors[i];
        for (var i = leftVectors.Length * Vector<float>.Count; i < left.Length; i++)
            left[i] += right[i];
    }
}
