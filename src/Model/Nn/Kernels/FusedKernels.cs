using System.Reflection;
using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn.Attention;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>
/// Fused CPU kernels (native/kernels): C functions over the memory of tensors, which multiply matrices by the BLAS that libtorch has
/// loaded. Where the library is not built, plain layers do the same work.
/// </summary>
internal static unsafe partial class FusedKernels
{
    /// <summary>The native library's name.</summary>
    internal const string Library = "distseq2seq_kernels";

    /// <summary>Set to <c>off</c> to run the plain layers.</summary>
    private const string Switch = "DISTSEQ2SEQ_KERNELS";

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>
    /// If true, forward passes on this thread run the plain layers although the kernels are available, for tests that compare the two in
    /// one process. Backward follows what forward chose.
    /// </summary>
    [ThreadStatic]
    internal static bool PlainOnThisThread;

    /// <summary>
    /// If true beside <see cref="PlainOnThisThread"/>, dropout still runs its kernel, so that both draw the same masks.
    /// </summary>
    [ThreadStatic]
    internal static bool MasksOnThisThread;

    /// <summary>Whether the kernels are built and switched on.</summary>
    public static bool AreAvailable => Handle.Value != 0 && !PlainOnThisThread;

    /// <summary>The implementation in use: the kernels with their instruction set, or plain layers.</summary>
    public static string Describe() => AreAvailable ? $"fused kernels ({InstructionSet})" : "plain layers";

    /// <summary>Whether the kernels can work on a tensor: they are available, and it is a CPU tensor.</summary>
    public static bool Supports(Tensor tensor) => AreAvailable && tensor.device_type == DeviceType.CPU;

    /// <summary>Whether the kernel for dropout can work on a tensor.</summary>
    public static bool SupportsDropout(Tensor tensor) => Handle.Value != 0 && (!PlainOnThisThread || MasksOnThisThread)
        && tensor.device_type == DeviceType.CPU;

    /// <summary>The vector instructions that the kernels chose on this processor, as <c>avx2</c>; null where there are no
    /// kernels.</summary>
    public static string? InstructionSet => Handle.Value == 0 ? null : Marshal.PtrToStringUTF8((nint)ds2s_kernels_isa());

    /// <summary>One layer in one direction; see <see cref="LstmLayer.Run"/>.</summary>
    public static LayerResult Lstm(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell, bool reverse)
    {
        var results = Kernel.Run(new RecurrentKernel(new(activeRows, reverse), isLstm: true),
            input, weights.InputWeights, weights.HiddenWeights, weights.InputBias, weights.HiddenBias, hidden, cell);
        return new LayerResult(results[0], results[1], results[2]);
    }

    /// <summary>One layer in one direction; see <see cref="GruLayer.Run"/>.</summary>
    public static LayerResult Gru(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse)
    {
        var results = Kernel.Run(new RecurrentKernel(new(activeRows, reverse), isLstm: false),
            input, weights.InputWeights, weights.HiddenWeights, weights.InputBias, weights.HiddenBias, hidden);
        return new LayerResult(results[0], results[1], null);
    }

    /// <summary>Output layer and cross-entropy, summed over rows; the full logits never exist.</summary>
    /// <param name="hidden">[N, H].</param>
    /// <param name="output">The output layer, to V words.</param>
    /// <param name="targets">[N].</param>
    /// <param name="labelSmoothing">Probability mass spread evenly over the vocabulary.</param>
    public static SummedLoss LinearCrossEntropy(Tensor hidden, Projection output, Tensor targets, double labelSmoothing)
    {
        var (loss, counts) = CrossEntropy(hidden, output, targets, labelSmoothing);
        return new SummedLoss(loss, counts.Loss);
    }

    /// <summary>
    /// The sum of <see cref="LinearCrossEntropy"/> in nats, without smoothing and gradient, and the number of rows in which the target
    /// has the highest logit.
    /// </summary>
    public static TokenCounts CountTokens(Tensor hidden, Projection output, Tensor targets)
    {
        var (loss, counts) = CrossEntropy(hidden, output, targets, labelSmoothing: 0);
        loss.Dispose();
        return new TokenCounts(counts.NegativeLogLikelihood, counts.Correct);
    }

