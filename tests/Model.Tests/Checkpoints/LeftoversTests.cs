using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class LeftoversTests : IDisposable
{
    private readonly TestFolder _run = new();
    private readonly CheckpointStore _store;

    public LeftoversTests() => _store = new CheckpointStore(_run.Path);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void RemoveLeftovers_NoFolder_DoesNothing()
    {
        Assert.Empty(_store.RemoveLeftovers());
        Assert.False(Directory.Exists(_store.Folder));
    }

    [Fact]
    public void RemoveLeftovers_OfKilledProcesses_AreInvisibleAndRemoved()
    {
        var valid = _store.Write(Samples.Content(7));
        // A writer killed in the middle of its work, one killed before it had a folder, and an unfinished removal.
        var temporary = Put(".tmp-0123-step-000000008", withLock: true);
        File.WriteAllText(Path.Combine(_store.Folder, ".tmp-4567-step-000000009.lock"), "");
        var trash = Put(".trash-89ab-step-000000001", withLock: false);

        Assert.Equal([7L], _store.List().Select(info => info.Step));
        Assert.Equal(7, _store.NewestValid(Assert.Fail)!.Step);
        var removed = _store.RemoveLeftovers();

        Assert.Equal([Path.GetFileName(temporary), Path.GetFileName(trash)], removed);
        Assert.Equal([Path.GetFileName(valid.Path)], Samples.EntryNames(_store.Folder));
    }

    [Fact]
    public void RemoveLeftovers_WriterStillAtWork_LeavesItAlone()
    {
        Directory.CreateDirectory(_store.Folder);
        using (var temporary = new TemporaryFolderProbe(_store))
        {
            Assert.Empty(_store.RemoveLeftovers());
            Assert.True(Directory.Exists(temporary.Path));
        }

        Assert.Equal(["step-000000005"], Samples.EntryNames(_store.Folder));
    }

    private string Put(string name, bool withLock)
    {
        var path = Directory.CreateDirectory(Path.Combine(_store.Folder, name)).FullName;
        File.WriteAllText(Path.Combine(path, "model.safetensors"), "half");
        if (withLock)
            File.WriteAllText(path + ".lock", "");
        return path;
    }

    /// <summary>A writer that stands still in the middle of a checkpoint until it is disposed of.</summary>
    private sealed class TemporaryFolderProbe : IDisposable
    {
        private readonly ManualResetEventSlim _reached = new(), _go = new();
        private readonly Task _writer;

        public TemporaryFolderProbe(CheckpointStore store)
        {
            var files = new FaultyFiles
            {
                Before = operation =>
                {
                    if (operation != 5)
                        return;
                    _reached.Set();
                    _go.Wait();
                },
            };
            var runFolder = System.IO.Path.GetDirectoryName(store.Folder)!;
            _writer = Task.Run(() => new CheckpointStore(runFolder, files).Write(Samples.Content(5)));
            Assert.True(_reached.Wait(TimeSpan.FromSeconds(60)), "the writer did not come far enough");
            Path = Assert.Single(Directory.EnumerateDirectories(store.Folder, ".tmp-*"));
        }

        public string Path { get; }

        public void Dispose()
        {
            _go.Set();
            _writer.GetAwaiter().GetResult();
            _reached.Dispose();
            _go.Dispose();
        }
    }
}
