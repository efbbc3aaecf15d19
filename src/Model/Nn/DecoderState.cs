using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>The decoder's state between two steps, without the source.</summary>
/// <param name="Hidden">For each layer [B, H].</param>
/// <param name="Cell">For each layer [B, H]; empty where the cells have no second state.</param>
/// <param name="Fed">The last step's attentional state [B, H], zeros before the first step; null without input feeding.</param>
internal readonly record struct DecoderState(Tensor[] Hidden, Tensor[] Cell, Tensor? Fed)
{
    /// <summary>All tensors of the state.</summary>
    public IEnumerable<Tensor> Tensors => Fed is null ? Hidden.Concat(Cell) : Hidden.Concat(Cell).Append(Fed);

    /// <summary>The given rows, in the given order; a row may be given several times.</summary>
    /// <param name="rows">Indices into B.</param>
    public DecoderState Select(Tensor rows) => new(
        [.. Hidden.Select(state => state.index_select(0, rows))],
        [.. Cell.Select(state => state.index_select(0, rows))],
        Fed?.index_select(0, rows));
}
