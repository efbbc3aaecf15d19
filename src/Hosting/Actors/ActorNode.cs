using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;

namespace DistSeq2Seq.Hosting.Actors;

/// <summary>One node of a run's actor cluster: its role, its addresses, and the nodes that it joins.</summary>
public sealed record ActorNode
{
    /// <summary><see cref="NodeRoles.Coordinator"/> or <see cref="NodeRoles.Worker"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Name or address by which other nodes reach this one.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Address to listen on.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>Port; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Nodes to join, as <c>host:port</c>. The first node of a cluster has itself as its first seed.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Silence, in seconds, after which another node counts as unreachable.</summary>
    public double HeartbeatPauseSeconds { get; init; } = 3;

    /// <summary>Class that removes unreachable nodes from the cluster (an <see cref="IDowningProvider"/>); null for none.</summary>
    public Type? DowningProvider { get; init; }

    /// <summary>Seconds for which a node is unreachable before <see cref="DowningProvider"/> removes it.</summary>
    public double DownAfterSeconds { get; init; } = 10;

    /// <summary>Configures an actor system as this node.</summary>
    public AkkaConfigurationBuilder Configure(AkkaConfigurationBuilder akka) => akka
        .ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers();
            loggers.AddLogger<NodeLogger>();
            loggers.DeadLetterOptions = new DeadLetterOptions { ShouldLog = TriStateValue.None };
        })
        .WithRemoting(new RemoteOptions { HostName = Bind.ToString(), PublicHostName = Host, Port = Port })
        .WithActorRefProvider(ProviderSelection.Cluster.Instance)
        .WithStrictSerialization()
        .AddHocon(ConfigurationFactory.ParseString(Hocon()), HoconAddMode.Prepend);

    /// <summary>
    /// Settings for which Akka.Hosting has no option. The options of its cluster package would need sharding, persistence and databases.
    /// </summary>
    private string Hocon()
    {
        var seeds = string.Join(", ", Seeds.Select(seed => $"\"akka.tcp://{NodeRoles.SystemName}@{seed}\""));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              # Before the logger is there, and after it: failures to start are thrown, and nobody is left at the end.
              stdout-loglevel = OFF
              stdout-logger-class = "{{typeof(SilentLogger).AssemblyQualifiedName}}"
              actor {
                # What an actor knew is out of date once it has failed: it stops, and its process says so and ends.
                guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
                # Nothing but Protobuf crosses: the serializer of all other types, which every node knows by its number, refuses in
                # both directions.
                serializers.json = "{{typeof(RefusingSerializer).AssemblyQualifiedName}}"
                # The cluster's own actors run on the default dispatcher, whatever akka.cluster.use-dispatcher says. Our actors
                # beside them never block.
                default-dispatcher {{DedicatedThreads}}
                internal-dispatcher {{DedicatedThreads}}
              }
              # A node that joins anew drops its old system at once; who leaves for good says goodbye first.
              coordinated-shutdown.run-by-actor-system-terminate = off
              # SIGTERM is the process's to answer (StopSignals): it finishes the step and saves before the actor system ends.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              remote {
                default-remote-dispatcher {{DedicatedThreads}}
                backoff-remote-dispatcher {{DedicatedThreads}}
              }
              cluster {
                roles = ["{{Role}}"]
                seed-nodes = [{{seeds}}]
                # A restarted node must get in again at once: its old incarnation is removed in seconds.
                retry-unsuccessful-join-after = 2s
                seed-node-timeout = 2s
                failure-detector {
                  heartbeat-interval = 500ms
                  acceptable-heartbeat-pause = {{HeartbeatPauseSeconds:R}}s
                }
                # Nobody but the coordinator takes nodes down: it is the side that stays, whatever busy workers think of it.
                downing-provider-class = "{{DowningProvider?.AssemblyQualifiedName}}"
                down-unreachable-after = {{DownAfterSeconds:R}}s
              }
            }
            """);
    }

    /// <summary>
    /// Threads that do not depend on the process's thread pool. There are two, so that a busy actor does not delay heartbeats.
    /// </summary>
    private const string DedicatedThreads = """
        { type = ForkJoinDispatcher, throughput = 30, dedicated-thread-pool { thread-count = 2, threadtype = background } }
        """;
}
