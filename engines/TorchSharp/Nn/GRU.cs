using TorchSharp.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils.rnn;

namespace TorchSharp.Modules
{
    /// <summary>Stacked GRU layers; gates in the order reset, update, new.</summary>
    public sealed class GRU : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        private readonly RecurrentWeights _shape;

        internal GRU(RecurrentWeights shape, Device? device, ScalarType? dtype)
            : base(nameof(GRU))
        {
            _shape = shape;
            foreach (var (name, weight) in shape.Create(device, dtype))
                register_parameter(name, weight);
            flatten_parameters();
        }

        /// <summary>
        /// Input (time, batch, size), or (batch, time, size) when batch first; h0 (layers × directions, batch,
        /// hidden), zeros when absent. Gives the outputs of the last layer and the last states.
        /// </summary>
        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null)
        {
            return Run(input, null, h0 ?? _shape.InitialState(input, _shape.BatchOf(input)));
        }

        public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0);

        /// <summary>The same over a packed batch; states are in the batch's own order.</summary>
        public (PackedSequence, Tensor) call(PackedSequence input, Tensor? h0 = null)
        {
            var h = h0 is not null
                ? input.Sorted(h0)
                : _shape.InitialState(input.data, input.batch_sizes[0].item<long>());
            var (output, hn) = Run(input.data, input.batch_sizes, h);
            return (input.With(output), input.Unsorted(hn));
        }

        /// <summary>Moves CUDA weights into one chunk of memory, for speed; nothing elsewhere.</summary>
        public void flatten_parameters() => _shape.Flatten(Weights());

        private protected override void Moved() => flatten_parameters();

        private nint[] Weights() => parameters(false).ToHandleArray();

        private (Tensor, Tensor) Run(Tensor input, Tensor? batchSizes, Tensor h)
        {
            var weights = Weights();
            NativeMethods.dsq_gru(
                input, batchSizes, h, weights, weights.Length, _shape.Bias, _shape.Layers, _shape.Dropout, training,
                _shape.Bidirectional, _shape.BatchFirst, out var output, out var hn);
            GC.KeepAlive(this);
            return (output, hn);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Dropout acts between layers, in training. Weights are uniform within ±1/√hidden.</summary>
            public static Modules.GRU GRU(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false,
                double dropout = 0.0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(
                    new RecurrentWeights(
                        3, 3, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional),
                    device, dtype);
        }
    }
}
