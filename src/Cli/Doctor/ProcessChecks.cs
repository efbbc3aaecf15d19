using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>Looks at this very process: runtime, packages, native libraries.</summary>
internal static class ProcessChecks
{
    private const int NeededRuntime = 10;

    /// <summary>What TorchSharp's library asks of libstdc++; also in Directory.Build.targets.</summary>
    private const string NeededStandardLibrary = "GLIBCXX_3.4.32";

    private const string TorchRemedy = "build the program again on this machine: remove .dist and run ./dist";

    /// <summary>The findings, in the order in which one thing needs the other.</summary>
    public static IEnumerable<Finding> Run()
    {
        yield return DotNet();
        yield return Packages();
        var torch = Torch(out var isLoaded);
        yield return torch;
        if (!isLoaded)
            yield break;
        yield return StandardLibrary();
        yield return Kernels();
        yield return Products();
        yield return Cuda();
    }

    private static Finding Packages() => Finding.Ok("packages", string.Join(", ",
        new[]
            {
                ("Akka.NET", typeof(Akka.Actor.ActorSystem)), ("TorchSharp", typeof(torch)),
                ("grpc-dotnet", typeof(Grpc.Net.Client.GrpcChannel)), ("Protobuf", typeof(Google.Protobuf.IMessage)),
            }
            .Select(package => $"{package.Item1} {VersionOf(package.Item2.Assembly)}")));

    private static string? VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static Finding DotNet()
    {
        var seen = $"{RuntimeInformation.FrameworkDescription} "
            + $"on {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores";
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
            return Finding.Ok("libtorch", $"version {torch.__version__}, {Loaded("libtorch_cpu") ?? "loaded"}");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException
            or NotSupportedException or ExternalException)
        {
            isLoaded = false;
            return Finding.Error("libtorch", $"cannot be loaded: {FirstLine((e.InnerException ?? e).Message)}", TorchRemedy);
        }
    }

    /// <summary>Asked once libtorch is loaded: so where the system's library ends too early, the mark is there.</summary>
    private static Finding StandardLibrary()
    {
        const string subject = "libstdc++";
        if (Loaded("libstdc++.so.6") is not { } path)
            return Finding.Ok(subject, "built into .NET and libtorch");
        var isNew = File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes(NeededStandardLibrary + '\0')) >= 0;
        return Finding.Ok(subject, isNew
            ? $"{path} has {NeededStandardLibrary}, as TorchSharp asks"
            : $"{path} ends before {NeededStandardLibrary}; the build has marked TorchSharp's need for it as weak, which is harmless");
    }

    private static Finding Kernels()
    {
        const string subject = "kernels";
        if (NativeKernels.InstructionSet is { } instructions)
            return Finding.Ok(subject, $"{instructions}, {Loaded("libdistseq2seq_kernels")}");
        return Environment.GetEnvironmentVariable("DISTSEQ2SEQ_KERNELS") == "off"
            ? Finding.Warning(subject, "switched off by DISTSEQ2SEQ_KERNELS=off; plain layers work, slower", "unset DISTSEQ2SEQ_KERNELS")
            : Finding.Warning(subject, $"no libdistseq2seq_kernels.so in {AppContext.BaseDirectory}; plain layers work, slower",
                "install a C++ compiler (apt-get install g++) and run ./dist again; where there is a .dist/kernels.log, it says what "
                + "went wrong");
    }

    private static Finding Products()
    {
        const string subject = "products";
        var threads = torch.get_num_threads().ToString(CultureInfo.InvariantCulture);
        var seen = $"{MathLibrary.Describe()}, {threads} threads here; training sets them to cluster.threads_per_worker for each worker";
        return MathLibrary.IsStrict
            ? Finding.Ok(subject, seen)
            : Finding.Warning(subject, $"{seen}. In this mode bits depend on where matrices lie in memory, so equal runs may differ",
                $"unset {MathLibrary.ModeVariable} ('{Environment.GetEnvironmentVariable(MathLibrary.ModeVariable)}'), or set it to a mode "
                + "with STRICT: AVX2,STRICT or AVX512,STRICT");
    }

    private static Finding Cuda() => Finding.Ok("GPU", torch.cuda.is_available() ? "libtorch sees CUDA devices, but workers compute on the "
        + "CPU only" : "none that this libtorch can use; the CPU does the work");

    private static string? Loaded(string name)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>()
            .Select(module => module.FileName)
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
