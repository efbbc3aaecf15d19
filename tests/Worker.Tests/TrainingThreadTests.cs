using System.Net;
using System.Threading.Channels;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Worker.Hosting;
using DistSeq2Seq.Worker.State;
using DistSeq2Seq.Worker.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public sealed class TrainingThreadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _root = Directory.CreateTempSubdirectory("distseq2seq-test-").FullName;
    private readonly Channel<object> _said = Channel.CreateUnbounded<object>();

    /// <summary>
    /// The order to give a step up may have gone to an actor system that is no more. Whoever is welcomed by another coordinator is no
    /// member of anything, so it must not wait in the old generation for ever.
    /// </summary>
    [Fact]
    public async Task Prepare_ForAnotherCoordinator_EndsTheGenerationThatItStillWaitsIn()
    {
        var peer = new SilentPeer();
        await using var server = await StartAsync(peer);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var prepared = Prepare();
        using var channels = new PeerChannels();
        using var training = new TrainingThread(new WorkerContext(
            "one", new WorkerOptions { Seeds = [] }, new ReplicaState(), new ReductionOwner(), channels, NullLogger.Instance));
        training.Attach(message => _said.Writer.TryWrite(message));
        training.Start();
        training.Prepare(Welcome(prepared, "first"));
        await HearAsync<WorkerReady>();
        training.Quiesce(1);
        await HearAsync<Regrouped>();
        training.Post(new TrainingCommand.Synchronize(new ExchangePlan
        {
            Generation = 1,
            Step = 5,
            Source = StateSource.Peer,
            SourceAddress = address,
        }));
        await peer.Asked.Task.WaitAsync(Patience);

        training.Prepare(Welcome(prepared, "second"));

        var ready = await HearAsync<WorkerReady>();
        Assert.False(ready.Position.HasState); // it was being overwritten
        await peer.GivenUp.Task.WaitAsync(Patience);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static async Task<WebApplication> StartAsync(SilentPeer peer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Loopback, 0);
        builder.Services.AddSingleton(new ReductionOwner()).AddSingleton<IReplicaStateSource>(peer).AddSingleton<ReductionService>();
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        await app.StartAsync();
        return app;
    }

    private static Welcome Welcome(PreparedFolder prepared, string coordinator) => new()
    {
        RunId = "run",
        CoordinatorId = coordinator,
        PreparedFolder = prepared.Path,
        CorpusFingerprint = prepared.Fingerprint,
        ConfigurationYaml = ConfigurationWriter.ToYaml(new RunConfiguration
        {
            Data = new DataConfiguration { Format = DataFormat.Quickstart }, // what it was prepared from does not matter here
            Model = new ModelConfiguration { EmbeddingSize = 2, Encoder = new() { HiddenSize = 2 }, Decoder = new() { HiddenSize = 2 } },
        }),
    };

    private PreparedFolder Prepare()
    {
        foreach (var split in new[] { "train", "valid" })
        {
            File.WriteAllLines(Path.Combine(_root, split + ".en"), ["one two", "two three"]);
            File.WriteAllLines(Path.Combine(_root, split + ".fr"), ["un deux", "deux trois"]);
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
        return PreparedFolder.Open(folder);
    }

    private async Task<T> HearAsync<T>()
    {
        while (true)
        {
            var said = await _said.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            if (said is T wanted)
                return wanted;
            Assert.False(said is WorkerFailed, $"{said}");
        }
    }

    /// <summary>Answers no request for state, for as long as it is waited for.</summary>
    private sealed class SilentPeer : IReplicaStateSource
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation)
        {
            Asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            GivenUp.TrySetResult();
            return null;
        }
    }
}
