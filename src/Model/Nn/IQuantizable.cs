using TorchSharp.Modules;

namespace DistSeq2Seq.Model.Nn;

/// <summary>A module with matrices that quantized ones can stand in for.</summary>
internal interface IQuantizable
{
    /// <summary>Takes quantized matrices, for computing without gradients.</summary>
    /// <param name="find">What stands in for a matrix; null where it computes itself.</param>
    void Quantize(Func<Parameter, QuantizedWeight?> find);
}
