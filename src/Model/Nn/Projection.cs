using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>A linear map of the last dimension; parameter names and layout are those of <c>torch.nn.Linear</c>.</summary>
internal sealed class Projection : nn.Module, IQuantizable
{
    private readonly Parameter? _bias;
    private PackedWeight? _packed;

    /// <param name="inputSize">Width of the input, I.</param>
    /// <param name="outputSize">Width of the output, O.</param>
    /// <param name="bias">Whether a bias is added.</param>
    public Projection(int inputSize, int outputSize, bool bias)
        : base(nameof(Projection))
    {
        register_parameter("weight", Weight = new Parameter(zeros(outputSize, inputSize)));
        if (bias)
            register_parameter("bias", _bias = new Parameter(zeros(outputSize)));
    }

    /// <summary>A map whose matrix belongs to another module, where it is named and stored.</summary>
    /// <param name="shared">[O, I].</param>
    /// <param name="bias">Whether a bias, this map's own, is added.</param>
    public Projection(Parameter shared, bool bias)
        : base(nameof(Projection))
    {
        Weight = shared;
        if (bias)
            register_parameter("bias", _bias = new Parameter(zeros(shared.shape[0])));
    }

    /// <summary>[O, I].</summary>
    public Parameter Weight { get; }

    /// <summary>[O], or null.</summary>
    public Parameter? Bias => _bias;

    /// <summary>The quantized matrix that replaces <see cref="Weight"/> in products; null for none.</summary>
    public QuantizedWeight? Quantized { get; private set; }

    /// <inheritdoc/>
    public void Quantize(Func<Parameter, QuantizedWeight?> find) => Quantized = find(Weight);

    /// <summary>[…, I] becomes […, O].</summary>
    /// <remarks>The product is two-dimensional: a shape error of <c>matmul</c> would end the process, one of <c>mm</c> can be
    /// caught.</remarks>
    public Tensor Forward(Tensor input)
    {
        var shape = input.shape;
        var rows = input.reshape(-1, shape[^1]);
        var result = Quantized is { } quantized
            ? quantized.Multiply(rows, _bias)
            : _packed is not null ? _packed.Apply(rows, _bias)
            : _bias is null ? mm(rows, Weight.t()) : _bias.addmm(rows, Weight.t());
        return result.view([.. shape[..^1], Weight.shape[0]]);
    }

    /// <summary>Packs the weight for decoding, unless it is quantized: then it is laid out for products already.</summary>
    public void PackInto(PackedWeights weights)
    {
        if (Quantized is null)
            weights.Add(Weight, packed => _packed = packed);
    }
}
