using DistSeq2Seq.Model.Nn;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Bits of matrix products depend on the numbers alone, as the law of docs/RELIABILITY.md needs.</summary>
[Collection(TorchCollection.Name)]
public sealed class MathLibraryTests
{
    private const int Alignments = 12;

    [Fact]
    public void Mode_OfThisProcess_IsStrictAndNamed()
    {
        Assert.True(MathLibrary.IsStrict, MathLibrary.Describe());
        Assert.Matches(@"^MKL \d+\.\d+ \w+(,STRICT)?$", MathLibrary.Describe());
        Assert.NotEmpty(Environment.GetEnvironmentVariable(MathLibrary.ModeVariable) ?? MathLibrary.Describe());
    }

    /// <summary>
    /// Shapes of a step: recurrent products of few and many rows, an output layer's, odd ones, and those of weights' gradients.
    /// </summary>
    [Theory]
    [InlineData(64, 2048, 512)]
    [InlineData(512, 64, 2048)]
    [InlineData(1536, 512, 256)]
    [InlineData(5, 1000, 64)]
    [InlineData(1, 257, 129)]
    [InlineData(33, 31, 37)]
    public void Product_OfMatricesAtOddPlaces_HasTheSameBits(int rows, int columns, int depth)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var left = rand([rows, depth], generator: generator);
        var right = rand([depth, columns], generator: generator);
        foreach (var transposed in new[] { false, true })
        {
            byte[]? expected = null;
            for (var shift = 0; shift < Alignments; shift++)
            {
                var a = At(left, shift);
                var b = transposed ? At(right.t().contiguous(), shift * 3 % 16).t() : At(right, shift * 3 % 16);
                var bits = mm(a, b).bytes.ToArray();
                Assert.True((expected ??= bits).AsSpan().SequenceEqual(bits),
                    $"[{rows}, {depth}] x [{depth}, {columns}], the second {(transposed ? "" : "not ")}transposed: other bits {shift} "
                    + $"floats further on, by {MathLibrary.Describe()}");
            }
        }
    }

    /// <summary>A copy that begins so many floats into a larger buffer.</summary>
    private static Tensor At(Tensor values, int shift)
    {
        var buffer = zeros(values.numel() + 32);
        var place = buffer.narrow(0, shift, values.numel()).view(values.shape);
        place.copy_(values);
        return place;
    }
}
