using System.Runtime.InteropServices;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>POSIX signals, by their Linux numbers.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>An exit code at and above which it tells of a signal.</summary>
    private const int OfSignals = 128;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Send(int processId, int signal);

    /// <summary>A signal's name.</summary>
    public static string NameOf(int signal) => signal switch
    {
        Interrupt => "SIGINT",
        6 => "SIGABRT",
        Kill => "SIGKILL",
        11 => "SIGSEGV",
        Terminate => "SIGTERM",
        Continue => "SIGCONT",
        Stop => "SIGSTOP",
        _ => $"signal {signal}",
    };

    /// <summary>What became of a process.</summary>
    /// <param name="code">Its exit code; null while it runs.</param>
    public static string DescribeEnd(int? code) => code is { } ended ? $"ended with {DescribeExit(ended)}" : "runs";

    /// <summary>An exit code, with the signal that it tells of: <c>137 (128 + SIGKILL)</c>.</summary>
    public static string DescribeExit(int code) => code > OfSignals ? $"{code} ({OfSignals} + {NameOf(code - OfSignals)})" : $"{code}";
}
