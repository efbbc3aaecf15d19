using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

/// <summary>Something differentiable: from leaves to results.</summary>
internal delegate IReadOnlyList<Tensor> Computation(Tensor[] leaves);

/// <summary>Runs computations on random numbers, and compares what they give.</summary>
internal static class KernelRuns
{
    /// <summary>Random numbers of mean 0 and about the given size, the same for the same seed.</summary>
    public static Tensor Numbers(Random random, double size, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (all, side) => all * side)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(size * ((2 * random.NextDouble()) - 1));
        return tensor(values).view(shape);
    }

    /// <summary>The same numbers at an address that is so many floats off libtorch's alignment.</summary>
    public static Tensor Moved(Tensor given, int floats)
    {
        var moved = empty(given.numel() + floats).narrow(0, floats, given.numel()).view(given.shape);
        using (no_grad())
            moved.copy_(given);
        return moved.requires_grad_(given.requires_grad);
    }

    /// <summary>The same numbers in another order in memory.</summary>
    public static Tensor Strided(Tensor given) => given.dim() < 2 ? given : given.detach().transpose(0, 1).contiguous().transpose(0,
        1).requires_grad_(given.requires_grad);

    /// <summary>Results, and the gradients that fixed random weights of them give the leaves; null for a leaf that has none.</summary>
    public static float[]?[] Values(Computation computation, params Tensor[] leaves)
    {
        foreach (var leaf in leaves)
            leaf.grad = null;
        using var scope = NewDisposeScope();
        var results = computation(leaves);
        var random = new Random(99);
        var parts = results.Select(result => (result * Numbers(random, 1, result.shape).to(result.dtype)).sum()).ToArray();
        if (parts.Any(part => part.requires_grad))
            parts.Aggregate((all, part) => all.Plus(part)).backward();
        return [.. results.Select(Floats), .. leaves.Select(leaf => leaf.grad is { } gradient ? Floats(gradient) : null)];
    }

    /// <summary>Fails unless each array is as the other, within a fraction of its largest element.</summary>
    public static void AssertClose(float[]?[] expected, float[]?[] actual, double tolerance = 2e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i]?.Length, actual[i]?.Length);
            if (expected[i] is not { Length: > 0 } one || actual[i] is not { } other)
                continue;
            var error = one.Zip(other, (a, b) => Math.Abs((double)a - b)).Max();
            Assert.True(error <= tolerance * one.Max(Math.Abs), $"array {i}: an error of {error} on values up to {one.Max(Math.Abs)}");
        }
    }

    /// <summary>Fails unless all bits are the same.</summary>
    public static void AssertSameBits(float[]?[] expected, float[]?[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(Bits(expected[i]), Bits(actual[i]));

        static int[] Bits(float[]? values) => MemoryMarshal.Cast<float, int>(values ?? []).ToArray();
    }

    /// <summary>Computes again with leaves at other addresses and with other strides: no bit may change.</summary>
    public static void AssertBitsStayWhereverLeavesLie(Computation computation, params Tensor[] leaves)
    {
        var first = Values(computation, leaves);
        AssertSameBits(first, Values(computation, leaves));
        for (var floats = 1; floats < 5; floats++)
            AssertSameBits(first, Values(computation, [.. leaves.Select((leaf, i) => Moved(leaf, floats * (1 + (i % 3))))]));
        AssertSameBits(first, Values(computation, [.. leaves.Select(Strided)]));
    }

    /// <summary>The elements of a tensor.</summary>
    public static float[] Floats(Tensor given) => given.numel() == 0 ? [] : given.detach().to(ScalarType.Float32).contiguous().data<float>()
        .ToArray();
}
