using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Training;

/// <summary>A flat gradient [P] with one view per parameter, which backward passes accumulate into.</summary>
/// <remarks>Tensors of a buffer belong to the training thread; <see cref="Values"/> may be read by others.</remarks>
public sealed class GradientBuffer : IDisposable
{
    private readonly Tensor _flat;
    private readonly Tensor[] _views;

    internal GradientBuffer(FlatParameters parameters)
    {
        Values = GC.AllocateArray<float>(checked((int)parameters.Layout.Count), pinned: true);
        (_flat, _views) = parameters.ViewsOf(Values);
    }

    /// <summary>The gradient, in the layout's order.</summary>
    public float[] Values { get; }

    /// <summary>Sets the gradient to zero and lets backward passes accumulate into it.</summary>
    internal void Attach(IReadOnlyList<Parameter> parameters)
    {
        Array.Clear(Values);
        for (var i = 0; i < parameters.Count; i++)
            parameters[i].grad = _views[i];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _views)
            view.Dispose();
        _flat.Dispose();
    }
}
