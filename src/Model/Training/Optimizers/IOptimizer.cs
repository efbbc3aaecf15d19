namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>Changes flat parameters by a flat gradient, element by element, so that every replica gets the same bits.</summary>
public interface IOptimizer
{
    /// <summary>
    /// Names of the state buffers (PyTorch's) in ordinal order, which is also the order in checkpoints and of <see cref="Slots"/>.
    /// </summary>
    IReadOnlyList<string> SlotNames { get; }

    /// <summary>State buffers, each as long as the parameters.</summary>
    IReadOnlyList<float[]> Slots { get; }

    /// <summary>Sets the state to its value before the first step: zeros, unless an optimizer has other initial values.</summary>
    void Reset()
    {
        foreach (var slot in Slots)
            Array.Clear(slot);
    }

    /// <summary>Takes one step.</summary>
    /// <param name="parameters">[P], changed in place.</param>
    /// <param name="gradient">[P].</param>
    /// <param name="scale">Factor of each element of the gradient, applied first.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="step">Number of this update, the first is 1; skipped steps do not count.</param>
    void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step);
}
