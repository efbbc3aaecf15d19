using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Storage;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>A write that fails midway leaves older checkpoints as they were.</summary>
public sealed class CheckpointFailureTests : IDisposable
{
    private readonly TestFolder _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Write_FailsAtAnyOperation_LeavesEarlierCheckpointsAndNothingHalf()
    {
        new CheckpointStore(_run.Path).Write(ManyFiles(100));
        var operations = CountOperations(200, canExchange: true);
        Assert.InRange(operations, 25, 200);
        for (var failing = 0; failing < operations; failing++)
        {
            var store = new CheckpointStore(_run.Path, new FaultyFiles(failing));

            var exception = Assert.Throws<CheckpointException>(() => store.Write(ManyFiles(200)));

            Assert.StartsWith(store.PathOf(200), exception.Message);
            Assert.Contains("No space left", exception.Message);
            // The last operation only makes the rename durable; the new name is visible before.
            string[] expected = failing == operations - 1 ? ["step-000000100", "step-000000200"] : ["step-000000100"];
            Assert.Equal(expected, Samples.EntryNames(store.Folder));
            Assert.All(store.List(), info => store.Load(info.Path).Dispose());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ReplacingFailsAtAnyOperation_NeverMixesOldAndNew(bool canExchange)
    {
        new CheckpointStore(_run.Path).Write(ManyFiles(100));
        new CheckpointStore(_run.Path).Write(ManyFiles(200));
        var operations = CountOperations(200, canExchange);
        for (var failing = 0; failing < operations; failing++)
        {
            var store = new CheckpointStore(_run.Path, new FaultyFiles(failing) { CanExchange = canExchange });
            Assert.Throws<CheckpointException>(() => store.Write(ManyFiles(200)));

            Assert.Equal(100, store.List()[0].Step);
            Assert.All(store.List(), info => store.Load(info.Path).Dispose());
            Assert.DoesNotContain(Samples.EntryNames(store.Folder), name => name.StartsWith(".tmp-"));
            new CheckpointStore(_run.Path).RemoveLeftovers();
            new CheckpointStore(_run.Path).Write(ManyFiles(200));
        }
    }

    [Fact]
    public void Write_NoExchangeOnThisFileSystem_ReplacesWithTwoRenames()
    {
        var store = new CheckpointStore(_run.Path, new FaultyFiles { CanExchange = false });
        store.Write(Samples.Content(200));
        store.Write(Samples.Content(200, Samples.Validation(200, 1.5)));

        Assert.Equal(["step-000000200"], Samples.EntryNames(store.Folder));
        Assert.Equal(1.5, store.NewestValid()!.State!.BestValidationLoss);
    }

    [Fact]
    public void Write_Halfway_ShowsNothing()
    {
        var files = new FaultyFiles
        {
            Before = _ =>
            {
                var reader = new CheckpointStore(_run.Path);
                // The last operation comes after the rename.
                Assert.Equal(Directory.Exists(reader.PathOf(200)) ? [200L] : [], reader.List().Select(info => info.Step));
                Assert.Equal(Directory.Exists(reader.PathOf(200)) ? 200L : null, reader.NewestValid(Assert.Fail)?.Step);
                Assert.Empty(reader.RemoveLeftovers());
            },
        };

        new CheckpointStore(_run.Path, files).Write(ManyFiles(200));

        Assert.InRange(files.Operations, 25, 200);
    }

    [Fact]
    public void Write_KilledBeforeAnyOperation_LeavesAValidCheckpointAndOnlyLeftovers()
    {
        new CheckpointStore(_run.Path).Write(Samples.Content(100));
        new CheckpointStore(_run.Path).Write(Samples.Content(200));
        var moments = 0;
        var files = new FaultyFiles
        {
            Before = _ =>
            {
                // A killed process leaves all that is on the disk now, without its locks.
                using var remains = new TestFolder();
                CopyFolder(_run.Path, remains.Path);
                var next = new CheckpointStore(remains.Path);
                Assert.Equal(200, next.NewestValid(Assert.Fail)!.Step);
                next.RemoveLeftovers();
                Assert.Equal(["step-000000100", "step-000000200"], Samples.EntryNames(next.Folder));
                moments++;
            },
        };

        // Replacing a checkpoint of the same step is the most delicate case.
        new CheckpointStore(_run.Path, files).Write(Samples.Content(200, Samples.Validation(200, 2)));

        Assert.Equal(files.Operations, moments);
    }

    [Fact]
    public void Write_Cancelled_LeavesNothingBehind()
    {
        for (var at = 0; at < 20; at++)
        {
            using var cancellation = new CancellationTokenSource();
            var when = at;
            var files = new FaultyFiles { Before = number => { if (number == when) cancellation.Cancel(); } };
            var store = new CheckpointStore(_run.Path, files);

            Assert.ThrowsAny<OperationCanceledException>(() => store.Write(ManyFiles(200), cancellation.Token));
            Assert.Empty(Samples.EntryNames(store.Folder));
        }
    }

    [Fact]
    public void Write_AttachmentMissing_NamesIt()
    {
        var store = new CheckpointStore(_run.Path);
        var content = Samples.Content(200) with
        {
            Attachments = [CheckpointAttachment.Copy(_run.File("absent.vocab"), "source.vocab")],
        };

        Assert.Contains("absent.vocab", Assert.Throws<CheckpointException>(() => store.Write(content)).Message);
        Assert.Empty(Samples.EntryNames(store.Folder));
    }

    [Fact]
    public void Write_AttachmentCopied_HasTheFilesBytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
        File.WriteAllBytes(_run.File("tokenizer.json"), bytes);
        var info = new CheckpointStore(_run.Path).Write(
            Samples.Content(200) with { Attachments = [CheckpointAttachment.Copy(_run.File("tokenizer.json"))] });

        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(info.Path, "tokenizer.json")));
    }

    [Fact]
    public async Task Write_DiskReallyFull_LeavesEarlierCheckpointsAndRecovers()
    {
        var disk = Directory.CreateDirectory(_run.File("disk")).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "tmpfs is Linux's");
        Assert.SkipUnless(await Tool.TryAsync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]) is { IsSuccess: true },
            "mounting a small tmpfs is not allowed here");
        try
        {
            var store = new CheckpointStore(disk);
            store.Write(Samples.Content(100));
            var filler = Path.Combine(disk, "filler");
            File.WriteAllBytes(filler, new byte[216 * 1024]);

            Assert.Contains(
                "could not be written",
                Assert.Throws<CheckpointException>(() => store.Write(Samples.Content(200))).Message);
            Assert.Equal(["step-000000100"], Samples.EntryNames(store.Folder));
            Assert.Equal(100, store.NewestValid(Assert.Fail)!.Step);

            File.Delete(filler);
            store.Write(Samples.Content(200));
            Assert.Equal(200, store.NewestValid(Assert.Fail)!.Step);
        }
        finally
        {
            await Tool.RunAsync("umount", [disk]);
        }
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".lock", StringComparison.Ordinal))
                File.WriteAllBytes(Path.Combine(to, Path.GetRelativePath(from, file)), ReadShared(file));
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private int CountOperations(long step, bool canExchange)
    {
        // The same operations in a run of its own, so that this one is not touched.
        using var other = new TestFolder();
        foreach (var info in new CheckpointStore(_run.Path).List())
            new CheckpointStore(other.Path).Write(ManyFiles(info.Step));
        var files = new FaultyFiles { CanExchange = canExchange };
        new CheckpointStore(other.Path, files).Write(ManyFiles(step));
        return files.Operations;
    }

    /// <summary>
    /// Content with more further files, one of them of more than a block, so that a write has more operations that can fail.
    /// </summary>
    private static CheckpointContent ManyFiles(long step)
    {
        var content = Samples.Content(step);
        return content with
        {
            Attachments = [.. content.Attachments, CheckpointAttachment.Text("target.vocab", "cat\n"),
                CheckpointAttachment.Text("source.codes", new string('c', AlignedBlock.Bytes + 1))],
        };
    }
}
