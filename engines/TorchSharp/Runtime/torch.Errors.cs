using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// Throws ExternalException with the message of this thread's last native failure, if there was one.
    /// </summary>
    public static void CheckForErrors()
    {
        var error = Native.NativeMethods.dsq_take_error();
        if (error != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8(error));
    }
}
