using TorchSharp.Utils;
using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Reading and writing elements from managed code.
    public partial class Tensor
    {
        /// <summary>
        /// The elements; of a tensor elsewhere, those of a copy on the CPU. T must be the element type.
        /// </summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The only element; T must be the element type.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException("Number of elements in the tensor must be 1");
            return data<T>()[0];
        }

        /// <summary>The only element, whatever its type.</summary>
        public Scalar ToScalar()
        {
            dsq_item(this, out var value);
            return new Scalar(value);
        }

        /// <summary>
        /// A live view of a contiguous CPU tensor's memory, of at most 2 GB; keep the tensor alive meanwhile.
        /// </summary>
        public Span<byte> bytes
        {
            get
            {
                var total = NumberOfElements * ElementSize;
                if (!is_contiguous())
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (total > int.MaxValue)
                    throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                if (device_type != DeviceType.CPU)
                    throw new InvalidOperationException(
                        "Reading data from non-CPU memory is not supported. " +
                        "Move or copy the tensor to the cpu before reading.");
                unsafe
                {
                    return new Span<byte>((void*)DataPointer(), (int)total);
                }
            }

            set
            {
                var total = NumberOfElements * ElementSize;
                if (!is_contiguous())
                    throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (total != value.Length)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                unsafe
                {
                    value.CopyTo(new Span<byte>((void*)DataPointer(), value.Length));
                }
            }
        }

        public T ReadCpuValue<T>(long i) where T : unmanaged => data<T>()[i];

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator bool(Tensor value) => value.ToBoolean();

        internal nint DataPointer()
        {
            dsq_data(this, out var data);
            return data;
        }

        private void ValidateType(Type type)
        {
            if (Array.IndexOf(Readable, type) < 0 || ToScalarType(type) != dtype)
                throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }

        private static readonly Type[] Readable =
        [
            typeof(byte), typeof(sbyte), typeof(short), typeof(int), typeof(long), typeof(Half), typeof(float),
            typeof(double), typeof(bool),
        ];
    }
}
