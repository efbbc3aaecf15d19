using System.IO.MemoryMappedFiles;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>
/// A wall clock of their own for processes of a test: a library put before libc's (<c>LD_PRELOAD</c>) moves what CLOCK_REALTIME says,
/// by an offset that the test may change while they run. Linux has no namespace for this clock.
/// </summary>
internal sealed class WallClock : IDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _offset;

    private WallClock(DirectoryInfo folder)
    {
        _folder = folder;
        var path = Path.Combine(folder.FullName, "offset");
        File.WriteAllBytes(path, new byte[sizeof(long)]);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _offset = _file.CreateViewAccessor(0, sizeof(long));
        Place = ProgramPlace.Here.With("LD_PRELOAD", Library).With("TEST_WALL_CLOCK_OFFSET", path);
    }

    /// <summary>Where programs see this clock.</summary>
    public ProgramPlace Place { get; }

    /// <summary>How far it is ahead of the machine's, in whole seconds.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromSeconds(_offset.ReadInt64(0));
        set => _offset.Write(0, (long)value.TotalSeconds);
    }

    private string Library => Path.Combine(_folder.FullName, "wall_clock.so");

    /// <summary>Makes a clock that is right so far; skips the running test where that cannot be.</summary>
    public static WallClock CreateOrSkip()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the wall clock is moved by LD_PRELOAD, which is Linux's");
        Assert.SkipUnless(Tool.Exists("cc"), "the C compiler cc is not on PATH");
        var clock = new WallClock(Directory.CreateTempSubdirectory("distseq2seq-clock-"));
        Tool.Run("cc", "-O1", "-shared", "-fPIC", "-o", clock.Library, Path.Combine(AppContext.BaseDirectory, "Support", "wall_clock.c"));
        return clock;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _offset.Dispose();
        _file.Dispose();
        _folder.Delete(recursive: true);
    }
}
