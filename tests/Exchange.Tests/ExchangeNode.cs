using System.Net;
using DistSeq2Seq.Hosting.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace DistSeq2Seq.Exchange.Tests;

/// <summary>What a process of a run has of the exchange: an owner and its service on a port, and channels to others.</summary>
internal sealed class ExchangeNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ExchangeNode(string id, WebApplication app, ReductionOwner owner, StoredStates states)
    {
        (Id, _app, Owner, States) = (id, app, owner, states);
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public string Id { get; }

    public string Address { get; }

    public ReductionOwner Owner { get; }

    public StoredStates States { get; }

    public PeerChannels Channels { get; } = new();

    public static async Task<ExchangeNode> StartAsync(string id)
    {
        var (owner, states) = (new ReductionOwner(), new StoredStates());
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Loopback, 0);
        builder.Services.AddSingleton(owner);
        builder.Services.AddSingleton<IReplicaStateSource>(states);
        builder.Services.AddSingleton<ReductionService>();
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        await app.StartAsync();
        return new ExchangeNode(id, app, owner, states);
    }

    /// <summary>As when its process is killed: connections break.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        Channels.Dispose();
        Owner.Abandon(long.MaxValue);
        await KillAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>States by step, as a replica gives them out.</summary>
internal sealed class StoredStates : IReplicaStateSource
{
    public Dictionary<long, float[][]> Held { get; } = [];

    /// <summary>Where the states lie, if they are shared.</summary>
    public SharedSegment? Segment { get; set; }

    public int Leases { get; private set; }

    public Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation)
    {
        if (!Held.TryGetValue(step, out var sections))
            return Task.FromResult<ReplicaStateLease?>(null);
        Leases++;
        return Task.FromResult<ReplicaStateLease?>(new([.. sections.Select(s => (ReadOnlyMemory<float>)s)], () => Leases--)
        { Segment = Segment });
    }
}
