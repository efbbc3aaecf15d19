namespace DistSeq2Seq.Model.Checkpoints.Compression;

/// <summary>
/// A matrix of 8-bit integers with a scale for each row (symmetric quantization): weight = scale × integer, with integers in -127..127.
/// The largest magnitude of a row is ±127. The largest error of a weight is half a scale.
/// </summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="Integers">[Rows, Columns].</param>
/// <param name="Scales">[Rows]; 0 for a row of zeros.</param>
public sealed record QuantizedMatrix(string Name, int Rows, int Columns, sbyte[] Integers, float[] Scales)
{
    /// <summary>The tensor of a matrix's scales has the parameter's name with this suffix.</summary>
    public const string ScaleSuffix = ".scale";

    /// <summary>Largest integer.</summary>
    private const float Largest = 127;

    /// <summary>Matrices with fewer weights are not quantized.</summary>
    private const long FewestWeights = 4096;

    /// <summary>Largest number of columns whose products the kernel sums exactly (native/kernels, <c>ds2s_int8_pack</c>).</summary>
    private const long MostColumns = 65536;

    /// <summary>Bytes of integers and scales.</summary>
    public long Bytes => Integers.LongLength + (sizeof(float) * Scales.LongLength);

    /// <summary>Whether a parameter is a matrix large enough to be quantized.</summary>
    public static bool IsWorthIt(TensorSlice tensor) =>
        tensor.Shape.Count == 2 && tensor.Count >= FewestWeights && tensor.Shape[1] <= MostColumns;

    /// <summary>Quantizes a matrix.</summary>
    /// <param name="tensor">Its name and shape.</param>
    /// <param name="values">Its weights, finite.</param>
    public static QuantizedMatrix Of(TensorSlice tensor, ReadOnlySpan<float> values)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var integers = new sbyte[values.Length];
        var scales = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var from = values.Slice(row * columns, columns);
            float largest = 0;
            foreach (var value in from)
                largest = Math.Max(largest, Math.Abs(value));
            scales[row] = largest / Largest;
            if (scales[row] == 0)
                continue;
            for (var column = 0; column < columns; column++)
                integers[(row * columns) + column] = (sbyte)Math.Clamp(MathF.Round(from[column] / scales[row]), -Largest, Largest);
        }
        return new(tensor.Name, rows, columns, integers, scales);
    }

    /// <summary>The weights that the integers stand for.</summary>
    /// <param name="destination">As many elements as the matrix has.</param>
    public void CopyTo(Span<float> destination)
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var i = row * Columns; i < (row + 1) * Columns; i++)
                destination[i] = Scales[row] * Integers[i];
        }
    }
}
