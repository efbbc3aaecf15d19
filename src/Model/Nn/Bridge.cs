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
    private readonly Projection[]? _cell;
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
        _cell = [.. _source.Select((_, layer) => Add($"cell_l{layer}", width, model.Decoder.HiddenSize))];
    }

    /// <summary>The decoder's first states, for each layer [B, H].</summary>
    public (Tensor[] Hidden, Tensor[] Cell) Forward(LstmStates encoder) => (
        [.. _source.Select((from, layer) => Map(_hidden, layer, encoder.Hidden[from]))],
        [.. _source.Select((from, layer) => Map(_cell, layer, encoder.Cell[from]))]);

    private static Tensor Map(Projection[]? projections, int layer, Tensor state) =>
        projections is null ? state : projections[layer].Forward(state).tanh();

    private Projection Add(string name, int width, int size)
    {
        var projection = new Projection(width, size, bias: true);
        register_module(name, projection);
        return projection;
    }
}
