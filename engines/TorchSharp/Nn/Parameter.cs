using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>
    /// A tensor that a module learns. It takes the place, in whatever scope, of the tensor it is made of.
    /// </summary>
    public class Parameter : Tensor
    {
        /// <summary>Takes the native tensor from <paramref name="data"/>, which is empty afterwards.</summary>
        public Parameter(Tensor data, bool requires_grad = true)
            : base(data.with_requires_grad(requires_grad).MoveHandle(), false)
        {
            if (data.OwningDisposeScope is not null)
                DisposeScope.ReplaceWith(data, this);
        }

        /// <summary>Uninitialized; belongs to the current scope, unlike what layers in managed code make.</summary>
        internal Parameter(ReadOnlySpan<long> size, ScalarType? dtype, Device? device)
            : base(Allocate(size, dtype, device))
        {
        }

        private static nint Allocate(ReadOnlySpan<long> size, ScalarType? dtype, Device? device)
        {
            var handle = Native.NativeMethods.EmptyHandle(
                size, size.Length, dtype ?? ScalarType.Float32, InitializeDevice(device), true);
            if (handle == 0)
                CheckForErrors();
            return handle;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data,
                requires_grad);
        }
    }
}
