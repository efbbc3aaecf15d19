using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of libtorch, such as 1.13.1; the real package gives four numbers.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Native.NativeMethods.dsq_torch_version())!;
}
