namespace Akka.Configuration;

/// <summary>What every key means when a configuration does not say; the real package's values.</summary>
internal static class Defaults
{
    public static readonly Config Config = ConfigurationFactory.ParseString("""
        akka {
          loggers = ["Akka.Event.DefaultLogger"]
          loglevel = INFO
          stdout-loglevel = WARNING
          log-dead-letters = 10
          log-dead-letters-during-shutdown = off
          actor {
            provider = local
            throughput = 30
            ask-timeout = infinite
            guardian-supervisor-strategy = "Akka.Actor.DefaultSupervisorStrategy"
            default-dispatcher { type = Dispatcher }
            internal-dispatcher { type = Dispatcher }
            debug { unhandled = off }
            serializers {}
            serialization-bindings {}
            serialization-identifiers {}
          }
          coordinated-shutdown {
            default-phase-timeout = 5 s
            terminate-actor-system = on
            exit-clr = off
            run-by-clr-shutdown-hook = on
            run-by-actor-system-terminate = on
            phases {
              before-service-unbind {}
              service-unbind { depends-on = [before-service-unbind] }
              service-requests-done { depends-on = [service-unbind] }
              service-stop { depends-on = [service-requests-done] }
              before-cluster-shutdown { depends-on = [service-stop] }
              cluster-sharding-shutdown-region { timeout = 10 s, depends-on = [before-cluster-shutdown] }
              cluster-leave { depends-on = [cluster-sharding-shutdown-region] }
              cluster-exiting { timeout = 10 s, depends-on = [cluster-leave] }
              cluster-exiting-done { depends-on = [cluster-exiting] }
              cluster-shutdown { depends-on = [cluster-exiting-done] }
              before-actor-system-terminate { depends-on = [cluster-shutdown] }
              actor-system-terminate { timeout = 10 s, depends-on = [before-actor-system-terminate] }
            }
          }
          remote {
            retry-gate-closed-for = 5 s
            watch-failure-detector {
              heartbeat-interval = 1 s
              threshold = 10.0
              max-sample-size = 200
              min-std-deviation = 100 ms
              acceptable-heartbeat-pause = 10 s
              expected-response-after = 1 s
            }
            dot-netty.tcp {
              hostname = ""
              port = 2552
              connection-timeout = 15 s
              maximum-frame-size = 128000b
            }
          }
          cluster {
            seed-nodes = []
            seed-node-timeout = 5 s
            retry-unsuccessful-join-after = 10 s
            shutdown-after-unsuccessful-join-seed-nodes = off
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            roles = []
            role {}
            min-nr-of-members = 1
            log-info = on
            run-coordinated-shutdown-when-down = on
            gossip-interval = 1 s
            leader-actions-interval = 1 s
            unreachable-nodes-reaper-interval = 1 s
            failure-detector {
              heartbeat-interval = 1 s
              threshold = 8.0
              max-sample-size = 1000
              min-std-deviation = 100 ms
              acceptable-heartbeat-pause = 3 s
              monitored-by-nr-of-members = 9
              expected-response-after = 1 s
            }
            split-brain-resolver {
              active-strategy = keep-majority
              stable-after = 20 s
              keep-majority { role = "" }
            }
          }
        }
        """);
}
