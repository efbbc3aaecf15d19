using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Cuts a graph into stages whose backward passes run one by one, the last stage of the network first. The gradients of a stage's
/// parameters are final when the next stage begins, so they may be sent to other workers meanwhile.
/// </summary>
internal sealed class StagedGraph
{
    private readonly List<(Tensor Whole, Tensor Leaf)> _cuts = [];

    /// <summary>Ends a stage at a tensor: what is computed from the result belongs to the stages after it.</summary>
    /// <returns>The same values; gradients stop there until <see cref="Backward"/>.</returns>
    public Tensor Cut(Tensor tensor)
    {
        if (!tensor.requires_grad)
            return tensor;
        var leaf = tensor.detach().requires_grad_();
        _cuts.Add((tensor, leaf));
        return leaf;
    }

    /// <summary>The same for several tensors.</summary>
    public Tensor[] Cut(Tensor[] tensors) => [.. tensors.Select(Cut)];

    /// <summary>How many cuts there are.</summary>
    public int Count => _cuts.Count;

    /// <summary>Runs backward from a tensor.</summary>
    /// <param name="root">A scalar.</param>
    /// <exception cref="InvalidOperationException">A kernel failed on the way.</exception>
    public static void Backward(Tensor root)
    {
        root.backward();
        Kernel.ThrowFailure();
    }

    /// <summary>Runs backward from cuts, from the gradients that later stages have left at them.</summary>
    /// <param name="first">First cut.</param>
    /// <param name="end">One past the last.</param>
    public void Backward(int first, int end)
    {
        Tensor? root = null;
        foreach (var (whole, leaf) in _cuts[first..end])
        {
            if (leaf.grad is not { } gradient)
                continue; // no later stage used it
            // The derivative of this product is the gradient itself, times 1. So one root serves all cuts, without rounding.
            var part = (whole * gradient).sum();
            root = root is null ? part : root.Plus(part);
        }

        if (root is not null)
            Backward(root);
    }
}
