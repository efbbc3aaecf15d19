using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>
/// A weight laid out once for many products of few rows, as in decoding steps. It keeps a copy, so the weight must not change while this
/// is in use. No gradients.
/// </summary>
internal sealed class PackedWeight : SafeHandle
{
    /// <param name="weight">[N, K], on the CPU; the kernels are available.</param>
    public PackedWeight(Parameter weight)
        : base(0, ownsHandle: true)
    {
        (Columns, Depth) = (weight.shape[0], weight.shape[1]);
        SetHandle(FusedKernels.NewPackedWeight(weight));
    }

    /// <summary>N.</summary>
    public long Columns { get; }

    /// <summary>K.</summary>
    public long Depth { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The layer x · Wᵀ + b: [rows, K] to [rows, N].</summary>
    public Tensor Apply(Tensor rows, Tensor? bias) => FusedKernels.PackedLinear(this, bias, rows);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        FusedKernels.FreePackedWeight(handle);
        return true;
    }
}

/// <summary>The packed weights of a network while it decodes.</summary>
internal sealed class PackedWeights : IDisposable
{
    private readonly List<PackedWeight> _weights = [];
    private readonly List<Action> _undo = [];

    /// <summary>Packs a weight.</summary>
    /// <param name="weight">[N, K].</param>
    /// <param name="use">Called with the packed weight, and with null before it is disposed of.</param>
    public void Add(Parameter weight, Action<PackedWeight?> use)
    {
        var packed = new PackedWeight(weight);
        _weights.Add(packed);
        _undo.Add(() => use(null));
        use(packed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _undo.ForEach(undo => undo());
        _weights.ForEach(weight => weight.Dispose());
        _undo.Clear();
        _weights.Clear();
    }
}
