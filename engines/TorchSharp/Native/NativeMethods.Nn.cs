using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/nn.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_linear(Tensor input, Tensor weight, Tensor? bias);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_dropout(Tensor input, double p, Flag training, Flag inPlace);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_embedding(
        Tensor weight, Tensor indexes, long padding, Flag scaleByFrequency, Flag sparse);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_one_hot(Tensor input, long classes);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_cross_entropy(
        Tensor input, Tensor target, Tensor? weight, long ignoreIndex, long reduction, double labelSmoothing);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_nll_loss(Tensor input, Tensor target, Tensor? weight, long reduction);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_orthogonal(Tensor flattened);

    [LibraryImport(Library)]
    internal static partial Status dsq_lstm(
        Tensor input, Tensor? batchSizes, Tensor h0, Tensor c0, nint[] parameters, int parameterCount, Flag hasBiases,
        long layers, double dropout, Flag training, Flag bidirectional, Flag batchFirst, out Tensor output,
        out Tensor hn, out Tensor cn);

    [LibraryImport(Library)]
    internal static partial Status dsq_gru(
        Tensor input, Tensor? batchSizes, Tensor h0, nint[] parameters, int parameterCount, Flag hasBiases, long layers,
        double dropout, Flag training, Flag bidirectional, Flag batchFirst, out Tensor output, out Tensor hn);

    [LibraryImport(Library)]
    internal static partial Status dsq_flatten_rnn(
        nint[] parameters, int count, long perLayer, long inputSize, long mode, long hiddenSize, long layers,
        Flag batchFirst, Flag bidirectional);

    [LibraryImport(Library)]
    internal static partial Status dsq_pack_padded(
        Tensor input, Tensor lengths, Flag batchFirst, Flag enforceSorted, out Tensor data, out Tensor batchSizes,
        out Tensor sortedIndexes, out Tensor unsortedIndexes);

    [LibraryImport(Library)]
    internal static partial Status dsq_pad_packed(
        Tensor data, Tensor batchSizes, Tensor? unsortedIndexes, Flag batchFirst, double padding, long totalLength,
        out Tensor padded, out Tensor lengths);
}
