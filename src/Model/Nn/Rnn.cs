using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>The states of every layer after a pass.</summary>
/// <param name="Output">Of the top layer: [T, B, D·H], the two directions side by side.</param>
/// <param name="Hidden">For each layer [B, D·H].</param>
/// <param name="Cell">For each layer [B, D·H]; empty where the cells have no second state (GRU).</param>
internal readonly record struct RnnStates(Tensor Output, Tensor[] Hidden, Tensor[] Cell);

/// <summary>
/// The weights of one layer in one direction, in PyTorch's layout: the rows of each matrix are G gates one after the other, input,
/// forget, cell and output for LSTM, reset, update and new for GRU.
/// </summary>
/// <param name="InputWeights">[G·H, I].</param>
/// <param name="HiddenWeights">[G·H, H].</param>
/// <param name="InputBias">[G·H].</param>
/// <param name="HiddenBias">[G·H].</param>
internal sealed record LayerWeights(Parameter InputWeights, Parameter HiddenWeights, Parameter InputBias, Parameter HiddenBias)
{
    /// <summary>The quantized matrix that replaces <see cref="InputWeights"/>; null for none.</summary>
    public QuantizedWeight? QuantizedInput { get; set; }

    /// <summary>The quantized matrix that replaces <see cref="HiddenWeights"/>; null for none.</summary>
    public QuantizedWeight? QuantizedHidden { get; set; }

    /// <summary>Whether a matrix is quantized.</summary>
    public bool IsQuantized => QuantizedInput is not null || QuantizedHidden is not null;

    /// <summary>Whether the kernels for quantized layers can run this one.</summary>
    public bool HasPacked => QuantizedInput?.Packed is not null && QuantizedHidden?.Packed is not null;

    /// <summary>Pre-activations from inputs [N, I]: [N, G·H].</summary>
    public Tensor FromInput(Tensor rows, Tensor bias) => QuantizedInput?.Multiply(rows, bias) ?? bias.addmm(rows, InputWeights.t());

    /// <summary>Adds the pre-activations from states [N, H] to <paramref name="added"/>, [N, G·H] or [G·H].</summary>
    public Tensor AddFromHidden(Tensor added, Tensor rows) => QuantizedHidden is { } weight
        ? added.Plus(weight.Multiply(rows))
        : added.addmm(rows, HiddenWeights.t());
}

/// <summary>The result of one layer.</summary>
/// <param name="Output">[T, B, H]; zero where a sentence has ended.</param>
/// <param name="Hidden">[B, H], after each sentence's last step.</param>
/// <param name="Cell">[B, H], after each sentence's last step; null for GRU.</param>
internal readonly record struct LayerResult(Tensor Output, Tensor Hidden, Tensor? Cell);

/// <summary>
/// Stacked recurrent layers of one or two directions. Parameter names and layout are those of <c>torch.nn.LSTM</c> and
/// <c>torch.nn.GRU</c>.
/// </summary>
internal sealed class Rnn : nn.Module, IQuantizable
{
    private readonly LayerWeights[][] _layers;
    private readonly Dropout _dropout;
    private readonly (PackedWeight? Input, PackedWeight? Hidden)[] _packed;

    /// <param name="model">Kind of cell, residual connections.</param>
    /// <param name="inputSize">Width of the input.</param>
    /// <param name="hiddenSize">Units of each layer and direction, H.</param>
    /// <param name="layers">Stacked layers.</param>
    /// <param name="bidirectional">Two directions (D = 2) instead of one.</param>
    /// <param name="dropout">Acts between layers.</param>
    public Rnn(ModelConfiguration model, int inputSize, int hiddenSize, int layers, bool bidirectional, Dropout dropout)
        : base(nameof(Rnn))
    {
        (HiddenSize, Kind, IsResidual, _dropout) = (hiddenSize, model.Cell, model.Residual, dropout);
        var directions = bidirectional ? 2 : 1;
        var gates = model.Cell == CellKind.Lstm ? 4 : 3;
        _layers = new LayerWeights[layers][];
        _packed = new (PackedWeight?, PackedWeight?)[layers];
        for (var layer = 0; layer < layers; layer++)
        {
            var width = layer == 0 ? inputSize : hiddenSize * directions;
            _layers[layer] = [.. Enumerable.Range(0, directions).Select(direction =>
            {
                var suffix = $"l{layer}{(direction == 1 ? "_reverse" : "")}";
                return new LayerWeights(
                    Register($"weight_ih_{suffix}", gates * hiddenSize, width),
                    Register($"weight_hh_{suffix}", gates * hiddenSize, hiddenSize),
                    Register($"bias_ih_{suffix}", gates * hiddenSize),
                    Register($"bias_hh_{suffix}", gates * hiddenSize));
            })];
        }
    }

