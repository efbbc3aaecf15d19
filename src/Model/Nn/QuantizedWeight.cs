using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Nn.Kernels;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// A weight of 8-bit integers for products on the CPU, without gradients. Each row of the other factor is rounded to integers times a
/// scale of its own: its largest magnitude becomes 127, and ties go to even. Sums of products are exact, and become floats as sum ×
/// (row's scale × weight's scale). So a row's result does not depend on the rows beside it, and the kernels of any instruction set and
/// the plain tensors give the same bits.
/// </summary>
internal sealed class QuantizedWeight : IDisposable
{
    /// <summary>Columns whose products of two integers up to 127 stay below 2^24: floats sum them exactly, in any order.</summary>
    private const int ExactColumns = 1024;

    /// <summary>A row whose largest magnitude is below this becomes zeros: the reciprocal of its scale could be infinite.</summary>
    private const float Smallest = 1e-30f;

    private readonly QuantizedMatrix _matrix;
    private readonly Tensor? _packed;
    private Tensor? _integers;

    /// <param name="matrix">[O, K].</param>
    public QuantizedWeight(QuantizedMatrix matrix)
    {
        _matrix = matrix;
        Scales = tensor(matrix.Scales).DetachFromDisposeScope();
        if (FusedKernels.AreAvailable)
            _packed = FusedKernels.Int8Pack(matrix).DetachFromDisposeScope();
    }

    /// <summary>O.</summary>
    public int Rows => _matrix.Rows;

    /// <summary>K.</summary>
    public int Columns => _matrix.Columns;

    /// <summary>[O].</summary>
    public Tensor Scales { get; }

    /// <summary>The integers in the order that the kernels read; null where there are no kernels.</summary>
    public Tensor? Packed => FusedKernels.AreAvailable ? _packed : null;

    /// <summary>Multiplies by the transposed weight.</summary>
    /// <param name="rows">[N, K].</param>
    /// <param name="bias">[O], or null.</param>
    /// <returns>[N, O].</returns>
    public Tensor Multiply(Tensor rows, Tensor? bias = null)
    {
        if (Packed is not null)
            return FusedKernels.Int8Linear(rows, this, bias);
        var product = MultiplyPlain(rows);
        return bias is null ? product : product.Plus(bias);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Scales.Dispose();
        _packed?.Dispose();
        _integers?.Dispose();
    }

    /// <summary>Rounds a row: integers, as floats, and their scale.</summary>
    internal static float Quantize(ReadOnlySpan<float> row, Span<float> integers)
    {
        var largest = 0f;
        foreach (var value in row)
        {
            if (!float.IsFinite(value))
            {
                integers.Clear();
                return float.NaN;
            }

            largest = Math.Max(largest, Math.Abs(value));
        }

        if (largest < Smallest)
        {
            integers.Clear();
            return 0;
        }

        var inverse = 127 / largest;
        for (var i = 0; i < row.Length; i++)
            integers[i] = MathF.Round(row[i] * inverse);
        return largest / 127;
    }

    /// <summary>The same as products of floats with integer values.</summary>
    private Tensor MultiplyPlain(Tensor rows)
    {
        _integers ??= tensor(Array.ConvertAll(_matrix.Integers, value => (float)value)).view(_matrix.Rows, _matrix.Columns)
            .DetachFromDisposeScope();
        var (count, depth) = ((int)rows.shape[0], _matrix.Columns);
        var values = rows.contiguous().data<float>().ToArray();
        var scales = new float[count];
        for (var row = 0; row < count; row++)
        {
            var place = values.AsSpan(row * depth, depth);
            scales[row] = Quantize(place, place);
        }

        var quantized = tensor(values).view(count, depth);
        Tensor? sums = null;
        for (var start = 0; start < depth; start += ExactColumns)
        {
            var width = Math.Min(ExactColumns, depth - start);
            var part = mm(quantized.narrow(1, start, width), _integers.narrow(1, start, width).t());
            if (depth > ExactColumns)
                part = part.to(ScalarType.Float64);
            sums = sums is null ? part : sums.Plus(part);
        }

        return sums!.to(ScalarType.Float32) * (tensor(scales).view(count, 1) * Scales.view(1, -1));
    }
}
