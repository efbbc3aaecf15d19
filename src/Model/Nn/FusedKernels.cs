using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Fused CPU kernels (native/kernels), reached through tensor handles so that they serve the real TorchSharp and the bundled one
/// alike. Where the library is not built, plain layers do the same work.
/// </summary>
internal static unsafe partial class FusedKernels
{
    private const string Library = "distseq2seq_kernels";

    /// <summary>Set to <c>off</c> to run the plain layers.</summary>
    private const string Switch = "DISTSEQ2SEQ_KERNELS";

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>
    /// Set on a thread, its forward passes run the plain layers although the kernels are there: for tests that compare the two in
    /// one process. Backward follows what forward chose.
    /// </summary>
    [ThreadStatic]
    internal static bool PlainOnThisThread;

    /// <summary>Set beside <see cref="PlainOnThisThread"/>, dropout runs its kernel nevertheless, so that both draw the same masks.</summary>
    [ThreadStatic]
    internal static bool MasksOnThisThread;

    /// <summary>Whether the kernels are there and switched on.</summary>
    public static bool AreAvailable => Handle.Value != 0 && !PlainOnThisThread;

    /// <summary>What computes: the kernels with their instruction set, or plain layers.</summary>
    public static string Describe() => AreAvailable ? $"fused kernels ({Marshal.PtrToStringUTF8((nint)ds2s_kernels_isa())})" : "plain layers";

    /// <summary>Whether the kernels can work on a tensor: they are there, and it is a CPU tensor.</summary>
    public static bool Supports(Tensor tensor) => AreAvailable && tensor.device_type == DeviceType.CPU;

    /// <summary>Whether the kernel for dropout can work on a tensor.</summary>
    public static bool SupportsDropout(Tensor tensor) => Handle.Value != 0 && (!PlainOnThisThread || MasksOnThisThread) && tensor.device_type == DeviceType.CPU;

    /// <summary>One layer in one direction; see <see cref="LstmLayer.Run"/>.</summary>
    public static LayerResult Lstm(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell, bool reverse)
    {
        nint output, lastHidden, lastCell;
        fixed (long* rows = activeRows)
        {
            Check(ds2s_lstm_layer(input.Handle, rows, weights.InputWeights.Handle, weights.HiddenWeights.Handle,
                weights.InputBias.Handle, weights.HiddenBias.Handle, hidden.Handle, cell.Handle, reverse ? 1 : 0,
                &output, &lastHidden, &lastCell));
        }

        return new LayerResult(Tensor.UnsafeCreateTensor(output), Tensor.UnsafeCreateTensor(lastHidden), Tensor.UnsafeCreateTensor(lastCell));
    }

    /// <summary>One layer in one direction; see <see cref="GruLayer.Run"/>.</summary>
    public static LayerResult Gru(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse)
    {
        nint output, lastHidden;
        fixed (long* rows = activeRows)
        {
            Check(ds2s_gru_layer(input.Handle, rows, weights.InputWeights.Handle, weights.HiddenWeights.Handle,
                weights.InputBias.Handle, weights.HiddenBias.Handle, hidden.Handle, reverse ? 1 : 0, &output, &lastHidden));
        }

        return new LayerResult(Tensor.UnsafeCreateTensor(output), Tensor.UnsafeCreateTensor(lastHidden), null);
    }

    /// <summary>Output layer and cross-entropy, summed over rows; the full logits never exist.</summary>
    /// <param name="hidden">[N, H].</param>
    /// <param name="output">The output layer, to V words.</param>
    /// <param name="targets">[N].</param>
    /// <param name="labelSmoothing">Probability mass spread evenly over the vocabulary.</param>
    public static SummedLoss LinearCrossEntropy(Tensor hidden, Projection output, Tensor targets, double labelSmoothing)
    {
        nint loss;
        CrossEntropyCounts counts;
        Check(ds2s_linear_cross_entropy(hidden.Handle, output.Weight.Handle, output.Bias?.Handle ?? 0, targets.Handle,
            ignore_index: -1, labelSmoothing, &loss, &counts));
        return new SummedLoss(Tensor.UnsafeCreateTensor(loss), counts.Loss);
    }

