using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // What a tensor says about itself.
    public partial class Tensor
    {
        public long Dimensions => dsq_dim(this);

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => dsq_numel(this);

        public long numel() => NumberOfElements;

        /// <summary>Bytes per element.</summary>
        public long ElementSize => dsq_element_size(this);

        public long element_size() => ElementSize;

        public ScalarType dtype => (ScalarType)dsq_dtype(this);

        public DeviceType device_type => (DeviceType)dsq_device_type(this);

        public int device_index => dsq_device_index(this);

        public Device device => device_type == DeviceType.CPU ? new Device(DeviceType.CPU) : new Device(device_type,
            device_index);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_contiguous() => dsq_is_contiguous(this);

        public long[] shape
        {
            get
            {
                var result = new long[Dimensions];
                dsq_sizes(this, result);
                return result;
            }
        }

        public long[] size() => shape;

        /// <summary>Negative dimensions count from the end.</summary>
        public long size(int dim)
        {
            dsq_size(this, dim, out var result);
            return result;
        }

        /// <summary>Elements between neighbours along each dimension.</summary>
        public long[] stride()
        {
            var result = new long[Dimensions];
            dsq_strides(this, result);
            return result;
        }

        public long stride(int dim)
        {
            dsq_stride(this, dim, out var result);
            return result;
        }

        /// <summary>Elements before the first one in the storage.</summary>
        public long storage_offset() => dsq_storage_offset(this);

        internal bool IsSame(Tensor other) => dsq_is_same(this, other);
    }
}
