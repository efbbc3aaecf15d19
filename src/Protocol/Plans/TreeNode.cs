namespace DistSeq2Seq.Protocol.Plans;

/// <summary>
/// A node of the fixed binary summation tree over the micro-batches of a step: it covers micro-batches
/// [<c>Index · 2^Level</c>, <c>(Index + 1) · 2^Level</c>), cut off at the number of micro-batches.
/// </summary>
/// <param name="Level">0 for a single micro-batch.</param>
/// <param name="Index">Position among the nodes of the level.</param>
public readonly record struct TreeNode(int Level, int Index)
{
    /// <summary>First micro-batch covered.</summary>
    public int First => Index << Level;

    /// <summary>One past the last micro-batch covered; it may lie beyond the end of the batch.</summary>
    public int End => (Index + 1) << Level;

    /// <summary>Whether this node is the left summand of its parent.</summary>
    public bool IsLeft => (Index & 1) == 0;

    /// <summary>The other summand of the parent.</summary>
    public TreeNode Sibling => new(Level, Index ^ 1);

    /// <summary>The sum of this node and its sibling.</summary>
    public TreeNode Parent => new(Level + 1, Index >> 1);

    /// <inheritdoc/>
    public override string ToString() => $"micro-batches {First} to {End - 1}";
}

/// <summary>The summation tree of a step with a given number of micro-batches.</summary>
/// <param name="MicroBatches">M, at least 1.</param>
/// <remarks>
/// When M is no power of two, a left node whose sibling would begin at or after M is its own parent: it rises unchanged. The
/// order of additions therefore depends on M alone, never on which worker computed which micro-batch.
/// </remarks>
public readonly record struct SummationTree(int MicroBatches)
{
    /// <summary>The node that covers all micro-batches.</summary>
    public TreeNode Root => new(System.Numerics.BitOperations.Log2((uint)MicroBatches - 1) + (MicroBatches > 1 ? 1 : 0), 0);

    /// <summary>Whether the parent's sum is this node's sum, because the sibling lies beyond the last micro-batch.</summary>
    public bool RisesAlone(TreeNode node) => node.IsLeft && node.Sibling.First >= MicroBatches && node != Root;

    /// <summary>Whether the node covers at least one micro-batch of this tree.</summary>
    /// <remarks>Safe for nodes from the network: it compares indices, because shifting a hostile index would overflow.</remarks>
    public bool Contains(TreeNode node) =>
        node.Level >= 0 && node.Level <= Root.Level && node.Index >= 0 && node.Index <= (MicroBatches - 1) >> node.Level;

    /// <summary>The largest aligned nodes that together cover micro-batches [first, end), from left to right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the tree.</exception>
    public IReadOnlyList<TreeNode> Cover(int first, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, MicroBatches);
        var nodes = new List<TreeNode>();
        while (first < end)
        {
            var node = new TreeNode(0, first);
            while (node.IsLeft && node != Root && Math.Min(node.Parent.End, MicroBatches) <= end)
                node = node.Parent;
            nodes.Add(node);
            first = node.End;
        }

        return nodes;
    }
}