    /// <summary>Scores of additive attention, <c>vector · tanh(query + key)</c>; nothing of size T·S·H is kept.</summary>
    /// <param name="queries">[T, B, H].</param>
    /// <param name="keys">[S, B, H].</param>
    /// <param name="vector">[H].</param>
    /// <returns>[B, T, S].</returns>
    public static Tensor AdditiveScores(Tensor queries, Tensor keys, Tensor vector) => Kernel.Run(new AdditiveScoresKernel(), queries,
        keys, vector)[0];

    /// <summary>Dropout whose mask is a function of seed and stream alone.</summary>
    /// <param name="activations">Any shape.</param>
    /// <param name="probability">Probability of dropping an element.</param>
    /// <param name="seed">Key of the generator.</param>
    /// <param name="stream">Number that differs between calls with the same seed.</param>
    /// <param name="period">Elements after which the mask repeats; 0 for never.</param>
    public static Tensor Dropout(Tensor activations, double probability, ulong seed, ulong stream, long period) =>
        Kernel.Run(new DropoutKernel(probability, seed, stream, period), activations)[0];

    /// <summary>A stacked LSTM decoder with attention and input feeding over all steps.</summary>
    /// <param name="embedded">[T, B, I].</param>
    /// <param name="layers">The stack, of one direction.</param>
    /// <param name="state">First states; the first fed state is taken as zeros.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="layerMasks">Dropout of what goes into the layers above the first, [layers - 1, T, B, H]; null for none.</param>
    /// <param name="featuresMask">Dropout of the attentional states, [T, B, H]; null for none.</param>
    /// <param name="residual">Whether what goes into a layer above the first is added to what comes out.</param>
    /// <returns>Attentional states after dropout, [T, B, H].</returns>
    public static Tensor FeedingDecoder(Tensor embedded, IReadOnlyList<LayerWeights> layers, DecoderState state, AttentionParts attention,
        Tensor? layerMasks, Tensor? featuresMask, bool residual)
    {
        var memory = attention.Memory;
        List<Tensor> arguments = [embedded, memory.Keys.transpose(0, 1), memory.Values.transpose(0, 1), attention.Combine];
        for (var layer = 0; layer < layers.Count; layer++)
        {
            var weights = layers[layer];
            arguments.AddRange([weights.InputWeights, weights.HiddenWeights, weights.InputBias, weights.HiddenBias, state.Hidden[layer],
                state.Cell[layer]]);
        }

        var additive = attention.Scores as KernelScores.Additive;
        if (additive is var (query, vector))
            arguments.AddRange([query, vector]);
        var options = new FeedingOptions(memory.Padding, layerMasks, featuresMask, residual);
        return Kernel.Run(new FeedingDecoderKernel(options, layers.Count, additive is not null), [.. arguments])[0];
    }

    /// <summary>Throws where a function of the library has failed.</summary>
    /// <param name="status">The function's return value.</param>
    /// <exception cref="ExternalException">It is not 0; the message is the library's.</exception>
    internal static void Check(int status)
    {
        if (status != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8((nint)ds2s_kernels_last_error()));
    }

    private static (Tensor Loss, CrossEntropyCounts Counts) CrossEntropy(Tensor hidden, Projection output, Tensor targets,
        double labelSmoothing)
    {
        var kernel = new CrossEntropyKernel(targets, labelSmoothing);
        var loss = output.Bias is { } bias ? Kernel.Run(kernel, hidden, output.Weight, bias) : Kernel.Run(kernel, hidden, output.Weight);
        return (loss[0], kernel.Counts);
    }

    private static nint Load()
    {
        if (Environment.GetEnvironmentVariable(Switch) == "off"
            || MathLibrary.MatrixProduct is not { } product
            || !NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so"), out var handle))
            return 0;
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? handle : 0);
        ds2s_kernels_use_sgemm(product);
        ds2s_kernels_keep_memory();
        return handle;
    }

    [LibraryImport(Library)]
    private static partial byte* ds2s_kernels_last_error();

    [LibraryImport(Library)]
    private static partial byte* ds2s_kernels_isa();

    [LibraryImport(Library)]
    private static partial int ds2s_kernels_keep_memory();

    [LibraryImport(Library)]
    private static partial void ds2s_kernels_use_sgemm(nint sgemm);
}
