using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>Inputs of a decoder with input feeding that get no gradient.</summary>
/// <param name="Padding">[B, S], true where a source has ended.</param>
/// <param name="LayerMasks">Dropout of what goes into the layers above the first, [layers - 1, T, B, H]; null for none.</param>
/// <param name="FeaturesMask">Dropout of the attentional states, [T, B, H]; null for none.</param>
/// <param name="Residual">Whether what goes into a layer above the first is added to what comes out.</param>
internal readonly record struct FeedingOptions(Tensor Padding, Tensor? LayerMasks, Tensor? FeaturesMask, bool Residual);

/// <summary>
/// A stacked LSTM decoder with attention and input feeding over all steps. Arguments: words [T, B, I], keys [S, B, H], values [S, B, E],
/// combine [H, E + H]; for each layer both weights, both biases and first hidden and cell states; with additive scores the query's
/// weight [H, H] and the vector [H]. Result: attentional states after dropout, [T, B, H].
/// </summary>
/// <param name="options">Masks and kinds.</param>
/// <param name="layerCount">Layers.</param>
/// <param name="isAdditive">Kind of scores.</param>
internal sealed unsafe partial class FeedingDecoderKernel(FeedingOptions options, int layerCount, bool isAdditive) : Kernel
{
    private const int Embedded = 0, Keys = 1, Values = 2, Combine = 3, FirstLayer = 4, TensorsOfALayer = 6;

    private const int Gates = 4;

    private int Query => FirstLayer + (TensorsOfALayer * layerCount);

    private int Vector => Query + 1;