    /// <summary>What <see cref="LinearCrossEntropy"/> finds, without a gradient: the sum in nats, and how many rows have their target's
    /// logit highest.</summary>
    public static TokenCounts CountTokens(Tensor hidden, Projection output, Tensor targets)
    {
        nint loss;
        CrossEntropyCounts counts;
        Check(ds2s_linear_cross_entropy(hidden.Handle, output.Weight.Handle, output.Bias?.Handle ?? 0, targets.Handle,
            ignore_index: -1, label_smoothing: 0, &loss, &counts));
        Tensor.UnsafeCreateTensor(loss).Dispose();
        return new TokenCounts(counts.NegativeLogLikelihood, counts.Correct);
    }

    /// <summary>Scores of additive attention, <c>vector · tanh(query + key)</c>; nothing of size T·S·H is kept.</summary>
    /// <param name="queries">[T, B, H].</param>
    /// <param name="keys">[S, B, H].</param>
    /// <param name="vector">[H].</param>
    /// <returns>[B, T, S].</returns>
    public static Tensor AdditiveScores(Tensor queries, Tensor keys, Tensor vector)
    {
        nint scores;
        Check(ds2s_additive_scores(queries.Handle, keys.Handle, vector.Handle, sourceLengths: null, &scores));
        return Tensor.UnsafeCreateTensor(scores);
    }

    /// <summary>Dropout whose mask is a function of seed and stream alone.</summary>
    /// <param name="activations">Any shape.</param>
    /// <param name="probability">Of dropping an element.</param>
    /// <param name="seed">Key of the generator.</param>
    /// <param name="stream">Another for each call with this seed.</param>
    /// <param name="period">Elements after which the mask repeats; 0 for never.</param>
    public static Tensor Dropout(Tensor activations, double probability, ulong seed, ulong stream, long period)
    {
        nint result;
        Check(ds2s_dropout(activations.Handle, probability, seed, stream, period, &result));
        return Tensor.UnsafeCreateTensor(result);
    }

    /// <summary>The vector instructions that the kernels chose on this processor, as <c>avx2</c>; null where there are no
    /// kernels.</summary>
    public static string? InstructionSet => Handle.Value == 0 ? null : Marshal.PtrToStringUTF8((nint)ds2s_kernels_isa());

    private static void Check(int status)
    {
        if (status != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8((nint)ds2s_kernels_last_error()));
    }

    private static nint Load()
    {
        if (Environment.GetEnvironmentVariable(Switch) == "off")
            return 0;
        // The kernels use the libtorch that the engine has loaded: make sure that it has.
        using (var first = zeros(1))
        {
            if (!NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so"), out var handle))
                return 0;
            NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? handle : 0);
            ds2s_kernels_keep_memory();
            return handle;
        }
    }

    [LibraryImport(Library)]
    private static partial byte* ds2s_kernels_last_error();

    [LibraryImport(Library)]
    private static partial byte* ds2s_kernels_isa();

    [LibraryImport(Library)]
    private static partial int ds2s_kernels_keep_memory();

    [LibraryImport(Library)]
    private static partial int ds2s_lstm_layer(nint x, long* batchSizes, nint wIh, nint wHh, nint bIh, nint bHh, nint h0, nint c0, int reverse,
        nint* output, nint* hn, nint* cn);

    [LibraryImport(Library)]
    private static partial int ds2s_gru_layer(nint x, long* batchSizes, nint wIh, nint wHh, nint bIh, nint bHh, nint h0, int reverse,
        nint* output, nint* hn);

    [LibraryImport(Library)]
    private static partial int ds2s_linear_cross_entropy(nint hidden, nint weight, nint bias, nint targets, long ignore_index, double label_smoothing,
        nint* lossSum, CrossEntropyCounts* counts);

    [LibraryImport(Library)]
    private static partial int ds2s_additive_scores(nint query, nint key, nint vector, long* sourceLengths, nint* scores);

    [LibraryImport(Library)]
    private static partial int ds2s_dropout(nint x, double probability, ulong seed, ulong stream, long period, nint* result);

    /// <summary><c>ds2s_cross_entropy_counts</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CrossEntropyCounts
    {
        public double Loss;
        public double NegativeLogLikelihood;
        public long Counted;
        public long Correct;
    }
}
