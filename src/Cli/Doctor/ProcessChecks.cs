using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using TorchSharp;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>Looks at this very process: runtime, engines, native libraries.</summary>
internal static class ProcessChecks
{
    private const int NeededRuntime = 10;

    /// <summary>The findings, in the order in which one thing needs the other.</summary>
    public static IEnumerable<Finding> Run()
    {
        yield return DotNet();
        yield return Finding.Ok("engines", EngineSeam.Description);
        var torch = Torch(out var isLoaded);
        yield return torch;
        if (!isLoaded)
            yield break;
        yield return Kernels();
        yield return OpenBlas();
        yield return Cuda();
    }

    private static Finding DotNet()
    {
        var seen = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores";
        return Environment.Version.Major >= NeededRuntime
            ? Finding.Ok(".NET", seen)
            : Finding.Error(".NET", seen, $"install .NET {NeededRuntime}: https://dotnet.microsoft.com/download");
    }

    private static Finding Torch(out bool isLoaded)
    {
        try
        {
            using var one = torch.zeros(1);
            isLoaded = true;
            var path = Loaded("libtorch_cpu") ?? Loaded("torch_cpu");
            return Finding.Ok("libtorch", path is null ? "loaded" : $"{VersionIn(path)}{path}");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException or NotSupportedException or ExternalException)
        {
            isLoaded = false;
            return Finding.Error("libtorch", $"cannot be loaded: {FirstLine((e.InnerException ?? e).Message)}", EngineSeam.TorchRemedy);
        }
    }

    private static Finding Kernels()
    {
        const string subject = "kernels";
        if (NativeKernels.InstructionSet is { } instructions)
            return Finding.Ok(subject, $"{instructions}, {Loaded("libdistseq2seq_kernels")}");
        return Environment.GetEnvironmentVariable("DISTSEQ2SEQ_KERNELS") == "off"
            ? Finding.Warning(subject, "switched off by DISTSEQ2SEQ_KERNELS=off; plain layers work, slower", "unset DISTSEQ2SEQ_KERNELS")
            : Finding.Warning(subject, $"no libdistseq2seq_kernels.so in {AppContext.BaseDirectory}; plain layers work, slower",
                "build native/ (cmake -S native -B native/build -G Ninja && cmake --build native/build), then the program again");
    }

    private static Finding OpenBlas()
    {
        const string subject = "OpenBLAS";
        var torchThreads = torch.get_num_threads().ToString(CultureInfo.InvariantCulture);
        if (Loaded("libopenblas") is not { } path)
            return Finding.Ok(subject, $"not in use; this libtorch has another BLAS ({torchThreads} threads)");
        var threads = NativeLibrary.TryLoad(path, out var library) && NativeLibrary.TryGetExport(library, "openblas_get_num_threads", out var function)
            ? Marshal.GetDelegateForFunctionPointer<CountThreads>(function)().ToString(CultureInfo.InvariantCulture) : "an unknown number of";
        var setting = Environment.GetEnvironmentVariable("OPENBLAS_NUM_THREADS") is { Length: > 0 } value ? $"={value}" : " is not set";
        return Finding.Ok(subject,
            $"{threads} threads here, libtorch {torchThreads} (OPENBLAS_NUM_THREADS{setting}; training sets it to cluster.threads_per_worker for each worker), {path}");
    }

    private static Finding Cuda() => Finding.Ok("GPU", torch.cuda.is_available() ? "libtorch sees CUDA devices, but workers compute on the CPU only" : "none that this libtorch can use; the CPU does the work");

    private static string? Loaded(string name)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>()
            .Select(module => module.FileName)
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));
    }

    /// <summary>Debian has the version in the file's name: libtorch_cpu.so.1.13.</summary>
    private static string VersionIn(string path)
    {
        var name = Path.GetFileName(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        var at = name.IndexOf(".so.", StringComparison.Ordinal);
        return at < 0 ? "" : $"version {name[(at + ".so.".Length)..]}, ";
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int CountThreads();
}
