using System.Security.Cryptography;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>A checkpoint's folder under examination: its list of hashes and its state, verified against each
/// other.</summary>
internal sealed class CheckpointFiles
{
    private const int PieceBytes = 256 * 1024;

    private readonly string _folder;

    private CheckpointFiles(string folder, CheckpointState state)
    {
        _folder = folder;
        State = state;
    }

    public CheckpointState State { get; }

    /// <summary>Reads the list of hashes and the state, verifies that one against the other, and both against the
    /// folder's name where that names a step.</summary>
    /// <exception cref="CheckpointException">They are missing, damaged, or contradict each other.</exception>
    public static CheckpointFiles Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new CheckpointException(folder, "there is no such checkpoint");
        var listPath = Path.Combine(folder, ChecksumList.Name);
        var hashes = ChecksumList.Parse(listPath, ReadSmall(listPath));
        var statePath = Path.Combine(folder, StateFile.Name);
        var json = ReadSmall(statePath);
        Compare(statePath, Convert.ToHexStringLower(SHA256.HashData(json)), hashes.GetValueOrDefault(StateFile.Name));
        var state = StateFile.Parse(statePath, json);
        foreach (var file in state.Files)
            Compare(Path.Combine(folder, file.Name), file.Sha256, hashes.GetValueOrDefault(file.Name));
        if (state.Files.Select(file => file.Name).Distinct(StringComparer.Ordinal).Count() + 1 != hashes.Count)
        {
            throw new CheckpointException(
                listPath, $"lists {hashes.Count} files, {StateFile.Name} {state.Files.Count} besides itself");
        }
        if (CheckpointFolder.StepOf(NameOf(folder)) is long step && step != state.Step)
            throw new CheckpointException(statePath, $"is of step {state.Step}, but the folder's name says {step}");
        return new(folder, state);
    }

    /// <summary>Verifies that all files are there and as large as they were; cheap.</summary>
    public void VerifySizes()
    {
        foreach (var file in State.Files)
        {
            var path = Path.Combine(_folder, file.Name);
            var info = new FileInfo(path);
            if (!info.Exists)
                throw Missing(path);
            CheckSize(path, info.Length, file.Size);
        }
    }

    /// <summary>Opens a file after reading all of it and verifying its hash. What is mapped from the stream afterwards
    /// is the very file that was verified, even if the folder is replaced meanwhile.</summary>
    /// <exception cref="CheckpointException">The file is missing, cannot be read, or has changed.</exception>
    public FileStream OpenVerified(string name)
    {
        var path = Path.Combine(_folder, name);
        var entry = State.Files.FirstOrDefault(file => file.Name == name)
            ?? throw new CheckpointException(path, "is not part of the checkpoint");
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            CheckSize(path, stream.Length, entry.Size);
            Compare(path, Hash(stream), entry.Sha256);
            return stream;
        }
        catch (Exception e)
        {
            stream?.Dispose();
            throw e switch
            {
                FileNotFoundException or DirectoryNotFoundException => Missing(path),
                IOException or UnauthorizedAccessException =>
                    new CheckpointException(path, $"cannot be read: {e.Message}", e),
                _ => e,
            };
        }
    }

    private static string NameOf(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static string Hash(FileStream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[(int)Math.Clamp(stream.Length, 1, PieceBytes)];
        for (int read; (read = stream.Read(piece)) > 0;)
            hash.AppendData(piece.AsSpan(0, read));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] ReadSmall(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message}", e);
        }
    }

    private static CheckpointException Missing(string path) => new(path, "is missing");

    private static void CheckSize(string path, long size, long expected)
    {
        if (size != expected)
        {
            var damage = size < expected ? "truncated" : "something was appended";
            throw new CheckpointException(path, $"has {size} bytes instead of {expected}: {damage}");
        }
    }

    private static void Compare(string path, string seen, string? expected)
    {
        if (expected is null)
            throw new CheckpointException(path, $"is not listed in {ChecksumList.Name}");
        if (seen != expected)
            throw new CheckpointException(path, $"damaged: its SHA-256 is {seen} instead of {expected}");
    }
}
