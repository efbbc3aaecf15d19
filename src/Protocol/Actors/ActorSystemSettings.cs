using System.Globalization;

namespace DistSeq2Seq.Protocol.Actors;

/// <summary>Names that the coordinator's and the workers' actor systems agree on, and their HOCON configuration.</summary>
public static class ActorSystemSettings
{
    /// <summary>Name of every actor system of a cluster.</summary>
    public const string SystemName = "distseq2seq";

    /// <summary>Role of the coordinator's node, and name of its actor.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Role of a worker's node, and name of its actor.</summary>
    public const string Worker = "worker";

    /// <summary>HOCON for one node.</summary>
    /// <param name="role"><see cref="Coordinator"/> or <see cref="Worker"/>.</param>
    /// <param name="host">Name or address that other nodes reach this one by.</param>
    /// <param name="bind">Address to listen on.</param>
    /// <param name="port">Port; 0 takes any free one.</param>
    /// <param name="seeds">host:port of nodes to join; with none, whoever starts the system joins itself.</param>
    /// <param name="heartbeatPauseSeconds">Silence after which a node counts as unreachable.</param>
    public static string Hocon(string role, string host, string bind, int port, IEnumerable<string> seeds, double heartbeatPauseSeconds)
    {
        var seedList = string.Join(", ", seeds.Select(seed => $"\"akka.tcp://{SystemName}@{seed}\""));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = INFO
              stdout-loglevel = WARNING
              log-dead-letters = off
              actor.provider = cluster
              # What an actor knew is out of date once it has failed: it stops, and its process says so and ends.
              actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
              # A node that joins anew drops its old system at once; who leaves for good says goodbye first.
              coordinated-shutdown.run-by-actor-system-terminate = off
              # SIGTERM is the host's to answer: it finishes the step and saves before the actor system ends.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              remote.dot-netty.tcp {
                hostname = "{{bind}}"
                public-hostname = "{{host}}"
                port = {{port}}
              }
              cluster {
                roles = ["{{role}}"]
                seed-nodes = [{{seedList}}]
                # A restarted node must get in again at once: its old incarnation is removed in seconds.
                retry-unsuccessful-join-after = 2s
                seed-node-timeout = 2s
                failure-detector {
                  heartbeat-interval = 500ms
                  acceptable-heartbeat-pause = {{heartbeatPauseSeconds:R}}s
                }
                # Nobody but the coordinator takes nodes down (LostNodes): it is the side that stays, whatever busy workers think of it.
                downing-provider-class = ""
              }
            }
            """);
    }
}
