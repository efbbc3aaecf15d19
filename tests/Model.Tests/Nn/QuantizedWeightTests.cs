using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Tests.Training;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

[Collection(TorchCollection.Name)]
public sealed class QuantizedWeightTests
{
    private const int Vocabulary = 60;

    public static TheoryData<string> Kinds { get; } = new(Variants.Names);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(9, 70, 130)]
    [InlineData(3, 20, 2500)]
    public void Multiply_KernelsAndPlainTensors_SameBits_AsIntegersInALoop(int rows, int outputs, int columns)
    {
        var random = new Random(rows + columns);
        var matrix = Matrix(random, outputs, columns);
        float[] input = [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() - 0.4))];
        Array.Clear(input, 0, rows > 1 ? columns : 0);
        var plain = Multiply(LayerChoice.Plain, matrix, input, rows);
        Assert.Equal(Loop(matrix, input, rows), plain);
        Assert.Equal(plain, Multiply(LayerChoice.Fused, matrix, input, rows));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Multiply_RowWithoutNumbers_IsNaN_AndTheOthersStay(float bad)
    {
        var random = new Random(1);
        var matrix = Matrix(random, 5, 8);
        float[] input = [.. Enumerable.Range(0, 16).Select(_ => (float)random.NextDouble())];
        var before = Multiply(LayerChoice.Plain, matrix, input, 2);
        input[3] = bad;
        var after = Multiply(LayerChoice.Plain, matrix, input, 2);
        Assert.All(after[..5], value => Assert.True(float.IsNaN(value)));
        Assert.Equal(before[5..], after[5..]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Count_AllMatricesQuantized_CloseToFloats_ForKernelsAndPlainLayers(string variant)
    {
        var configuration = new RunConfiguration
        {
            Model = Variants.Of(variant, new() { EmbeddingSize = 37, Dropout = 0 }) with
            {
                Encoder = new() { Layers = 2, HiddenSize = 35, Bidirectional = true },
                Decoder = new() { Layers = 3, HiddenSize = 70 },
            }
        };
        var batch = Batches.Random(4, sentences: 21, longest: 17, Vocabulary);
        var floats = Loss(configuration, batch, LayerChoice.Plain, quantized: false);
        var plain = Loss(configuration, batch, LayerChoice.Plain, quantized: true);
        Assert.NotEqual(floats, plain);
        Assert.InRange(plain, 0.99 * floats, 1.01 * floats);
        // The layers add floats in another order, which can change how a value is rounded to an integer.
        Assert.Equal(plain, Loss(configuration, batch, LayerChoice.Fused, quantized: true), 1e-3 * plain);
    }

    private static double Loss(RunConfiguration configuration, MicroBatchArrays batch, LayerChoice layers, bool quantized)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(configuration, Vocabulary);
        Fixtures.FillWeights(replica.Parameters, 0.5);
        using var model = new Seq2SeqModel(configuration.Model, Vocabulary, Vocabulary);
        model.eval();
        using var parameters = new Model.Training.FlatParameters(model);
        replica.Parameters.CopyTo(parameters.Values.AsSpan());
        if (quantized)
        {
            model.Quantize(parameters.Layout.Tensors.Where(tensor => tensor.Shape.Count == 2)
                .Select(tensor => QuantizedMatrix.Of(tensor, parameters.Values.AsSpan((int)tensor.Offset, (int)tensor.Count))));
        }

        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        return model.Count(batch).Loss;
    }

    private static float[] Multiply(LayerChoice layers, QuantizedMatrix matrix, float[] input, int rows)
    {
        using var choice = Layers.Use(layers);
        using var scope = torch.NewDisposeScope();
        using var weight = new QuantizedWeight(matrix);
        return weight.Multiply(torch.tensor(input).view(rows, matrix.Columns)).data<float>().ToArray();
    }

    private static float[] Loop(QuantizedMatrix matrix, float[] input, int rows)
    {
        var result = new float[rows * matrix.Rows];
        var integers = new float[matrix.Columns];
        for (var row = 0; row < rows; row++)
        {
            var scale = QuantizedWeight.Quantize(input.AsSpan(row * matrix.Columns, matrix.Columns), integers);
            Assert.Equal(scale == 0 ? 0 : 127, integers.Max(Math.Abs));
            for (var output = 0; output < matrix.Rows; output++)
            {
                var sum = 0L;
                for (var column = 0; column < matrix.Columns; column++)
                    sum += (long)integers[column] * matrix.Integers[(output * matrix.Columns) + column];
                result[(row * matrix.Rows) + output] = sum * (scale * matrix.Scales[output]);
            }
        }

        return result;
    }

    private static QuantizedMatrix Matrix(Random random, int rows, int columns) => QuantizedMatrix.Of(
        new TensorSlice("m", [rows, columns], 0, rows * columns),
        [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() - 0.5))]);
}
