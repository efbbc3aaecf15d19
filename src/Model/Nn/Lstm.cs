using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>The states of every layer after a pass.</summary>
/// <param name="Output">Of the top layer: [T, B, D·H], the two directions side by side.</param>
/// <param name="Hidden">For each layer [B, D·H].</param>
/// <param name="Cell">For each layer [B, D·H].</param>
internal readonly record struct LstmStates(Tensor Output, Tensor[] Hidden, Tensor[] Cell);

/// <summary>A stacked LSTM of one or two directions. Parameter names and layout are those of <c>torch.nn.LSTM</c>.</summary>
internal sealed class Lstm : nn.Module
{
    private readonly LstmWeights[][] _layers;
    private readonly Dropout _dropout;

    /// <param name="inputSize">Width of the input.</param>
    /// <param name="hiddenSize">Units of each layer and direction, H.</param>
    /// <param name="layers">Stacked layers.</param>
    /// <param name="bidirectional">Two directions (D = 2) instead of one.</param>
    /// <param name="dropout">Acts between layers.</param>
    public Lstm(int inputSize, int hiddenSize, int layers, bool bidirectional, Dropout dropout)
        : base(nameof(Lstm))
    {
        HiddenSize = hiddenSize;
        _dropout = dropout;
        var directions = bidirectional ? 2 : 1;
        _layers = new LstmWeights[layers][];
        for (var layer = 0; layer < layers; layer++)
        {
            var width = layer == 0 ? inputSize : hiddenSize * directions;
            _layers[layer] = [.. Enumerable.Range(0, directions).Select(direction =>
            {
                var suffix = $"l{layer}{(direction == 1 ? "_reverse" : "")}";
                return new LstmWeights(
                    Register($"weight_ih_{suffix}", 4 * hiddenSize, width),
                    Register($"weight_hh_{suffix}", 4 * hiddenSize, hiddenSize),
                    Register($"bias_ih_{suffix}", 4 * hiddenSize),
                    Register($"bias_hh_{suffix}", 4 * hiddenSize));
            })];
        }
    }

    /// <summary>Units of each layer and direction.</summary>
    public int HiddenSize { get; }

    /// <summary>Runs all layers.</summary>
    /// <param name="input">[T, B, I]; sentences sorted by length, longest first.</param>
    /// <param name="activeRows">For each time step, how many sentences have not ended.</param>
    /// <param name="hidden">For each layer [B, D·H], or null for zeros.</param>
    /// <param name="cell">As <paramref name="hidden"/>.</param>
    public LstmStates Forward(Tensor input, long[] activeRows, Tensor[]? hidden = null, Tensor[]? cell = null)
    {
        var output = input;
        var lastHidden = new Tensor[_layers.Length];
        var lastCell = new Tensor[_layers.Length];
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            if (layer > 0)
                output = _dropout.Apply(output, training);
            var results = new LstmResult[_layers[layer].Length];
            for (var direction = 0; direction < results.Length; direction++)
            {
                results[direction] = LstmLayer.Run(output, activeRows, _layers[layer][direction],
                    StateOf(hidden, layer, direction, input), StateOf(cell, layer, direction, input), reverse: direction == 1);
            }

            output = SideBySide(results, r => r.Output);
            lastHidden[layer] = SideBySide(results, r => r.Hidden);
            lastCell[layer] = SideBySide(results, r => r.Cell);
        }

        return new LstmStates(output, lastHidden, lastCell);
    }

    private static Tensor SideBySide(LstmResult[] results, Func<LstmResult, Tensor> part) =>
        results.Length == 1 ? part(results[0]) : cat([part(results[0]), part(results[1])], -1);

    private Tensor StateOf(Tensor[]? states, int layer, int direction, Tensor input) =>
        states is null ? zeros(input.shape[1], HiddenSize, device: input.device) : states[layer].narrow(1, direction * HiddenSize, HiddenSize);

    private Parameter Register(string name, params long[] shape)
    {
        var parameter = new Parameter(zeros(shape));
        register_parameter(name, parameter);
        return parameter;
    }
}
