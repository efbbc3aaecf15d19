using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>Likelihood of given translations under a model.</summary>
/// <param name="TotalLoss">Negative log-likelihood of all target tokens, in nats.</param>
/// <param name="Tokens">Target tokens, each sentence's end token included.</param>
/// <param name="Correct">Target tokens that were the most probable, given the true tokens before.</param>
/// <param name="Unknown">Target tokens that are not in the vocabulary; they count as the unknown token.</param>
public sealed record ReferenceLikelihood(double TotalLoss, long Tokens, long Correct, long Unknown)
{
    /// <summary>Mean negative log-likelihood per target token, in nats; not a number without target tokens.</summary>
    public double Loss => TotalLoss / Tokens;

    /// <summary>e to the power of the loss.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>Share of target tokens predicted right, 0 to 1.</summary>
    public double TokenAccuracy => (double)Correct / Tokens;
}

/// <summary>
/// Scores given translations under teacher forcing: each token is predicted from the source and the true tokens before it. Without
/// dropout and label smoothing.
/// </summary>
public static class TeacherForcing
{
    /// <summary>Largest number of sentences times the longest side of a piece, padding included; it bounds memory.</summary>
    private const long MaxPiecePositions = 4096;

    /// <summary>Scores sentence pairs in pieces of like length, in an order that depends on nothing but the pairs.</summary>
    /// <param name="model">The model; the caller disposes of it.</param>
    /// <param name="sources">A sentence each.</param>
    /// <param name="targets">The translation of each.</param>
    /// <param name="cancellation">Stops the work between two pieces.</param>
    /// <exception cref="DataException">There are not as many targets as sources.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ReferenceLikelihood Score(
        TranslationModel model, IReadOnlyList<string> sources, IReadOnlyList<string> targets, CancellationToken cancellation = default)
    {
        if (sources.Count != targets.Count)
            throw new DataException($"{sources.Count} sources but {targets.Count} targets; each sentence needs its translation");

        (int[] Source, int[] Target)[] pairs =
        [
            .. sources.Zip(targets, (source, target) => (Source: model.Source.Encode(source), Target: model.Target.Encode(target)))
                .OrderByDescending(pair => pair.Source.Length)
                .ThenByDescending(pair => pair.Target.Length),
        ];
        var arrays = new MicroBatchArrays();
        var total = new ReferenceLikelihood(0, 0, 0, pairs.Sum(pair => pair.Target.LongCount(id => id == Vocabulary.Unknown)));
        for (var (start, end) = (0, 0); start < pairs.Length; start = end)
        {
            cancellation.ThrowIfCancellationRequested();
            end = EndOfPiece(pairs, start);
            var piece = pairs[start..end];
            arrays.FillPairs([.. piece.Select(pair => pair.Source)], [.. piece.Select(pair => pair.Target)]);
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var counts = model.Network.Count(arrays);
            total = total with
            {
                TotalLoss = total.TotalLoss + counts.Loss,
                Tokens = total.Tokens + arrays.TargetTokens,
                Correct = total.Correct + counts.Correct,
            };
        }

        return total;
    }

    private static int EndOfPiece((int[] Source, int[] Target)[] pairs, int start)
    {
        var longest = 0L;
        for (var i = start; i < pairs.Length; i++)
        {
            longest = Math.Max(longest, Math.Max(pairs[i].Source.Length, pairs[i].Target.Length) + 1L);
            if (i > start && (i - start + 1) * longest > MaxPiecePositions)
                return i;
        }

        return pairs.Length;
    }
}
