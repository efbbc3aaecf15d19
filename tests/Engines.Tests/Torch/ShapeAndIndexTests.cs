using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class ShapeAndIndexTests : ScopedTorchTest
{
    private readonly Tensor _t = arange(12).view(3, 4);

    [Fact]
    public void Views_OfATensor_ShareItsElements()
    {
        _t.narrow(1, 1, 2)[0, 0] = tensor(50L);
        _t.select(0, 2).fill_(9);
        _t.transpose(0, 1)[3].zero_();

        Assert.Equal([0L, 50, 2, 0, 4, 5, 6, 0, 9, 9, 9, 0], _t.data<long>().ToArray());
    }

    [Fact]
    public void View_OfATransposedTensor_ThrowsButReshapeCopies()
    {
        Assert.Throws<ExternalException>(() => _t.t().view(12));
        Assert.Equal([0L, 4, 8, 1], _t.t().reshape(12).slice(0, 0, 4, 1).data<long>().ToArray());
        Assert.False(_t.t().is_contiguous());
        Assert.True(_t.t().contiguous().is_contiguous());
        Assert.Equal([1L, 4L], _t.t().stride());
    }

    [Fact]
    public void Shapes_AfterEachOperation_AreAsNamed()
    {
        Assert.Equal([12L], _t.flatten().shape);
        Assert.Equal([1L, 3, 4], _t.unsqueeze(0).shape);
        Assert.Equal([3L, 4], _t.unsqueeze(0).squeeze(0).shape);
        Assert.Equal([4L, 1, 3], _t.unsqueeze(0).permute(2, 0, 1).shape);
        Assert.Equal([2L, 3, 4], _t.expand(2, 3, 4).shape);
        Assert.Equal([6L, 4], _t.repeat(2, 1).shape);
        Assert.Equal(4, _t.size(-1));
        Assert.Equal(2, _t.dim());
        Assert.Equal(8, _t.element_size());
    }

    [Fact]
    public void CatAndStack_OfTensors_JoinAlongOldAndNewDimensions()
    {
        Assert.Equal([6L, 4], cat([_t, _t]).shape);
        Assert.Equal([3L, 8], cat([_t, _t], 1).shape);
        Assert.Equal([3L, 2, 4], stack([_t, _t], 1).shape);
    }

    [Fact]
    public void ChunkSplitAndUnbind_OfATensor_GivePartsInOrder()
    {
        Assert.Equal([2L, 1], _t.chunk(2).Select(part => part.shape[0]));
        Assert.Equal([3L, 1], _t.split(3, 1).Select(part => part.shape[1]));
        Assert.Equal([1L, 3], _t.split([1, 3], 1).Select(part => part.shape[1]));
        Assert.Equal([0L, 4, 8], _t.unbind().Select(row => row[0].item<long>()));
        Assert.Throws<ExternalException>(() => _t.split([1, 1], 1));
    }

    [Fact]
    public void Indexers_WithRangesAndEllipsis_Select()
    {
        Assert.Equal([4L, 8], _t[1.., 0].data<long>().ToArray());
        Assert.Equal([3L, 7, 11], _t[TensorIndex.Ellipsis, -1].data<long>().ToArray());
        Assert.Equal([1L, 3], _t[0, TensorIndex.Slice(1, null, 2)].data<long>().ToArray());
        Assert.Equal([1L, 3, 4], _t[TensorIndex.None].shape);
        Assert.Equal([10L], _t[TensorIndex.Single(2), TensorIndex.Tensor(tensor(new[] { 2L }))].data<long>().ToArray());
    }

    [Fact]
    public void Indexers_WithTensors_PickAndPut()
    {
        var rows = tensor(new[] { 2L, 0L });

        Assert.Equal([8L, 9, 10, 11, 0, 1, 2, 3], _t[rows].data<long>().ToArray());
        _t[rows] = zeros(2, 4, int64);
        Assert.Equal([0L, 22, 0], _t.sum(1).data<long>().ToArray());
        Assert.Equal([4L, 5], _t[_t.gt(3) & _t.lt(6)].data<long>().ToArray());
    }

    [Fact]
    public void IndexAdd_WithRepeatedRows_AddsThemAll()
    {
        var sums = zeros(3, 2);

        sums.index_add_(0, tensor(new[] { 1L, 1L, 2L }), ones(3, 2), 2);

        Assert.Equal([0f, 0, 4, 4, 2, 2], sums.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => sums.index_add_(0, tensor(new[] { 1 }), ones(1, 2), 1));
    }

    [Fact]
    public void GatherAndScatter_AlongADimension_AreInverse()
    {
        var index = tensor(new[] { 3L, 0L, 1L }).unsqueeze(1);

        var picked = _t.gather(1, index);
        var back = zeros(3, 4, int64).scatter_(1, index, picked);

        Assert.Equal([3L, 4, 9], picked.flatten().data<long>().ToArray());
        Assert.Equal([0L, 0, 0, 3, 4, 0, 0, 0, 0, 9, 0, 0], back.data<long>().ToArray());
    }

    [Fact]
    public void IndexSelectAndCopy_OfRows_ReadAndWriteThem()
    {
        var rows = tensor(new[] { 2L, 1L });

        Assert.Equal([8L, 4], _t.index_select(0, rows)[.., 0].data<long>().ToArray());
        _t.index_copy_(0, rows, zeros(2, 4, int64));
        Assert.Equal(6, _t.sum().item<long>());
    }

    [Fact]
    public void TopkSortAndArgmax_OfRows_GiveValuesAndPlaces()
    {
        var t = tensor(new float[,] { { 1, 3, 2 }, { 6, 4, 5 } });

        var (values, indexes) = t.topk(2);
        var (sorted, order) = t.sort(-1, descending: true, stable: true);

        Assert.Equal([3f, 2, 6, 5], values.data<float>().ToArray());
        Assert.Equal([1L, 2, 0, 2], indexes.data<long>().ToArray());
        Assert.Equal([3f, 2, 1, 6, 5, 4], sorted.data<float>().ToArray());
        Assert.Equal([1L, 2, 0, 0, 2, 1], order.data<long>().ToArray());
        Assert.Equal([1L, 0], t.argmax(1).data<long>().ToArray());
        Assert.Equal(3L, t.argmax().item<long>());
        Assert.Equal([3f, 6], t.max(1).values.data<float>().ToArray());
        Assert.Equal([1f, 4], t.min(1).values.data<float>().ToArray());
        Assert.Equal([6f, 4, 5], t.amax(0).data<float>().ToArray());
    }

    [Fact]
    public void Reductions_OverDimensions_KeepThemWhenAsked()
    {
        Assert.Equal([12L, 15, 18, 21], _t.sum(dim: 0).data<long>().ToArray());
        Assert.Equal([1L, 4], _t.sum(0, keepdim: true).shape);
        Assert.Equal(66f, _t.sum(0, 1, type: float32).ToSingle());
        Assert.Equal([1.5f, 5.5f, 9.5f], _t.mean([1], type: float32).data<float>().ToArray());
    }

    [Fact]
    public void WhereTrilAndRoll_OnATensor_Choose()
    {
        var square = ones(2, 2);

        Assert.Equal([1f, 0, 1, 1], square.tril().data<float>().ToArray());
        Assert.Equal([1f, 1, 0, 1], square.triu().data<float>().ToArray());
        Assert.Equal([1f, 9, 1, 1], where(square.tril() > 0, square, full(1, 9f)).data<float>().ToArray());
        Assert.Equal([2L, 0, 1], arange(3).roll(1).data<long>().ToArray());
        Assert.Equal([2L, 1, 0], arange(3).flip(0).data<long>().ToArray());
        Assert.Equal([1L, 2], arange(3).masked_select(arange(3) > 0).data<long>().ToArray());
    }
}
