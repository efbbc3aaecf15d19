using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Storage;

/// <summary>
/// The few operations through which a checkpoint reaches the disk, each one durable when it returns. Tests replace them by failing ones.
/// </summary>
public partial class DurableFiles
{
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;
    private const int GetFlags = 3;
    private const int SetFlags = 4;

    /// <summary>O_DIRECT, whose number depends on the processor; 0 where it is not used.</summary>
    private static readonly int Direct = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x4000,
        Architecture.Arm64 => 0x10000,
        _ => 0,
    };

    /// <summary>
    /// Creates a file for writing; it must not exist. What is written goes past the system's page cache where the file
    /// system can do that: copying hundreds of megabytes into pages that are not read again would take processor time from training.
    /// </summary>
    public virtual FileStream Create(string path)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        SetDirect(file, true);
        return file;
    }

    /// <summary>
    /// Writes to a file that <see cref="Create"/> made. Writes of <see cref="AlignedBlock"/>s go past the page cache, all others go
    /// through it.
    /// </summary>
    public virtual void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException) when (SetDirect(file, false))
        {
            // The position, the length or the file system does not permit writing past the cache. Any other error occurs again here.
            file.Write(bytes);
        }
    }

    /// <summary>Cuts a file to its length, where its last block was written whole.</summary>
    public virtual void Cut(FileStream file, long length) => file.SetLength(length);

    /// <summary>Brings a file's content to the disk (fsync).</summary>
    public virtual void Flush(FileStream file) => file.Flush(flushToDisk: true);

    /// <summary>Brings a folder's entries to the disk (<see cref="DurableFile.FlushDirectory"/>).</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public virtual void FlushFolder(string path) => DurableFile.FlushDirectory(path);

    /// <summary>Gives a folder another name in the same parent; nothing may have that name yet.</summary>
    public virtual void Rename(string from, string to) => Directory.Move(from, to);

    /// <summary>Lets two folders swap names in one indivisible step.</summary>
    /// <returns>False where the file system cannot; nothing has changed then.</returns>
    public virtual bool TryExchange(string first, string second)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            return RenameAt2(CurrentFolder, first, CurrentFolder, second, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call: musl before 1.2.5, glibc before 2.28.
            return false;
        }
    }

    /// <summary>Switches direct writing of a file (past the page cache) on or off; returns whether it has changed.</summary>
    private static bool SetDirect(FileStream file, bool wanted)
    {
        if (Direct == 0)
            return false;
        var descriptor = (int)file.SafeFileHandle.DangerousGetHandle();
        var flags = Control(descriptor, GetFlags, 0);
        if (flags < 0 || ((flags & Direct) != 0) == wanted)
            return false;
        return Control(descriptor, SetFlags, flags ^ Direct) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int flags);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int firstFolder, string first, int secondFolder, string second, uint flags);
}
