using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>CUDA devices, where libtorch was built for them.</summary>
    public static partial class cuda
    {
        public static bool is_available() => NativeMethods.dsq_cuda_is_available();

        public static int device_count() => NativeMethods.dsq_cuda_device_count();

        /// <summary>Seeds the current device's generator; nothing where there is none.</summary>
        public static void manual_seed(long seed) => NativeMethods.dsq_cuda_manual_seed((ulong)seed, false);

        public static void manual_seed_all(long seed) => NativeMethods.dsq_cuda_manual_seed((ulong)seed, true);

        /// <summary>Waits for all work of a device (the current one for null).</summary>
        public static void synchronize(Device? device = null) =>
            NativeMethods.dsq_cuda_synchronize(device?.index ?? -1);
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                /// <summary>Whether float32 products on CUDA may round their inputs to TF32.</summary>
                public static bool allow_tf32
                {
                    get => NativeMethods.dsq_get_allow_tf32();
                    set => NativeMethods.dsq_set_allow_tf32(value);
                }
            }
        }
    }
}
