namespace TorchSharp;

public static partial class torch
{
    /// <summary>Threads that one operation may use on the CPU.</summary>
    public static int get_num_threads() => Native.NativeMethods.dsq_get_num_threads();

    public static void set_num_threads(int num) => Native.NativeMethods.dsq_set_num_threads(num);

    /// <summary>Threads that run operations side by side on the CPU.</summary>
    public static int get_num_interop_threads() => Native.NativeMethods.dsq_get_num_interop_threads();

    /// <summary>Only once, and before any parallel work: ExternalException afterwards.</summary>
    public static void set_num_interop_threads(int num) => Native.NativeMethods.dsq_set_num_interop_threads(num);
}
