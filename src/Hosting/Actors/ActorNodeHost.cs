using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>
/// A node with a host of its own, for a process that outlives its actor systems: one that was taken out of the cluster cannot come back,
/// so a worker joins anew with another. Configured as a node that lives as long as its process (<see cref="ActorNode.Configure"/>).
/// </summary>
public sealed class ActorNodeHost : IAsyncDisposable
{
    /// <summary>How long an actor system takes to end; it is not waited for any longer.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(3);

    private readonly IHost _host;

    private ActorNodeHost(IHost host) => (_host, System) = (host, host.Services.GetRequiredService<ActorSystem>());

    /// <summary>The actor system, which has begun to join its seeds.</summary>
    public ActorSystem System { get; }

    /// <summary>Starts an actor system as a node.</summary>
    /// <param name="node">Which.</param>
    /// <param name="loggers">The process's log.</param>
    public static async Task<ActorNodeHost> StartAsync(ActorNode node, ILoggerFactory loggers)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(loggers);
        // Signals are the process's, not each host's.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.AddAkka(NodeRoles.SystemName, (akka, _) => node.Configure(akka));
        var host = builder.Build();
        try
        {
            await host.StartAsync().ConfigureAwait(false);
            return new ActorNodeHost(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Ends the actor system without a word to the cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        await System.Terminate().WaitAsync(EndTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _host.Dispose();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
