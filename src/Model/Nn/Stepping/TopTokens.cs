using DistSeq2Seq.Model.Nn.Kernels;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Stepping;

/// <summary>The likeliest tokens of each row of logits.</summary>
/// <param name="LogProbabilities">[N, count], the likeliest first.</param>
/// <param name="Tokens">[N, count].</param>
/// <param name="LogSums">[N], the logarithm of the sum of all exponentials; a logit minus this is its log probability.</param>
internal readonly record struct TopTokens(float[] LogProbabilities, long[] Tokens, float[] LogSums)
{
    /// <summary>Finds them, with the fused kernel where it is built.</summary>
    /// <param name="logits">[N, V], N at least 1.</param>
    /// <param name="count">From 1 to V.</param>
    public static TopTokens Of(Tensor logits, int count)
    {
        var (values, tokens, logSums) = FusedKernels.Supports(logits) ? Fused(logits, count) : Plain(logits, count);
        for (var i = 0; i < values.Length; i++)
            values[i] -= logSums[i / count];
        return new TopTokens(values, tokens, logSums);
    }

    /// <summary>Log probabilities of one token of each row.</summary>
    /// <param name="logits">Logits of these tokens, [N, 1].</param>
    public float[] LogProbabilitiesOf(Tensor logits)
    {
        var values = logits.contiguous().data<float>().ToArray();
        for (var row = 0; row < values.Length; row++)
            values[row] -= LogSums[row];
        return values;
    }

    private static (float[] Values, long[] Tokens, float[] LogSums) Fused(Tensor logits, int count)
    {
        var rows = (int)logits.shape[0];
        var (values, tokens, logSums) = (new float[rows * count], new long[rows * count], new float[rows]);
        FusedKernels.TopLogits(logits, values, tokens, logSums);
        return (values, tokens, logSums);
    }

    private static (float[] Values, long[] Tokens, float[] LogSums) Plain(Tensor logits, int count)
    {
        using var scope = NewDisposeScope();
        var (values, tokens) = logits.topk(count, 1);
        return (values.data<float>().ToArray(), tokens.data<long>().ToArray(), logits.logsumexp(1).data<float>().ToArray());
    }
}
