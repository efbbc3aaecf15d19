using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class TensorTests : ScopedTorchTest
{
    [Fact]
    public void Tensor_OfAnArray_CopiesIt()
    {
        var array = new[] { 1f, 2f, 3f, 4f };

        var t = tensor(array, new long[] { 2, 2 });
        array[0] = 9;

        Assert.Equal([2L, 2L], t.shape);
        Assert.Equal(ScalarType.Float32, t.dtype);
        Assert.Equal([1f, 2f, 3f, 4f], t.data<float>().ToArray());
    }

    [Fact]
    public void FromArray_OfTheSameType_SharesItsMemory()
    {
        var array = new float[,] { { 1, 2 }, { 3, 4 } };

        var t = from_array(array);
        array[1, 0] = 7;
        t[0, 0] = tensor(5f);

        Assert.Equal([5f, 2f, 7f, 4f], t.data<float>().ToArray());
        Assert.Equal(5f, array[0, 0]);
    }

    [Fact]
    public void FromBuffer_WithAnOffset_SharesThatPart()
    {
        var array = new long[] { 1, 2, 3, 4 };

        var t = frombuffer(array, ScalarType.Int64, count: 2, offset: 1);
        array[1] = 20;

        Assert.Equal([20L, 3L], t.data<long>().ToArray());
        Assert.Throws<ArgumentException>(() => frombuffer(array, ScalarType.Int64, offset: 4));
    }

    [Fact]
    public void Tensor_OfMoreElementsThanTheArrayHas_Throws() =>
        Assert.Throws<ArgumentException>(() => tensor(new[] { 1f, 2f }, new long[] { 3 }));

    [Fact]
    public void Tensor_OfEachElementType_KeepsTypeAndValue()
    {
        Assert.Equal(ScalarType.Int32, tensor(3).dtype);
        Assert.Equal(ScalarType.Int64, tensor(3L).dtype);
        Assert.Equal(ScalarType.Float64, tensor(3.0).dtype);
        Assert.Equal([true, false], tensor(new[] { true, false }).data<bool>().ToArray());
        Assert.Equal(3, tensor(3).item<int>());
        Assert.Equal(2.5, tensor(2.5).item<double>());
        Assert.Equal(ScalarType.Float16, tensor(new[] { 1, 2 }, float16).dtype);
    }

    [Fact]
    public void Full_WithoutAType_FollowsTheValue()
    {
        Assert.Equal(ScalarType.Int64, full(2, 7).dtype);
        Assert.Equal(ScalarType.Float32, full(2, 7.0).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal([0f, 0.5f, 1f], arange(0, 1.5, 0.5).data<float>().ToArray());
    }

    [Fact]
    public void Item_OfAnotherType_Throws() => Assert.Throws<ArgumentException>(() => tensor(1f).item<long>());

    [Fact]
    public void Bytes_OfAContiguousTensor_IsALiveView()
    {
        var t = zeros(3);

        MemoryMarshal.Cast<byte, float>(t.bytes)[1] = 4;

        Assert.Equal([0f, 4f, 0f], t.data<float>().ToArray());
        Assert.Throws<InvalidOperationException>(() => zeros(2, 3).t().bytes.Length);
    }

    [Fact]
    public void Data_OfATransposedTensor_ReadsAndWritesInItsOwnOrder()
    {
        var t = arange(6, float32).view(2, 3).t();
        var data = t.data<float>();

        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], data.ToArray());
        Assert.Equal(5f, data[2, 1]);
        Assert.Equal(4f, data[3]);
        var part = new float[2];
        data.CopyTo(part, tensorIndex: 2);
        Assert.Equal([1f, 4f], part);
        data.CopyFrom([9f], tensorIndex: 5);
        Assert.Equal(9f, t[2, 1].ToSingle());
    }

    [Fact]
    public void To_AnotherType_ConvertsAndSharesWhenThereIsNothingToDo()
    {
        var t = tensor(new[] { 1.5f, -2f });

        Assert.Equal([1L, -2L], t.to(int64).data<long>().ToArray());
        Assert.Equal([1.5f, -2f], t.to(bfloat16).to(float32).data<float>().ToArray());
        t.to(float32).fill_(0);
        Assert.Equal([0f, 0f], t.data<float>().ToArray());
        t.to(float32, copy: true).fill_(1);
        Assert.Equal([0f, 0f], t.data<float>().ToArray());
    }

    [Fact]
    public void Mm_OfShapesThatDoNotFit_ThrowsAndNamesThem()
    {
        var e = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(4, 5)));

        Assert.Contains("2x3", e.Message);
        Assert.Contains("4x5", e.Message);
        Assert.Equal(3f, ones(1, 3).mm(ones(3, 1)).ToSingle());
    }

    [Fact]
    public void InPlaceOperations_OnATensor_ReturnTheSameObject()
    {
        var t = ones(2);

        Assert.Same(t, t.add_(1).mul_(2).sub_(1).div_(3).copy_(ones(2)).zero_().fill_(4));
        Assert.Equal([4f, 4f], t.data<float>().ToArray());
    }

    [Fact]
    public void UnsafeCreateTensor_OfADecoupledHandle_TakesTheTensorOver()
    {
        var t = ones(2);
        var handle = t.DecoupleFromNativeHandle();

        var taken = Tensor.UnsafeCreateTensor(handle);

        Assert.True(t.IsInvalid);
        Assert.Equal(handle, taken.Handle);
        Assert.Equal(2L, taken.numel());
    }

    [Fact]
    public void Operators_WithNumbersOnEitherSide_ComputeElementByElement()
    {
        var t = tensor(new[] { 1f, 2f, 4f });

        Assert.Equal([3f, 2f, 0f], (4 - t - 0).data<float>().ToArray());
        Assert.Equal([2f, 1f, 0.5f], (2 / t).data<float>().ToArray());
        Assert.Equal([-1f, -2f, -4f], (-t).data<float>().ToArray());
        Assert.Equal([false, false, true], (t > 2).data<bool>().ToArray());
        Assert.Equal([true, false, true], ((t == 1) | (t >= 4)).data<bool>().ToArray());
    }

    [Fact]
    public void Comparisons_OfWholeTensors_AreExactOrClose()
    {
        var t = tensor(new[] { 1f, 2f });

        Assert.True(t.Equals(t.clone()));
        Assert.False(t.Equals(t + 1e-7f + 1));
        Assert.True(t.allclose(t + 1e-7f));
        Assert.Equal([true, true], t.equal(t).data<bool>().ToArray());
    }

    [Fact]
    public void FiniteChecks_OnSpecialValues_FindThem()
    {
        var t = tensor(new[] { 1f, float.NaN, float.PositiveInfinity });

        Assert.Equal([true, false, false], t.isfinite().data<bool>().ToArray());
        Assert.Equal([false, true, false], t.isnan().data<bool>().ToArray());
        Assert.Equal([false, false, true], t.isinf().data<bool>().ToArray());
        Assert.False(t.isfinite().all().ToBoolean());
        Assert.True(t.isnan().any().item<bool>());
    }
}
