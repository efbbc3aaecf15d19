using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Model.Checkpoints.Compression;

/// <summary>The result of pruning a matrix.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Count">Number of weights.</param>
/// <param name="Zeros">Number of weights that are zero after pruning.</param>
public sealed record PrunedMatrix(string Name, long Count, long Zeros)
{
    /// <summary>Share of zeros, 0 to 1.</summary>
    public double Sparsity => Count == 0 ? 0 : (double)Zeros / Count;
}

/// <summary>
/// Magnitude pruning: of all weights of all matrices together, the share with the smallest magnitudes becomes zero ("class-blind",
/// See et al. 2016, "Compression of Neural Machine Translation Models via Pruning", section 3.2). Biases stay. The result can translate,
/// but has no optimizer state, so training cannot continue from it.
/// </summary>
public static class MagnitudePruning
{
    /// <summary>Prunes a checkpoint and writes the result as a standalone checkpoint folder.</summary>
    /// <param name="checkpoint">The checkpoint; its parameters are finite.</param>
    /// <param name="share">Share of the weights that become zero, above 0 and below 1.</param>
    /// <param name="output">The folder to write; it must not exist, or be empty.</param>
    /// <returns>Every matrix, in the order of the flat buffer.</returns>
    /// <exception cref="CheckpointException">The output cannot be written. Nothing was written.</exception>
    public static IReadOnlyList<PrunedMatrix> Write(LoadedCheckpoint checkpoint, double share, string output)
    {
        if (!(share is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share above 0 and below 1 is needed.");
        var values = new float[checkpoint.Layout.Count];
        checkpoint.CopyParameters(values);
        TensorSlice[] matrices = [.. checkpoint.Layout.Tensors.Where(tensor => tensor.Shape.Count >= 2)];
        Prune(values, matrices, share);
        StandaloneCheckpoint.WriteDerived(output, checkpoint, values, new JsonObject { ["prunedShare"] = share });
        return [.. matrices.Select(matrix => new PrunedMatrix(matrix.Name, matrix.Count, Of(values, matrix).Count(0f)))];
    }

    /// <summary>Sets ⌊share × weights⌋ weights to zero; of equal magnitudes, the first in the buffer become zero.</summary>
    internal static void Prune(float[] values, IReadOnlyList<TensorSlice> matrices, double share)
    {
        var magnitudes = new float[matrices.Sum(matrix => matrix.Count)];
        var filled = 0;
        foreach (var matrix in matrices)
        {
            foreach (var value in Of(values, matrix))
                magnitudes[filled++] = Math.Abs(value);
        }
        var remaining = (int)(share * magnitudes.Length);
        if (remaining == 0)
            return;
        Array.Sort(magnitudes);
        var threshold = magnitudes[remaining - 1];
        var equal = remaining - Array.FindIndex(magnitudes, magnitude => magnitude == threshold);
        foreach (var matrix in matrices)
        {
            foreach (ref var value in Of(values, matrix))
            {
                if (Math.Abs(value) < threshold || (Math.Abs(value) == threshold && equal-- > 0))
                    value = 0;
            }
        }
    }

    private static Span<float> Of(float[] values, TensorSlice tensor) => values.AsSpan((int)tensor.Offset, (int)tensor.Count);
}
