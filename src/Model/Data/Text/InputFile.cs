using System.Security.Cryptography;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Data.Text;

/// <summary>Looking at, opening and hashing the files that a user names, with errors that name them.</summary>
internal static class InputFile
{
    private const int HashBufferBytes = 1 << 20;

    /// <summary>The size of a file in bytes.</summary>
    public static long Size(string path) => Look(path).Length;

    /// <summary>The file's entry.</summary>
    /// <exception cref="DataException">It does not exist, is a folder, or may not be looked at.</exception>
    public static FileInfo Look(string path)
    {
        var info = new FileInfo(path);
        if (info.Exists)
            return info;
        if (Directory.Exists(path))
            throw new DataException($"{path}: is a folder, and a text file is needed.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null && !Directory.Exists(folder))
            throw new DataException($"{path}: no such file (nor is there a folder {folder}).");
        var nearest = folder is null ? null : NearestName.Near(Path.GetFileName(path), NamesIn(path, folder));
        throw new DataException($"{path}: no such file{(nearest is null ? "." : $"; did you mean {nearest}?")}");
    }

    /// <summary>Opens a file for one pass from begin to end.</summary>
    /// <exception cref="DataException">It does not exist or may not be read.</exception>
    public static FileStream Open(string path)
    {
        Look(path);
        try
        {
            // No buffer here: every reader brings its own.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static string[] NamesIn(string path, string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Take(1000).Select(f => Path.GetFileName(f))];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DataException($"{path}: not found, and the folder {folder} may not be looked into; let user {Environment.UserName} "
                + "read it.", error);
        }
    }

    /// <summary>The SHA-256 of a file's bytes, lower-case hex.</summary>
    public static string Hash(string path, CancellationToken cancellation)
    {
        using var file = Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashBufferBytes];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
