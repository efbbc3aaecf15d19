using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// MKL, with which libtorch multiplies matrices on a CPU. Before its first product, it is set to give the same bits wherever a matrix
/// lies in memory (conditional numerical reproducibility).
/// </summary>
public static partial class MathLibrary
{
    /// <summary>The variable that MKL reads at its first call.</summary>
    public const string ModeVariable = "MKL_CBWR";

    /// <summary>The variable with MKL's number of threads for a product, on every thread that calls it.</summary>
    public const string ThreadsVariable = "MKL_NUM_THREADS";

    /// <summary>Value of <c>mkl_cbwr_get</c>'s argument (mkl_service.h): branch and flags together.</summary>
    private const int All = -1;

    /// <summary>Flag of the strict mode: no bit depends on alignment.</summary>
    private const int StrictFlag = 0x10000;

    /// <summary>Branches of MKL's code by their numbers in mkl_service.h.</summary>
    private static readonly Dictionary<int, string> Branches = new()
    {
        [1] = "off",
        [2] = "AUTO",
        [3] = "COMPATIBLE",
        [4] = "SSE2",
        [6] = "SSSE3",
        [7] = "SSE4_1",
        [8] = "SSE4_2",
        [9] = "AVX",
        [10] = "AVX2",
        [11] = "AVX512_MIC",
        [12] = "AVX512",
        [13] = "AVX512_MIC_E1",
        [14] = "AVX512_E1",
    };

    private static readonly Lazy<nint> Library = new(Find);

    /// <summary>Whether no bit of a product depends on where its matrices lie; true where this libtorch has no MKL.</summary>
    public static bool IsStrict => Mode is not { } mode || (mode & StrictFlag) != 0 || (mode & ~StrictFlag) == 3;

    /// <summary>
    /// MKL's version and the mode that it reports, as <c>MKL 2024.2 AVX512,STRICT</c>; <c>no MKL</c> with another libtorch.
    /// </summary>
    public static string Describe()
    {
        if (Mode is not { } mode)
            return "no MKL";
        var branch = mode & ~StrictFlag;
        var name = Branches.GetValueOrDefault(branch, branch.ToString(CultureInfo.InvariantCulture));
        return $"MKL {Version()} {name}{((mode & StrictFlag) == 0 ? "" : ",STRICT")}";
    }

    /// <summary>Sets the threads of MKL's products on every thread that has not begun to use them.</summary>
    public static void UseThreads(int threads) => _ = SetEnvironment(ThreadsVariable, threads.ToString(CultureInfo.InvariantCulture),
        overwrite: 1);

    /// <summary>
    /// Runs when this assembly is first used, before there is any tensor: MKL reads the variable only once. A mode that is set already
    /// stays. All workers must have the same mode, and compare it (<see cref="Training.Arithmetic"/>).
    /// </summary>
#pragma warning disable CA2255 // A library may not count on its users to call this before their first tensor, and later is too late.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void ChooseMode() => _ = SetEnvironment(ModeVariable, BestMode, overwrite: 0);

    /// <summary>Address of the BLAS function <c>sgemm_</c> (Fortran's calling convention, 32-bit integers) of the libtorch that is loaded;
    /// null where it cannot be found.</summary>
    internal static nint? MatrixProduct => Library.Value != 0 && NativeLibrary.TryGetExport(Library.Value, "sgemm_", out var product)
        ? product : null;

    private static string BestMode =>
        Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported
        ? "AVX512,STRICT"
        : Avx2.IsSupported ? "AVX2,STRICT"
        : "COMPATIBLE";

    private static unsafe int? Mode => Library.Value != 0 && NativeLibrary.TryGetExport(Library.Value, "mkl_serv_cbwr_get", out var get)
        ? ((delegate* unmanaged<int, int>)get)(All)
        : null;

    private static unsafe string Version()
    {
        if (!NativeLibrary.TryGetExport(Library.Value, "mkl_serv_get_version_string", out var get))
            return "of unknown version";
        var text = stackalloc byte[200];
        ((delegate* unmanaged<byte*, int, void>)get)(text, 199);
        // "Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build …"
        var words = Marshal.PtrToStringUTF8((nint)text)!.Split(' ');
        return words[Array.IndexOf(words, "Version") + 1].Split('-')[0];
    }

    private static nint Find()
    {
        using var first = zeros(1); // TorchSharp loads its libraries
        var path = File.Exists("/proc/self/maps") ? File.ReadLines("/proc/self/maps")
            .FirstOrDefault(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal)) : null;
        return path is not null && NativeLibrary.TryLoad(path[path.IndexOf('/', StringComparison.Ordinal)..], out var library)
            ? library : 0;
    }

    /// <summary>Sets a variable of the C library: native code does not see what .NET sets in its own copy of the environment.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
