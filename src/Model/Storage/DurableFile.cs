using System.Runtime.InteropServices;
using System.Text;

namespace DistSeq2Seq.Model.Storage;

/// <summary>Writes files so that after a crash or power cut a file is there whole or not at all.</summary>
public static partial class DurableFile
{
    /// <summary>UTF-8 without a byte order mark.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Writes a text file through a temporary sibling that is flushed to the device and then renamed.
    /// </summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="text">Its whole content.</param>
    public static void WriteText(string path, string text) => Write(path, file =>
    {
        using var writer = new StreamWriter(file, Utf8, leaveOpen: true);
        writer.Write(text);
    });

    /// <summary>Writes a file through a temporary sibling that is flushed to the device and then renamed.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="write">Writes the content; when it throws, <paramref name="path"/> stays as it was.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// Flushes a folder's entries to the device, without which a rename or a new file may be lost. Where the system has no such call
    /// (Windows), it does nothing: there the file system's journal keeps renames in order. It also does nothing on file systems that do
    /// not support the call for folders (CIFS among them).
    /// </summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = OpenNative(directory, 0 /* O_RDONLY */);
        if (descriptor < 0)
            throw new IOException($"{directory}: cannot be opened to be flushed: {Marshal.GetLastPInvokeErrorMessage()}.");
        try
        {
            // EINVAL (22): the file system, some network mounts for example, does not support the call. Nothing better can be done there.
            if (FlushNative(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error && error != 22)
                throw new IOException($"{directory}: cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
        finally
        {
            _ = CloseNative(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenNative(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushNative(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseNative(int descriptor);
}
