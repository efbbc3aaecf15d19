using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Other element types, other devices, copies. Where nothing has to change, the result shares this tensor's elements
    // unless copy is asked for.
    public partial class Tensor
    {
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            After(dsq_to_type(this, type, copy, non_blocking), disposeAfter);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false)
        {
            InitializeDeviceType(deviceType);
            return After(dsq_to_device(this, new Device(deviceType, deviceIndex), copy, non_blocking), disposeAfter);
        }

        public Tensor to(
            ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(dsq_to_type_and_device(this, type, InitializeDevice(device), copy, non_blocking), disposeAfter);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(device.type, device.index, copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) =>
            to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor cpu() => dsq_to_device(this, CPU, false, false);

        public Tensor cuda(Device? device = null, bool non_blocking = false)
        {
            if (device is not null && device.type != DeviceType.CUDA)
                throw new ArgumentException("Not a CUDA device.", nameof(device));
            return to(DeviceType.CUDA, device?.index ?? -1, non_blocking: non_blocking);
        }

        public Tensor clone() => dsq_clone(this);

        /// <summary>Takes over the elements of a tensor that broadcasts to this one's shape; returns this.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            dsq_copy_(this, source, nonBlocking);
            return this;
        }

        /// <summary>
        /// Makes this tensor share the storage, sizes and strides of another; returns this. A leaf that requires a
        /// gradient allows it within no_grad.
        /// </summary>
        public Tensor set_(Tensor source)
        {
            dsq_set_(this, source);
            return this;
        }

        private Tensor After(Tensor result, bool disposeAfter)
        {
            if (disposeAfter)
                Dispose();
            return result;
        }
    }
}
