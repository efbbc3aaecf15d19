using System.Net;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Worker.Hosting;
using DistSeq2Seq.Worker.Training;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public sealed class PreparedCorpusSourceTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("distseq2seq-test-").FullName;
    private readonly PeerChannels _channels = new();
    private PreparedFolder _prepared = null!;
    private WebApplication _app = null!;
    private string _address = "";

    private string WorkersFolder => Path.Combine(_root, "worker");

    public async ValueTask InitializeAsync()
    {
        foreach (var split in new[] { "train", "valid" })
        {
            // Some files of more than one message (1 MiB), so that pieces are put together.
            File.WriteAllLines(Path.Combine(_root, split + ".en"), Enumerable.Range(0, 40_000)
                .Select(i => $"sentence number {i} of a corpus"));
            File.WriteAllLines(Path.Combine(_root, split + ".fr"), Enumerable.Range(0, 40_000).Select(i => $"phrase {i} d'un corpus"));
        }

        var folder = Path.Combine(_root, "prepared");
        CorpusPreparer.Prepare(
            new PrepareOptions
            {
                Train = CorpusSource.Parallel(Path.Combine(_root, "train.en"), Path.Combine(_root, "train.fr")),
                Valid = CorpusSource.Parallel(Path.Combine(_root, "valid.en"), Path.Combine(_root, "valid.fr")),
            },
            folder,
            null);
        _prepared = PreparedFolder.Open(folder);
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Loopback, 0);
        builder.Services.AddSingleton(new CorpusService(_prepared));
        _app = builder.Build();
        _app.MapGrpcService<CorpusService>();
        await _app.StartAsync();
        _address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        _channels.Dispose();
        await _app.DisposeAsync();
        _prepared.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Open_OnASharedDisk_TakesTheCoordinatorsFolder()
    {
        using var data = Open(_prepared.Path, _prepared.Fingerprint);
        Assert.Equal(_prepared.Path, data.Path);
        Assert.False(Directory.Exists(WorkersFolder));
    }

    [Fact]
    public void Open_WithoutASharedDisk_FetchesEveryByteOnce()
    {
        string path;
        using (var data = Open("/nowhere", _prepared.Fingerprint))
        {
            path = data.Path;
            Assert.StartsWith(WorkersFolder, path, StringComparison.Ordinal);
            Assert.Equal(_prepared.TrainCorpus.Digest, data.TrainCorpus.Digest);
            Assert.Equal(Directory.GetFiles(_prepared.Path).Select(Path.GetFileName).Order(), Directory.GetFiles(path)
                .Select(Path.GetFileName).Order());
            Assert.All(Directory.GetFiles(_prepared.Path), file =>
                Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(path, Path.GetFileName(file)))),
                    file));
        }

        var written = File.GetLastWriteTimeUtc(Path.Combine(path, PreparedFolder.ManifestFile));
        using var again = Open("/nowhere", _prepared.Fingerprint);
        Assert.Equal((path, written), (again.Path, File.GetLastWriteTimeUtc(Path.Combine(path, PreparedFolder.ManifestFile))));
        Assert.Single(Directory.GetDirectories(WorkersFolder)); // no temporary folder stays
    }

    [Fact]
    public void Open_OfACorpusThatTheCoordinatorHasNot_IsRefusedAndLeavesNothing()
    {
        var error = Assert.Throws<RpcException>(() => Open(_prepared.Path, "another"));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains($"asked for corpus another, but this run has {_prepared.Fingerprint}", error.Status.Detail,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(WorkersFolder));
    }

    [Fact]
    public async Task Open_SeveralWorkersOfOneHostAtOnce_AllGetTheOneCopy()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Open("/nowhere", _prepared.Fingerprint))));
        var path = Assert.Single(Directory.GetDirectories(WorkersFolder));
        Assert.All(opened, data => Assert.Equal((path, _prepared.TrainCorpus.Digest), (data.Path, data.TrainCorpus.Digest)));
        foreach (var data in opened)
            data.Dispose();
    }

    [Fact]
    public void Open_CopyThatIsDamagedAndLeftoversOfAKilledWorker_FetchesAnew()
    {
        string path;
        using (var first = Open("/nowhere", _prepared.Fingerprint))
            path = first.Path;
        var damaged = Path.Combine(path, PreparedFolder.SourceVocabularyFile);
        var bytes = File.ReadAllBytes(damaged);
        bytes[^2] ^= 1;
        File.WriteAllBytes(damaged, bytes);
        Directory.CreateDirectory(path + ".tmp");
        File.WriteAllText(Path.Combine(path + ".tmp", PreparedFolder.SourceVocabularyFile), "half");

        using var again = Open("/nowhere", _prepared.Fingerprint);

        Assert.Equal(path, Assert.Single(Directory.GetDirectories(WorkersFolder)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_prepared.Path, PreparedFolder.SourceVocabularyFile)), File.ReadAllBytes(damaged));
    }

    [Fact]
    public void Open_FolderThatCannotBe_NamesItAndTheOption()
    {
        File.WriteAllText(WorkersFolder, "a file in its place");
        var error = Assert.Throws<DataException>(() => Open("/nowhere", _prepared.Fingerprint));
        Assert.Contains(WorkersFolder, error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    private PreparedFolder Open(string coordinatorsFolder, string fingerprint) => PreparedCorpusSource.Open(
        new Welcome { PreparedFolder = coordinatorsFolder, CorpusFingerprint = fingerprint, CoordinatorGrpcAddress = _address },
        new WorkerOptions { Seeds = [], DataFolder = WorkersFolder },
        _channels);
}
