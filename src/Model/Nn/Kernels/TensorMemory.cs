using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>
/// Addresses of tensors for a native call. The tensors, and dense copies of those that are not dense, stay alive until this is disposed
/// of; an address alone keeps nothing alive.
/// </summary>
internal sealed unsafe partial class TensorMemory : IDisposable
{
    private readonly List<Tensor> _held = [];
    private readonly List<Tensor> _copies = [];

    /// <summary>The address of a tensor of floats to read.</summary>
    /// <param name="name">Name of the tensor, for errors.</param>
    /// <param name="tensor">The tensor, with any strides.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="ArgumentException">The tensor is not a float32 tensor of that shape on the CPU.</exception>
    public float* Floats(string name, Tensor tensor, params ReadOnlySpan<long> shape) =>
        (float*)Of(name, tensor, ScalarType.Float32, shape);

    /// <summary>The same for 64-bit integers.</summary>
    public long* Integers(string name, Tensor tensor, params ReadOnlySpan<long> shape) => (long*)Of(name, tensor, ScalarType.Int64, shape);

    /// <summary>The same for bytes.</summary>
    public byte* Bytes(string name, Tensor tensor, params ReadOnlySpan<long> shape) => (byte*)Of(name, tensor, ScalarType.Byte, shape);

    /// <summary>The same for truth values.</summary>
    public bool* Flags(string name, Tensor tensor, params ReadOnlySpan<long> shape) => (bool*)Of(name, tensor, ScalarType.Bool, shape);

    /// <summary>A new tensor of floats, not initialized, for the call to write.</summary>
    public Tensor New(out float* floats, params ReadOnlySpan<long> shape)
    {
        var tensor = empty(shape.ToArray());
        _held.Add(tensor);
        floats = (float*)THSTensor_data(tensor.Handle);
        return tensor;
    }

    /// <summary>The same if it is wanted; else null and no address.</summary>
    public Tensor? New(bool wanted, out float* floats, params ReadOnlySpan<long> shape)
    {
        floats = null;
        return wanted ? New(out floats, shape) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in _copies)
            copy.Dispose();
        _copies.Clear();
        _held.Clear();
    }

    private nint Of(string name, Tensor tensor, ScalarType type, ReadOnlySpan<long> shape)
    {
        if (tensor.dtype != type || tensor.device_type != DeviceType.CPU)
            throw new ArgumentException($"{name} is a tensor of {tensor.dtype} on {tensor.device}; the kernels take {type} on the CPU",
                nameof(tensor));
        if (!shape.SequenceEqual(tensor.shape))
            throw new ArgumentException($"{name} has the shape [{string.Join(", ", tensor.shape)}], expected "
                + $"[{string.Join(", ", shape.ToArray())}]", nameof(tensor));
        _held.Add(tensor);
        if (tensor.is_contiguous())
            return THSTensor_data(tensor.Handle);
        var copy = tensor.contiguous();
        _copies.Add(copy);
        return THSTensor_data(copy.Handle);
    }

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint tensor);
}