    private int ArgumentCount => Query + (isAdditive ? 2 : 0);

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved)
    {
        using var memory = new TensorMemory();
        var layers = new Layer[layerCount];
        var lengths = Lengths(memory, arguments[Embedded].shape[1], arguments[Keys].shape[0]);
        fixed (Layer* first = layers)
        fixed (long* length = lengths)
        {
            var problem = Of(memory, arguments, layers);
            problem.Layers = first;
            problem.Lengths = length;
            var features = memory.New(out var toFeatures, problem.Steps, problem.Batch, problem.Hidden);
            saved?.AddRange(arguments);
            saved?.Add(features.detach());
            var kept = NewSaved(memory, saved, saved is null ? 0 : ds2s_feeding_kept(&problem));
            FusedKernels.Check(ds2s_feeding_forward(&problem, toFeatures, kept));
            return [features];
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
        IReadOnlyList<bool> wanted)
    {
        using var memory = new TensorMemory();
        var layers = new Layer[layerCount];
        var layerGradients = new Layer[layerCount]; // the same pointers, to write to
        var lengths = Lengths(memory, saved[Embedded].shape[1], saved[Keys].shape[0]);
        var found = new Tensor?[ArgumentCount];
        var addresses = new nint[ArgumentCount];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = memory.New(out var to, saved[i].shape);
            addresses[i] = (nint)to;
        }

        for (var layer = 0; layer < layerCount; layer++)
            layerGradients[layer] = new Layer(addresses.AsSpan(FirstLayer + (layer * TensorsOfALayer), TensorsOfALayer));
        fixed (Layer* first = layers, firstGradients = layerGradients)
        fixed (long* length = lengths)
        {
            var problem = Of(memory, saved, layers);
            problem.Layers = first;
            problem.Lengths = length;
            var results = new Gradients
            {
                Layers = firstGradients,
                Embedded = (float*)addresses[Embedded],
                Keys = (float*)addresses[Keys],
                Values = (float*)addresses[Values],
                Combine = (float*)addresses[Combine],
                Query = isAdditive ? (float*)addresses[Query] : null,
                Vector = isAdditive ? (float*)addresses[Vector] : null,
            };
            var features = memory.Floats("the features", saved[ArgumentCount], problem.Steps, problem.Batch, problem.Hidden);
            var kept = memory.Floats("what forward left", saved[ArgumentCount + 1], ds2s_feeding_kept(&problem));
            var fromFeatures = memory.Floats("the features' gradient", gradients[0], problem.Steps, problem.Batch, problem.Hidden);
            FusedKernels.Check(ds2s_feeding_backward(&problem, features, kept, fromFeatures, &results));
        }

        return found;
    }

    /// <summary>The kernel's problem, without its pointers to arrays.</summary>
    /// <param name="memory">Holds the tensors.</param>
    /// <param name="tensors">The arguments, in their order.</param>
    /// <param name="layers">Filled.</param>
    private Problem Of(TensorMemory memory, IReadOnlyList<Tensor> tensors, Layer[] layers)
    {
        long steps = tensors[Embedded].shape[0], batch = tensors[Embedded].shape[1], inputs = tensors[Embedded].shape[2];
        long sources = tensors[Keys].shape[0], hidden = tensors[Keys].shape[2], width = tensors[Values].shape[2];
        for (var layer = 0; layer < layers.Length; layer++)
        {
            var at = FirstLayer + (layer * TensorsOfALayer);
            var name = $"layer {layer}'s";
            layers[layer] = new Layer(
            [
                (nint)memory.Floats($"{name} input weight", tensors[at], Gates * hidden, hidden + (layer == 0 ? inputs : 0)),
                (nint)memory.Floats($"{name} state weight", tensors[at + 1], Gates * hidden, hidden),
                (nint)memory.Floats($"{name} input bias", tensors[at + 2], Gates * hidden),
                (nint)memory.Floats($"{name} state bias", tensors[at + 3], Gates * hidden),
                (nint)memory.Floats($"{name} first hidden state", tensors[at + 4], batch, hidden),
                (nint)memory.Floats($"{name} first cell state", tensors[at + 5], batch, hidden),
            ]);
        }

        return new Problem
        {
            Steps = steps,
            Batch = batch,
            Sources = sources,
            Inputs = inputs,
            Hidden = hidden,
            ValuesWidth = width,
            LayerCount = layers.Length,
            Embedded = memory.Floats("the words", tensors[Embedded], steps, batch, inputs),
            Keys = memory.Floats("the keys", tensors[Keys], sources, batch, hidden),
            Values = memory.Floats("the values", tensors[Values], sources, batch, width),
            Query = isAdditive ? memory.Floats("the query's weight", tensors[Query], hidden, hidden) : null,
            Vector = isAdditive ? memory.Floats("the scores' vector", tensors[Vector], hidden) : null,
            Combine = memory.Floats("the combining weight", tensors[Combine], hidden, width + hidden),
            LayerMasks = options.LayerMasks is { } masks ? memory.Floats("the layers' masks", masks, layers.Length - 1, steps, batch,
                hidden) : null,
            FeaturesMask = options.FeaturesMask is { } mask ? memory.Floats("the features' mask", mask, steps, batch, hidden) : null,
            Residual = options.Residual ? 1 : 0,
        };
    }

    /// <summary>Source positions of each sentence, [B].</summary>
    private long[] Lengths(TensorMemory memory, long batch, long sources)
    {
        var ended = memory.Flags("the padding", options.Padding, batch, sources);
        var lengths = new long[batch];
        for (var row = 0L; row < batch; row++)
        {
            while (lengths[row] < sources && !ended[(row * sources) + lengths[row]])
                lengths[row]++;
        }

        return lengths;
    }

    [LibraryImport(FusedKernels.Library)]
    private static partial long ds2s_feeding_kept(Problem* decoder);

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_feeding_forward(Problem* decoder, float* features, float* kept);

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_feeding_backward(Problem* decoder, float* features, float* kept, float* featuresGradient,
        Gradients* gradients);

    /// <summary><c>ds2s_feeding_layer</c> and <c>ds2s_feeding_layer_gradients</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Layer(ReadOnlySpan<nint> addresses)
    {
        public readonly nint InputWeights = addresses[0];
        public readonly nint HiddenWeights = addresses[1];
        public readonly nint InputBias = addresses[2];
        public readonly nint HiddenBias = addresses[3];
        public readonly nint FirstHidden = addresses[4];
        public readonly nint FirstCell = addresses[5];
    }

    /// <summary><c>ds2s_feeding_decoder</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Problem
    {
        public long Steps;
        public long Batch;
        public long Sources;
        public long Inputs;
        public long Hidden;
        public long ValuesWidth;
        public long LayerCount;
        public Layer* Layers;
        public float* Embedded;
        public float* Keys;
        public float* Values;
        public long* Lengths;
        public float* Query;
        public float* Vector;
        public float* Combine;
        public float* LayerMasks;
        public float* FeaturesMask;
        public int Residual;
    }

    /// <summary><c>ds2s_feeding_gradients</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Gradients
    {
        public Layer* Layers;
        public float* Embedded;
        public float* Keys;
        public float* Values;
        public float* Combine;
        public float* Query;
        public float* Vector;
    }
}
