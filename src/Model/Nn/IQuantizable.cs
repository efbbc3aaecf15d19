using TorchSharp.Modules;

namespace DistSeq2Seq.Model.Nn;

/// <summary>A module whose matrices can be replaced by quantized ones.</summary>
internal interface IQuantizable
{
    /// <summary>Replaces matrices by quantized ones, for computing without gradients.</summary>
    /// <param name="find">Returns the quantized form of a matrix; null to keep the matrix.</param>
    void Quantize(Func<Parameter, QuantizedWeight?> find);
}
