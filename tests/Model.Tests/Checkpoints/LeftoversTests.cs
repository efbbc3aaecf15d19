using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class LeftoversTests : IDisposable
{
    private readonly TestFolder run = new();
    private readonly CheckpointStore store;

    public LeftoversTests() => store = new CheckpointStore(run.Path);

    public void Dispose() => run.Dispose();

    [Fact]
    public void RemoveLeftovers_NoFolder_DoesNothing()
    {
        Assert.Empty(store.RemoveLeftovers());
        Assert.False(Directory.Exists(store.Folder));
    }

    [Fact]
    public void RemoveLeftovers_OfKilledProcesses_AreInvisibleAndRemoved()
    {
        CheckpointInfo valid = store.Write(Samples.Content(7));
        // A writer killed in the middle of its work, one killed before it had a folder, and an unfinished removal.
        string temporary = Put(".tmp-0123-step-000000008", withLock: true);
        File.WriteAllText(Path.Combine(store.Folder, ".tmp-4567-step-000000009.lock"), "");
        string trash = Put(".trash-89ab-step-000000001", withLock: false);

        Assert.Equal([7L], store.List().Select(info => info.Step));
        Assert.Equal(7, store.NewestValid(Assert.Fail)!.Step);
        IReadOnlyList<string> removed = store.RemoveLeftovers();

        Assert.Equal([Path.GetFileName(temporary), Path.GetFileName(trash)], removed);
        Assert.Equal([Path.GetFileName(valid.Path)], Samples.EntryNames(store.Folder));
    }

    [Fact]
    public void RemoveLeftovers_WriterStillAtWork_LeavesItAlone()
    {
        Directory.CreateDirectory(store.Folder);
        using (var temporary = new TemporaryFolderProbe(store))
        {
            Assert.Empty(store.RemoveLeftovers());
            Assert.True(Directory.Exists(temporary.Path));
        }

        Assert.Equal(["step-000000005"], Samples.EntryNames(store.Folder));
    }

    private string Put(string name, bool withLock)
    {
        string path = Directory.CreateDirectory(Path.Combine(store.Folder, name)).FullName;
        File.WriteAllText(Path.Combine(path, "model.safetensors"), "half");
        if (withLock)
            File.WriteAllText(path + ".lock", "");
        return path;
    }

    /// <summary>A writer that stands still in the middle of a checkpoint until it is disposed of.</summary>
    private sealed class TemporaryFolderProbe : IDisposable
    {
        private readonly ManualResetEventSlim reached = new(), go = new();
        private readonly Task writer;

        public TemporaryFolderProbe(CheckpointStore store)
        {
            var files = new FaultyFiles
            {
                Before = operation =>
                {
                    if (operation != 5)
                        return;
                    reached.Set();
                    go.Wait();
                },
            };
            string runFolder = System.IO.Path.GetDirectoryName(store.Folder)!;
            writer = Task.Run(() => new CheckpointStore(runFolder, files).Write(Samples.Content(5)));
            Assert.True(reached.Wait(TimeSpan.FromSeconds(60)), "the writer did not come far enough");
            Path = Assert.Single(Directory.EnumerateDirectories(store.Folder, ".tmp-*"));
        }

        public string Path { get; }

        public void Dispose()
        {
            go.Set();
            writer.GetAwaiter().GetResult();
            reached.Dispose();
            go.Dispose();
        }
    }
}
