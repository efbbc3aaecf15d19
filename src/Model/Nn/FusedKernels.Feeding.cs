using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>What an attention is made of, for a kernel that runs it within a loop over time.</summary>
/// <param name="Memory">The source.</param>
/// <param name="Query">Weight of the query's map [H, H] for additive scores; null where scores are products of state and key.</param>
/// <param name="Vector">v of additive scores, [H]; null as <paramref name="Query"/>.</param>
/// <param name="Combine">[H, E + H].</param>
internal readonly record struct AttentionParts(AttentionMemory Memory, Tensor? Query, Tensor? Vector, Tensor Combine);

internal static unsafe partial class FusedKernels
{
    private const int TensorsOfALayer = 6;

    /// <summary>A stacked LSTM decoder with attention and input feeding over all steps.</summary>
    /// <param name="embedded">[T, B, I].</param>
    /// <param name="layers">The stack, of one direction.</param>
    /// <param name="state">First states; what is fed at first is taken for zeros.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="layerMasks">Dropout of what goes into the layers above the first, [layers - 1, T, B, H]; null for none.</param>
    /// <param name="featuresMask">Dropout of the attentional states, [T, B, H]; null for none.</param>
    /// <param name="residual">Whether what goes into a layer above the first is added to what comes out.</param>
    /// <returns>Attentional states after dropout, [T, B, H].</returns>
    public static Tensor FeedingDecoder(Tensor embedded, IReadOnlyList<LayerWeights> layers, DecoderState state, AttentionParts attention,
        Tensor? layerMasks, Tensor? featuresMask, bool residual)
    {
        var handles = new nint[TensorsOfALayer * layers.Count];
        for (var layer = 0; layer < layers.Count; layer++)
        {
            var weights = layers[layer];
            Tensor[] tensors =
                [weights.InputWeights, weights.HiddenWeights, weights.InputBias, weights.HiddenBias, state.Hidden[layer], state.Cell[layer]];
            for (var i = 0; i < tensors.Length; i++)
                handles[(layer * TensorsOfALayer) + i] = tensors[i].Handle;
        }

        using var keys = attention.Memory.Keys.transpose(0, 1); // [S, B, H]
        using var values = attention.Memory.Values.transpose(0, 1); // [S, B, E]
        nint features;
        fixed (nint* first = handles)
        {
            var arguments = new FeedingDecoderArguments
            {
                Embedded = embedded.Handle,
                Layers = first,
                LayerCount = layers.Count,
                Keys = keys.Handle,
                Values = values.Handle,
                Padding = attention.Memory.Padding.Handle,
                Query = attention.Query?.Handle ?? 0,
                Vector = attention.Vector?.Handle ?? 0,
                Combine = attention.Combine.Handle,
                LayerMasks = layerMasks?.Handle ?? 0,
                FeaturesMask = featuresMask?.Handle ?? 0,
                Residual = residual ? 1 : 0,
            };
            Check(ds2s_feeding_decoder(&arguments, &features));
        }

        return Tensor.UnsafeCreateTensor(features);
    }

    [LibraryImport(Library)]
    private static partial int ds2s_feeding_decoder(FeedingDecoderArguments* arguments, nint* features);

    /// <summary><c>ds2s_feeding_decoder_arguments</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FeedingDecoderArguments
    {
        public nint Embedded;
        public nint* Layers;
        public long LayerCount;
        public nint Keys;
        public nint Values;
        public nint Padding;
        public nint Query;
        public nint Vector;
        public nint Combine;
        public nint LayerMasks;
        public nint FeaturesMask;
        public int Residual;
    }
}
