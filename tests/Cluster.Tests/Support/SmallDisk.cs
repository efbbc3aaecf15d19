using System.Globalization;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>A small file system in memory (tmpfs) at a folder, which a test can fill to its last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;
    private readonly List<string> _fillers = [];

    private SmallDisk(string path) => _path = path;

    /// <summary>Mounts one; skips the running test where that is not permitted.</summary>
    public static SmallDisk MountOrSkip(string path, int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "mounting a small disk (tmpfs) needs Linux and root");
        Directory.CreateDirectory(path);
        try
        {
            Tool.Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "small", path);
        }
        catch (ToolException e)
        {
            Assert.Skip($"mounting is not permitted here: {e.Message}");
        }

        return new SmallDisk(path);
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        var filler = Path.Combine(_path, $"filler-{_fillers.Count}");
        _fillers.Add(filler);
        using var file = File.Create(filler, bufferSize: 1);
        var piece = new byte[4096];
        try
        {
            while (true)
                file.Write(piece);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free()
    {
        _fillers.ForEach(File.Delete);
        _fillers.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lazily: a process that is about to be killed may have files open.
        Tool.Run("umount", "--lazy", _path);
    }
}
