using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Storage;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class DurableFilesTests : IDisposable
{
    private const string MemoryFolder = "/dev/shm"; // tmpfs: has no way past the page cache on most kernels

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_BlocksAndThenAnyPlaceAndLength_FileHasThemAll(bool inMemory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "flags of open files are read from /proc");
        Assert.SkipWhen(inMemory && !Directory.Exists(MemoryFolder), $"there is no {MemoryFolder}");
        var path = inMemory ? Path.Combine(MemoryFolder, Path.GetRandomFileName()) : _folder.File("blocks");
        try
        {
            var goesPastTheCache = await GoesPastTheCacheAsync(Path.GetDirectoryName(path)!);
            var files = new DurableFiles();
            byte[] bytes = [.. Enumerable.Range(0, (2 * AlignedBlock.Bytes) + 12345).Select(i => (byte)(i * 7919 >> 3))];
            using (var file = files.Create(path))
            using (var block = new AlignedBlock())
            {
                Assert.Equal(goesPastTheCache, IsDirect(file));
                Assert.Equal(AlignedBlock.Bytes, block.Take(bytes));
                files.Write(file, block.Padded);
                files.Write(file, bytes.AsSpan(AlignedBlock.Bytes, 777));
                files.Write(file, bytes.AsSpan(AlignedBlock.Bytes + 777));
                files.Flush(file);
            }

            Assert.Equal(bytes, File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Whether the file system of a folder takes writes past the page cache, as another program finds.</summary>
    private static async Task<bool> GoesPastTheCacheAsync(string folder)
    {
        var probe = Path.Combine(folder, Path.GetRandomFileName());
        var written = await Tool.TryAsync("dd", ["if=/dev/zero", $"of={probe}", "bs=4096", "count=1", "oflag=direct"]) is
        { IsSuccess: true };
        File.Delete(probe);
        return written;
    }

    /// <summary>Whether the system has O_DIRECT among the flags of an open file.</summary>
    private static bool IsDirect(FileStream file)
    {
        var flags = File.ReadLines($"/proc/self/fdinfo/{file.SafeFileHandle.DangerousGetHandle()}")
            .Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        var direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & direct) != 0;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(AlignedBlock.Bytes - 1)]
    public void AlignedBlock_FilledInPart_IsPaddedWithZerosAndTakesNoMoreThanFits(int count)
    {
        using var block = new AlignedBlock();
        block.Take(Enumerable.Repeat((byte)9, AlignedBlock.Bytes).ToArray());
        block.Clear();
        Assert.True(block.IsEmpty);
        Assert.Equal(count, block.Take(Enumerable.Repeat((byte)1, count).ToArray()));
        Assert.Equal((count + 4095) / 4096 * 4096, block.Padded.Length);
        Assert.Equal(Enumerable.Repeat((byte)1, count), block.Padded[..count].ToArray());
        Assert.True(block.Padded[count..].IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(AlignedBlock.Bytes - count, block.Take(new byte[AlignedBlock.Bytes]));
        Assert.True(block.IsFull);
    }

    [Fact]
    public void Write_OfACheckpointLargerThanABlock_LoadsAgain()
    {
        var store = new CheckpointStore(_folder.Path);
        var layout = TensorLayout.Create([("weight", [3, 300_001])]);
        float[] values = [.. Enumerable.Range(0, (int)layout.Count).Select(i => MathF.Cos(i))];
        var info = store.Write(Samples.Content(3) with { Layout = layout, Parameters = FloatBuffer.Of(values), Slots = [] });
        using var loaded = store.Load(info.Path);
        var read = new float[values.Length];
        loaded.CopyParameters(read);
        Assert.Equal(values, read);
    }
}
