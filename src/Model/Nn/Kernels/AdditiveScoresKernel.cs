using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>
/// Scores of additive attention, <c>vector · tanh(query + key)</c>; nothing of size T·S·H is kept. Arguments: queries [T, B, H], keys
/// [S, B, H], vector [H]. Result: [B, T, S].
/// </summary>
internal sealed unsafe partial class AdditiveScoresKernel : Kernel
{
    private const int Query = 0, Key = 1, Vector = 2;

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved)
    {
        using var memory = new TensorMemory();
        var problem = Of(memory, arguments);
        var scores = memory.New(out var to, problem.Batch, problem.Targets, problem.Sources);
        FusedKernels.Check(ds2s_additive_scores_forward(&problem, to));
        saved?.AddRange(arguments);
        return [scores];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
        IReadOnlyList<bool> wanted)
    {
        using var memory = new TensorMemory();
        var problem = Of(memory, saved);
        var query = memory.New(out var toQuery, problem.Targets, problem.Batch, problem.Width);
        var key = memory.New(out var toKey, problem.Sources, problem.Batch, problem.Width);
        var vector = memory.New(out var toVector, problem.Width);
        var scores = memory.Floats("the scores' gradient", gradients[0], problem.Batch, problem.Targets, problem.Sources);
        FusedKernels.Check(ds2s_additive_scores_backward(&problem, scores, toQuery, toKey, toVector));
        return [query, key, vector];
    }

    private static Problem Of(TensorMemory memory, IReadOnlyList<Tensor> tensors)
    {
        var shape = tensors[Query].shape;
        var sources = tensors[Key].shape[0];
        return new Problem
        {
            Targets = shape[0],
            Sources = sources,
            Batch = shape[1],
            Width = shape[2],
            Query = memory.Floats("the queries", tensors[Query], shape),
            Key = memory.Floats("the keys", tensors[Key], sources, shape[1], shape[2]),
            Vector = memory.Floats("the scores' vector", tensors[Vector], shape[2]),
        };
    }

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_additive_scores_forward(Problem* problem, float* scores);

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_additive_scores_backward(Problem* problem, float* scores, float* query, float* key, float* vector);

    /// <summary><c>ds2s_additive_scores</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Problem
    {
        public long Targets;
        public long Sources;
        public long Batch;
        public long Width;
        public float* Query;
        public float* Key;
        public float* Vector;
        public long* SourceLengths; // null: the caller masks
    }
}
