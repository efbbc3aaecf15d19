using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Native;

/// <summary>Finds the binding's library next to the program, and says what to do where it is missing.</summary>
internal static class NativeLibraryResolver
{
    /// <summary>The name that every P/Invoke of this assembly uses.</summary>
    internal const string Library = "distseq2seq_torch";

    private static nint _handle;

    // The first native call may come from a static field: only a module initializer is early enough.
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryResolver).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
            return 0;
        if (_handle == 0)
            _handle = Load();
        return _handle;
    }

    private static nint Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so");
        if (!File.Exists(path))
            throw new DllNotFoundException(
                $"libtorch binding not found at {path}. It is built from native/ by CMake over a libtorch of 1.13 or " +
                "later (Debian: libtorch-dev); run ./dist doctor, or any ./dist command: they build what is missing.");
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"The libtorch binding {path} could not be loaded: {e.Message} " +
                "Most likely the libtorch it was built against is not on this machine; run ./dist doctor.", e);
        }
    }
}
