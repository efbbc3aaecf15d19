using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Averaging;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class QuantizedMatrixTests
{
    [Fact]
    public void Of_AnyMatrix_WithinHalfAScaleOfEachWeight_AndTheLargestIsExact()
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 7 * 31).Select(i => (float)((random.NextDouble() - 0.5) * Math.Pow(10, i / 31)))];
        Array.Clear(values, 31, 31);
        var matrix = QuantizedMatrix.Of(new TensorSlice("m", [7, 31], 0, values.Length), values);
        var back = new float[values.Length];
        matrix.CopyTo(back);
        for (var row = 0; row < 7; row++)
        {
            var own = values[(row * 31)..((row + 1) * 31)];
            var largest = own.Max(Math.Abs);
            Assert.Equal(largest / 127, matrix.Scales[row]);
            for (var i = row * 31; i < (row + 1) * 31; i++)
            {
                Assert.InRange(Math.Abs(values[i] - back[i]), 0, 0.500001f * matrix.Scales[row]);
                if (Math.Abs(values[i]) == largest && largest > 0)
                    Assert.Equal(Math.Sign(values[i]) * 127, matrix.Integers[i]);
            }
        }
    }

    [Theory]
    [InlineData(true, "64 64")]
    [InlineData(false, "64 63")]
    [InlineData(false, "4096")]
    [InlineData(false, "2 70000")]
    public void IsWorthIt_LargeMatricesOnly(bool expected, string shape)
    {
        long[] dimensions = [.. shape.Split(' ').Select(long.Parse)];
        Assert.Equal(expected, QuantizedMatrix.IsWorthIt(new TensorSlice("m", dimensions, 0, dimensions.Aggregate(1L, (a, b) => a * b))));
    }

    [Fact]
    public void Write_Checkpoint_ReadsBackAsWhatTheIntegersStandFor_InTheSameLayout()
    {
        using var run = new ToyRun(steps: 0, words: 200);
        var folder = System.IO.Path.Combine(run.Path, "int8");
        using var origin = LoadedCheckpoint.Open(run.WriteCheckpoint(3));
        var matrices = Quantization.Write(origin, folder);
        Assert.NotEmpty(matrices);

        // Everything: hashes, layout and replica digest, which is that of the weights the integers stand for.
        using var loaded = LoadedCheckpoint.Open(folder);
        Assert.True(loaded.IsQuantized);
        Assert.False(origin.IsQuantized);
        Assert.Equal(origin.Layout.Digest, loaded.Layout.Digest);
        Assert.Equal(matrices.Select(matrix => matrix.Name), loaded.QuantizedMatrices().Select(matrix => matrix.Name));
        float[] values = new float[origin.Layout.Count], back = new float[origin.Layout.Count];
        origin.CopyParameters(values);
        loaded.CopyTranslatingParameters(back);
        foreach (var tensor in origin.Layout.Tensors)
        {
            var (whole, small) = (Part(values, tensor), Part(back, tensor));
            if (matrices.SingleOrDefault(matrix => matrix.Name == tensor.Name) is not { } matrix)
            {
                Assert.Equal(whole, small);
                continue;
            }
            var expected = new float[whole.Length];
            matrix.CopyTo(expected);
            Assert.Equal(expected, small);
        }

        using var model = TranslationModel.Load(folder);
        Assert.True(model.IsQuantized);
        Assert.Equal(3, new Translator(model).Translate(["a1 a2", "", "a3"]).Count);
        Assert.Contains("is quantized", Assert.Throws<CheckpointException>(
            () => CheckpointAverage.Write([folder], System.IO.Path.Combine(run.Path, "mean"))).Message);

        static float[] Part(float[] all, TensorSlice tensor) => all[(int)tensor.Offset..(int)(tensor.Offset + tensor.Count)];
    }
}
