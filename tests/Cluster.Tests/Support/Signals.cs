using System.Runtime.InteropServices;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>POSIX signals, by their Linux numbers.</summary>
internal static partial class Signals
{
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Send(int processId, int signal);
}
