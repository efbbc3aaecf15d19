using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>The kinds of scores that the kernel of input feeding can compute (native/kernels/src/feeding_decoder.h).</summary>
internal abstract record KernelScores
{
    private KernelScores()
    {
    }

    /// <summary>Products of state and key.</summary>
    public sealed record Products : KernelScores;

    /// <summary>Additive scores v · tanh(W h + key).</summary>
    /// <param name="Query">W, [H, H].</param>
    /// <param name="Vector">v, [H].</param>
    public sealed record Additive(Tensor Query, Tensor Vector) : KernelScores;
}
