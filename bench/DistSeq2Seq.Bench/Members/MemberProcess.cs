using System.Net;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace DistSeq2Seq.Bench.Members;

/// <summary>
/// One process of a bench with the exchange of a worker process. It prints its address, reads those of all members (one line,
/// in rank order) and later prints its <see cref="Measurement"/>.
/// </summary>
internal sealed class MemberProcess : IAsyncDisposable
{
    private readonly WebApplication _server;

    private MemberProcess(WebApplication server, ReductionOwner owner, int rank, string[] addresses) =>
        (_server, Owner, Rank, Addresses) = (server, owner, rank, addresses);

    /// <summary>Position of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>gRPC addresses of all members.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Finishes sums in this process.</summary>
    public ReductionOwner Owner { get; }

    /// <summary>Connections to the others.</summary>
    public PeerChannels Channels { get; } = new();

    /// <summary>Name of a member.</summary>
    public static string Name(int rank) => $"worker-{rank}";

    /// <summary>Starts serving and meets the others.</summary>
    /// <param name="rank">Position of this process, from 0.</param>
    /// <param name="bind">Address of this host.</param>
    /// <param name="states">What it gives out.</param>
    public static async Task<MemberProcess> StartAsync(int rank, string bind, IReplicaStateSource states)
    {
        var owner = new ReductionOwner();
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Parse(bind), 0);
        builder.Services.AddSingleton(owner);
        builder.Services.AddSingleton(states);
        builder.Services.AddSingleton<ReductionService>();
        var server = builder.Build();
        server.MapGrpcService<ReductionService>();
        await server.StartAsync();
        Console.WriteLine(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var addresses = await Console.In.ReadLineAsync() ?? throw new EndOfStreamException("the addresses of the members did not come");
        return new MemberProcess(server, owner, rank, addresses.Split(' '));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channels.Dispose();
        Owner.Abandon(long.MaxValue);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
    }
}