    /// <summary>Units of each layer and direction.</summary>
    public int HiddenSize { get; }

    /// <summary>The cells.</summary>
    public CellKind Kind { get; }

    /// <summary>Whether, from the second layer on, what goes into a layer is added to what comes out.</summary>
    public bool IsResidual { get; }

    /// <summary>Whether a matrix is quantized.</summary>
    public bool IsQuantized => _layers.Any(directions => directions.Any(weights => weights.IsQuantized));

    /// <inheritdoc/>
    public void Quantize(Func<Parameter, QuantizedWeight?> find)
    {
        foreach (var weights in _layers.SelectMany(directions => directions))
            (weights.QuantizedInput, weights.QuantizedHidden) = (find(weights.InputWeights), find(weights.HiddenWeights));
    }

    /// <summary>The weights of each layer's first direction.</summary>
    public IReadOnlyList<LayerWeights> ForwardLayers => [.. _layers.Select(directions => directions[0])];

    /// <summary>Runs all layers.</summary>
    /// <param name="input">[T, B, I]; sentences sorted by length, longest first.</param>
    /// <param name="activeRows">For each time step, how many sentences have not ended.</param>
    /// <param name="hidden">For each layer [B, D·H], or null for zeros.</param>
    /// <param name="cell">As <paramref name="hidden"/>; ignored for GRU.</param>
    public RnnStates Forward(Tensor input, long[] activeRows, Tensor[]? hidden = null, Tensor[]? cell = null)
    {
        var output = input;
        var lastHidden = new Tensor[_layers.Length];
        var lastCell = new Tensor[Kind == CellKind.Lstm ? _layers.Length : 0];
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var below = output;
            if (layer > 0)
                output = _dropout.Apply(output, training);
            var results = new LayerResult[_layers[layer].Length];
            for (var direction = 0; direction < results.Length; direction++)
            {
                var weights = _layers[layer][direction];
                var first = StateOf(hidden, layer, direction, input);
                results[direction] = Kind == CellKind.Lstm
                    ? LstmLayer.Run(output, activeRows, weights, first, StateOf(cell, layer, direction, input), reverse: direction == 1)
                    : GruLayer.Run(output, activeRows, weights, first, reverse: direction == 1);
            }

            output = SideBySide(results, r => r.Output);
            lastHidden[layer] = SideBySide(results, r => r.Hidden);
            if (Kind == CellKind.Lstm)
                lastCell[layer] = SideBySide(results, r => r.Cell!);
            if (IsResidual && layer > 0)
                output = output.Plus(below); // the states carried on are the cells' own
        }

        return new RnnStates(output, lastHidden, lastCell);
    }

    /// <summary>Whether <see cref="Step"/> can be used.</summary>
    public bool IsPacked => _packed[0].Hidden is not null;

    /// <summary>Packs the weights for decoding: LSTM layers of one direction that are not quantized; others stay as they are.</summary>
    public void PackInto(PackedWeights weights)
    {
        if (Kind != CellKind.Lstm || _layers[0].Length > 1 || IsQuantized)
            return;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var place = layer;
            weights.Add(_layers[layer][0].InputWeights, packed => _packed[place].Input = packed);
            weights.Add(_layers[layer][0].HiddenWeights, packed => _packed[place].Hidden = packed);
        }
    }

    /// <summary>One time step of all layers with packed weights, without dropout and gradients.</summary>
    /// <param name="input">[B, I].</param>
    /// <param name="hidden">For each layer [B, H].</param>
    /// <param name="cell">As <paramref name="hidden"/>.</param>
    public RnnStates Step(Tensor input, Tensor[] hidden, Tensor[] cell)
    {
        var output = input;
        var (nextHidden, nextCell) = (new Tensor[_layers.Length], new Tensor[_layers.Length]);
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var (ofInput, ofHidden) = _packed[layer];
            (nextHidden[layer], nextCell[layer]) = FusedKernels.LstmCell(output, ofInput!, ofHidden!, _layers[layer][0], hidden[layer],
                cell[layer]);
            output = IsResidual && layer > 0 ? nextHidden[layer].Plus(output) : nextHidden[layer];
        }

        return new RnnStates(output.unsqueeze(0), nextHidden, nextCell);
    }

    private static Tensor SideBySide(LayerResult[] results, Func<LayerResult, Tensor> part) =>
        results.Length == 1 ? part(results[0]) : cat([part(results[0]), part(results[1])], -1);

    private Tensor StateOf(Tensor[]? states, int layer, int direction, Tensor input) =>
        states is null ? zeros(input.shape[1], HiddenSize, device: input.device) : states[layer].narrow(1, direction * HiddenSize,
            HiddenSize);

    private Parameter Register(string name, params long[] shape)
    {
        var parameter = new Parameter(zeros(shape));
        register_parameter(name, parameter);
        return parameter;
    }
}
