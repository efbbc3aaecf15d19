using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

[Collection(TorchCollection.Name)]
public sealed class RecurrentKernelTests
{
    /// <summary>Steps, sentences, inputs, units, and the sentences' lengths; none: all are full.</summary>
    public static TheoryData<bool, int[], int[]> Shapes { get; } = new(
        from isLstm in new[] { true, false }
        from shape in new (int[] Sizes, int[] Lengths)[]
        {
            ([1, 1, 1, 1], []),
            ([5, 1, 3, 1], []),
            ([9, 4, 17, 17], []),
            ([12, 16, 40, 96], []), // enough rows for panels
            ([7, 19, 530, 37], []),
            ([24, 7, 8, 130], []),
            ([6, 4, 5, 17], [6, 4, 4, 1]),
            ([3, 3, 1, 3], [3, 2, 1]),
            ([11, 8, 20, 48], [11, 11, 9, 7, 7, 3, 2, 1]),
            ([30, 9, 21, 140], [30, 30, 29, 20, 20, 13, 5, 2, 1]), // panels in two blocks of depth
            ([2, 3, 4, 5], [2, 1, 0]), // a sentence without a word
            ([4, 0, 2, 3], []), // no sentences
        }
        select (isLstm, shape.Sizes, shape.Lengths));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_ManyShapesBothDirections_AgreesWithDoublePrecision(bool isLstm, int[] sizes, int[] lengths)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var leaves = Leaves(isLstm, sizes);
        foreach (var reverse in new[] { false, true })
        {
            KernelRuns.AssertClose(
                KernelRuns.Values(Reference(isLstm, sizes, lengths, reverse), leaves),
                KernelRuns.Values(Layer(isLstm, sizes, lengths, reverse), leaves));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_WhereverMemoryLies_SameBits(bool isLstm)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        foreach (var sizes in new int[][] { [5, 3, 7, 13], [6, 8, 64, 64], [3, 43, 19, 101] })
        {
            int[] lengths = [.. Enumerable.Repeat(sizes[0], sizes[1] - 1), 1];
            KernelRuns.AssertBitsStayWhereverLeavesLie(Layer(isLstm, sizes, lengths, reverse: true), Leaves(isLstm, sizes));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_WithoutGradients_SameBitsAndNoGraph(bool isLstm)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        int[] sizes = [6, 4, 5, 17];
        var leaves = Leaves(isLstm, sizes);
        var with = Layer(isLstm, sizes, [6, 4, 4, 1], reverse: false)(leaves);
        using var noGradient = no_grad();
        var without = Layer(isLstm, sizes, [6, 4, 4, 1], reverse: false)(leaves);
        Assert.All(with, result => Assert.True(result.requires_grad));
        Assert.All(without, result => Assert.False(result.requires_grad));
        KernelRuns.AssertSameBits([.. with.Select(KernelRuns.Floats)], [.. without.Select(KernelRuns.Floats)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_OnlyTheLastStateUsedAndSomeLeavesFixed_AgreesWithDoublePrecision(bool isLstm)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        int[] sizes = [5, 3, 4, 8], lengths = [5, 3, 2];
        var leaves = Leaves(isLstm, sizes);
        leaves[0].requires_grad = false;
        leaves[3].requires_grad = false;
        leaves[5].requires_grad = false;
        Computation OnlyState(Computation layer) => tensors => [layer(tensors)[1]];
        var fused = KernelRuns.Values(OnlyState(Layer(isLstm, sizes, lengths, reverse: true)), leaves);
        KernelRuns.AssertClose(KernelRuns.Values(OnlyState(Reference(isLstm, sizes, lengths, reverse: true)), leaves), fused);
        Assert.Null(fused[1]); // x
        Assert.NotNull(fused[2]); // its weight
    }

    [Fact]
    public void Lstm_ExtremeInputs_StayFinite_AndNaNPasses()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var leaves = Leaves(isLstm: true, [1, 1, 4, 4]);
        using var noGradient = no_grad();
        leaves[1] = eye(4).repeat(4, 1);
        foreach (var i in Enumerable.Range(2, 5))
            leaves[i] = zeros_like(leaves[i]);
        leaves[0] = tensor([1e30f, -1e30f, 200f, -200f]).view(1, 1, 4);
        var state = KernelRuns.Floats(Layer(true, [1, 1, 4, 4], [], false)(leaves)[1]);
        // i = o = g = 1 for large inputs, i = 0 for very negative ones.
        Assert.All(state.Zip([0.76159416f, 0, 0.76159416f, 0]), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        leaves[0] = tensor(Enumerable.Repeat(float.NaN, 4).ToArray()).view(1, 1, 4);
        Assert.All(KernelRuns.Floats(Layer(true, [1, 1, 4, 4], [], false)(leaves)[0]), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Run_WrongArguments_NamedInTheError()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        int[] sizes = [4, 3, 6, 5];
        var leaves = Leaves(isLstm: true, sizes);
        string ErrorOf(int index, Tensor wrong)
        {
            Tensor[] given = [.. leaves];
            given[index] = wrong;
            return Assert.Throws<ArgumentException>(() => Layer(true, sizes, [], false)(given)).Message;
        }

        Assert.Contains("the input's weight has the shape [20, 7], expected [20, 6]", ErrorOf(1, zeros(20, 7)), StringComparison.Ordinal);
        Assert.Contains("the state's bias has the shape [15], expected [20]", ErrorOf(4, zeros(15)), StringComparison.Ordinal);
        Assert.Contains("Float64", ErrorOf(2, zeros(20, 5, dtype: ScalarType.Float64)), StringComparison.Ordinal);
        Assert.Contains("expected [4, B, I]", ErrorOf(0, zeros(5, 3, 6)), StringComparison.Ordinal);
        var rising = Assert.Throws<ExternalException>(() => Kernel.Run(new RecurrentKernel(new([2, 3, 1, 1], false), isLstm: true),
            leaves));
        Assert.Contains("batch_sizes[1] is 3, expected 0..2", rising.Message, StringComparison.Ordinal);
    }

    /// <summary>Input, both weights, both biases, first states.</summary>
    private static Tensor[] Leaves(bool isLstm, int[] sizes)
    {
        var random = new Random(sizes.Sum());
        long gates = isLstm ? 4 : 3, units = sizes[3];
        var scale = 1.7 / Math.Sqrt(units);
        Tensor[] tensors =
        [
            KernelRuns.Numbers(random, 1.7, sizes[0], sizes[1], sizes[2]),
            KernelRuns.Numbers(random, scale, gates * units, sizes[2]), KernelRuns.Numbers(random, scale, gates * units, units),
            KernelRuns.Numbers(random, scale, gates * units), KernelRuns.Numbers(random, scale, gates * units),
            KernelRuns.Numbers(random, 1.7, sizes[1], units), KernelRuns.Numbers(random, 1.7, sizes[1], units),
        ];
        return [.. tensors[..(isLstm ? 7 : 6)].Select(leaf => leaf.requires_grad_())];
    }

    private static Computation Layer(bool isLstm, int[] sizes, int[] lengths, bool reverse) =>
        leaves => Kernel.Run(new RecurrentKernel(new(ActiveRows(sizes, lengths), reverse), isLstm), leaves);

    private static long[] ActiveRows(int[] sizes, int[] lengths) =>
        [.. Enumerable.Range(0, sizes[0]).Select(time => lengths.Length == 0 ? sizes[1] : (long)lengths.Count(length => length > time))];

    /// <summary>The same in double precision, by PyTorch's equations.</summary>
    private static Computation Reference(bool isLstm, int[] sizes, int[] lengths, bool reverse) => leaves =>
    {
        var exact = leaves.Select(leaf => leaf.to(ScalarType.Float64)).ToArray();
        Tensor hidden = exact[5], cell = isLstm ? exact[6] : exact[5];
        var activeRows = ActiveRows(sizes, lengths);
        var outputs = new Tensor[sizes[0]];
        for (var turn = 0; turn < sizes[0]; turn++)
        {
            var time = reverse ? sizes[0] - 1 - turn : turn;
            var (active, all) = (activeRows[time], sizes[1]);
            var (before, cellBefore) = (hidden.narrow(0, 0, active), cell.narrow(0, 0, active));
            var x = exact[0][time].narrow(0, 0, active).mm(exact[1].t()).Plus(exact[3]).chunk(isLstm ? 4 : 3, 1);
            var h = before.mm(exact[2].t()).Plus(exact[4]).chunk(isLstm ? 4 : 3, 1);
            Tensor next;
            if (isLstm)
            {
                var gates = x.Zip(h, (fromX, fromH) => fromX.Plus(fromH)).ToArray();
                var nextCell = (gates[1].sigmoid() * cellBefore).Plus(gates[0].sigmoid() * gates[2].tanh());
                next = gates[3].sigmoid() * nextCell.tanh();
                cell = cat([nextCell, cell.narrow(0, active, all - active)]);
            }
            else
            {
                var update = x[1].Plus(h[1]).sigmoid();
                var candidate = x[2].Plus(x[0].Plus(h[0]).sigmoid() * h[2]).tanh();
                next = candidate.Plus(update * (before - candidate)); // (1 - update) candidate + update before
            }

            hidden = cat([next, hidden.narrow(0, active, all - active)]);
            outputs[time] = cat([next, zeros(all - active, sizes[3], dtype: ScalarType.Float64)]);
        }

        return isLstm ? [stack(outputs), hidden, cell] : [stack(outputs), hidden];
    };
}
