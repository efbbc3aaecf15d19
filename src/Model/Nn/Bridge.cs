using DistSeq2Seq.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Turns the encoder's last states into the decoder's first ones. Where both have one direction, as many layers and the same
/// size, states pass unchanged (Sutskever et al. 2014); otherwise each decoder layer gets tanh of a linear map of the states of
/// the encoder layer beside it (the topmost for further layers), both directions included (after Bahdanau et al. 2015, A.2.2).
/// </summary>
internal sealed class Bridge : nn.Module
{
    private readonly Projection[]? _hidden;
    private readonly Projection[]? _cell; // none for cells without a second state
    private readonly int[] _source;

    public Bridge(ModelConfiguration model)
        : base(nameof(Bridge))
    {
        var layers = model.Decoder.Layers;
        _source = [.. Enumerable.Range(0, layers).Select(layer => Math.Min(layer, model.Encoder.Layers - 1))];
        if (!model.Encoder.Bidirectional && model.Encoder.Layers == layers && model.Encoder.HiddenSize == model.Decoder.HiddenSize)
            return;

        var width = model.Encoder.HiddenSize * (model.Encoder.Bidirectional ? 2 : 1);
        _hidden = [.. _source.Select((_, layer) => Add($"hidden_l{layer}", width, model.Decoder.HiddenSize))];
        if (model.Cell == CellKind.Lstm)
            _cell = [.. _source.Select((_, layer) => Add($"cell_l{layer}", width, model.Decoder.HiddenSize))];
    }

    /// <summary>The decoder's first states, for each layer [B, H]; no second ones where the cells have none.</summary>
    public (Tensor[] Hidden, Tensor[] Cell) Forward(RnnStates encoder) =>
        (Map(_hidden, encoder.Hidden), encoder.Cell.Length > 0 ? Map(_cell, encoder.Cell) : []);

    private Tensor[] Map(Projection[]? projections, Tensor[] states) =>
        [.. _source.Select((from, layer) => Map(projections, layer, states[from]))];

    private static Tensor Map(Projection[]? projections, int layer, Tensor state) =>
        projections is null ? state : projections[layer].Forward(state).tanh();

    private Projection Add(string name, int width, int size)
    {
        var projection = new Projection(width, size, bias: true);
        register_module(name, projection);
        return projection;
    }
}
