using System.Runtime.InteropServices;

namespace DistSeq2Seq.Cli.Train;

/// <summary>POSIX signals to other processes, which .NET cannot send.</summary>
internal static partial class Signals
{
    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal; 0 on success.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Send(int processId, int signal);
}
