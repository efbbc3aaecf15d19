using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Small models that together have every option: each kind of attention, and the options in Others.</summary>
internal static class Variants
{
    private static readonly Dictionary<string, Func<ModelConfiguration, ModelConfiguration>> Others = new()
    {
        ["input feeding"] = model => model with { InputFeeding = true },
        ["input feeding, additive"] = model => model with { InputFeeding = true, Attention = AttentionKind.NormedAdditive },
        ["gru"] = model => model with { Cell = CellKind.Gru },
        ["gru, input feeding"] = model => model with { Cell = CellKind.Gru, InputFeeding = true },
        ["residual, reversed source"] = model => model with { Residual = true, ReverseSource = true },
        ["variational dropout"] = model => model with { VariationalDropout = true },
        ["variational dropout, input feeding"] = model => model with { VariationalDropout = true, InputFeeding = true },
    };

    /// <summary>The names of all variants.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<AttentionKind>(), .. Others.Keys];

    /// <summary>A variant of a model, with sizes at which every attention works.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="model">The model's other options.</param>
    public static ModelConfiguration Of(string name, ModelConfiguration model)
    {
        model = model with
        {
            Encoder = new() { Layers = 2, HiddenSize = 4, Bidirectional = true },
            Decoder = new() { Layers = 2, HiddenSize = 8 },
        };
        return Others.TryGetValue(name, out var change) ? change(model) : model with { Attention = Enum.Parse<AttentionKind>(name) };
    }
}
