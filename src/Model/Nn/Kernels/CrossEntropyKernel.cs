using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary><c>ds2s_cross_entropy_counts</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CrossEntropyCounts
{
    public double Loss;
    public double NegativeLogLikelihood;
    public long Counted;
    public long Correct;
}

/// <summary>
/// the layer has one, bias [V]. Result: the sum, a scalar. Its gradients are computed in the forward pass, while a slice's logits are in
/// memory.
/// there.
/// </summary>
/// <param name="targets">[N], 64-bit integers.</param>
/// <param name="labelSmoothing">Probability mass spread evenly over the vocabulary.</param>
internal sealed unsafe partial class CrossEntropyKernel(Tensor targets, double labelSmoothing) : Kernel
{
    private const int HiddenStates = 0, Weight = 1, Bias = 2;

    /// <summary>The target that the kernel skips. No target has this value, so every row counts.</summary>
    private const long Ignored = -1;

    private CrossEntropyCounts _counts;

    /// <summary>What the forward pass counted.</summary>
    public CrossEntropyCounts Counts => _counts;

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved)
    {
        using var memory = new TensorMemory();
        long rows = arguments[HiddenStates].shape[0], classes = arguments[Weight].shape[0], width = arguments[Weight].shape[1];
        var problem = new Problem
        {
            Rows = rows,
            Width = width,
            Classes = classes,
            Hidden = memory.Floats("the output layer's input", arguments[HiddenStates], rows, width),
            Weight = memory.Floats("the output layer's weight", arguments[Weight], classes, width),
            Bias = arguments.Count > Bias ? memory.Floats("the output layer's bias", arguments[Bias], classes) : null,
            Targets = memory.Integers("the targets", targets, rows),
            IgnoreIndex = Ignored,
            LabelSmoothing = labelSmoothing,
        };
        float* hidden = null, weight = null, bias = null;
        if (saved is not null)
        {
            // An empty tensor stands for a gradient that is not wanted.
            saved.Add(memory.New(out hidden, arguments[HiddenStates].requires_grad ? [rows, width] : [0]));
            saved.Add(memory.New(out weight, arguments[Weight].requires_grad ? [classes, width] : [0]));
            if (arguments.Count > Bias)
                saved.Add(memory.New(out bias, arguments[Bias].requires_grad ? [classes] : [0]));
        }

        fixed (CrossEntropyCounts* counts = &_counts)
            FusedKernels.Check(ds2s_linear_cross_entropy(&problem, counts, hidden, weight, bias));
        return [tensor((float)_counts.Loss)];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
        IReadOnlyList<bool> wanted)
    {
        using var memory = new TensorMemory();
        var isOne = *memory.Floats("the loss's gradient", gradients[0]) == 1;
        return [.. saved.Select((gradient, i) => !wanted[i] ? null : isOne ? gradient : gradient.mul(gradients[0]))];
    }

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_linear_cross_entropy(Problem* problem, CrossEntropyCounts* counts, float* hidden, float* weight,
        float* bias);

    /// <summary><c>ds2s_cross_entropy</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Problem
    {
        public long Rows;
        public long Width;
        public long Classes;
        public float* Hidden;
        public float* Weight;
        public float* Bias;
        public long* Targets;
        public long IgnoreIndex;
        public double LabelSmoothing;
    }
}
