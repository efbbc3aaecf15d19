using TorchSharp.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils.rnn;

namespace TorchSharp.Modules
{
    /// <summary>Stacked LSTM layers; gates in the order input, forget, cell, output.</summary>
    public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
    {
        private readonly RecurrentWeights _shape;

        internal LSTM(RecurrentWeights shape, Device? device, ScalarType? dtype)
            : base(nameof(LSTM))
        {
            _shape = shape;
            foreach (var (name, weight) in shape.Create(device, dtype))
                register_parameter(name, weight);
            flatten_parameters();
        }

        /// <summary>
        /// Input (time, batch, size), or (batch, time, size) when batch first; h0 and c0 (layers × directions, batch,
        /// hidden), zeros when absent. Gives the outputs of the last layer and the last states.
        /// </summary>
        public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
        {
            var batch = _shape.BatchOf(input);
            var (h, c) = h0_c0 ?? (_shape.InitialState(input, batch), _shape.InitialState(input, batch));
            return Run(input, null, h, c);
        }

        public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input,
            h0_c0);

        /// <summary>The same over a packed batch; states are in the batch's own order.</summary>
        public (PackedSequence, Tensor, Tensor) call(PackedSequence input, (Tensor, Tensor)? h0_c0 = null)
        {
            var batch = input.batch_sizes[0].item<long>();
            var (h, c) = h0_c0 is { } given
                ? (input.Sorted(given.Item1), input.Sorted(given.Item2))
                : (_shape.InitialState(input.data, batch), _shape.InitialState(input.data, batch));
            var (output, hn, cn) = Run(input.data, input.batch_sizes, h, c);
            return (input.With(output), input.Unsorted(hn), input.Unsorted(cn));
        }

        /// <summary>Moves CUDA weights into one chunk of memory, for speed; nothing elsewhere.</summary>
        public void flatten_parameters() => _shape.Flatten(Weights());

        private protected override void Moved() => flatten_parameters();

        private nint[] Weights() => parameters(false).ToHandleArray();

        private (Tensor, Tensor, Tensor) Run(Tensor input, Tensor? batchSizes, Tensor h, Tensor c)
        {
            var weights = Weights();
            NativeMethods.dsq_lstm(
                input, batchSizes, h, c, weights, weights.Length, _shape.Bias, _shape.Layers, _shape.Dropout, training,
                _shape.Bidirectional, _shape.BatchFirst, out var output, out var hn, out var cn);
            GC.KeepAlive(this);
            return (output, hn, cn);
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
            public static Modules.LSTM LSTM(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false,
                double dropout = 0.0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(
                    new RecurrentWeights(
                        2, 4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional),
                    device, dtype);
        }
    }
}
