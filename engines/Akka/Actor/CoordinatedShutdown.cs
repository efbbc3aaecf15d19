using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Ends a system in phases: the tasks of a phase run side by side, the next phase begins when all are done or the phase's time
/// is over. The last phase ends the actor system.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    /// <summary>The first phase, for users' tasks.</summary>
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";

    /// <summary>Stop taking connections.</summary>
    public const string PhaseServiceUnbind = "service-unbind";

    /// <summary>Wait for requests in progress.</summary>
    public const string PhaseServiceRequestsDone = "service-requests-done";

    /// <summary>End what served them.</summary>
    public const string PhaseServiceStop = "service-stop";

    /// <summary>For users' tasks.</summary>
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";

    /// <summary>Kept for its place in the order.</summary>
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";

    /// <summary>Leave the cluster.</summary>
    public const string PhaseClusterLeave = "cluster-leave";

    /// <summary>Be let go by the others.</summary>
    public const string PhaseClusterExiting = "cluster-exiting";

    /// <summary>Tell them that it is done.</summary>
    public const string PhaseClusterExitingDone = "cluster-exiting-done";

    /// <summary>End the cluster's actors.</summary>
    public const string PhaseClusterShutdown = "cluster-shutdown";

    /// <summary>For users' tasks.</summary>
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>End the system.</summary>
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Task)>> _tasks = [];
    private readonly Dictionary<string, (List<string> DependsOn, TimeSpan Timeout, bool Recover)> _phases = [];
    private readonly List<string> _order = [];
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILoggingAdapter _log;
    private Reason _reason;

    internal CoordinatedShutdown(ActorSystemImpl system)
    {
        System = system;
        _log = Logging.GetLogger(system, typeof(CoordinatedShutdown));
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown");
        ReadPhases(config);
        if (config.GetBoolean("terminate-actor-system", true))
        {
            AddTask(PhaseActorSystemTerminate, "terminate-system", async () =>
            {
                await system.FinalTerminate().ConfigureAwait(false);
                if (config.GetBoolean("exit-clr")) Environment.Exit(0);
                return Done.Instance;
            });
        }

        if (config.GetBoolean("run-by-clr-shutdown-hook", true)) RunAtExit(system);
    }

    /// <summary>The system.</summary>
    public ExtendedActorSystem System { get; }

    /// <summary>Why it runs, or null if it does not.</summary>
    public Reason ShutdownReason => Volatile.Read(ref _reason);

    /// <summary>The system's.</summary>
    public static CoordinatedShutdown Get(ActorSystem sys) => ((ActorSystemImpl)sys).Shutdown;

    /// <summary>Adds a task to a phase.</summary>
    /// <exception cref="ConfigurationException">There is no such phase.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!_phases.ContainsKey(phase))
            throw new ConfigurationException($"Unknown phase [{phase}], known phases [{string.Join(",", _order)}]. " +
                "All phases (along with their optional dependencies) must be defined in configuration.");
        lock (_tasks)
        {
            if (!_tasks.TryGetValue(phase, out var list)) _tasks[phase] = list = [];
            list.Add((taskName, task));
        }
    }

    /// <summary>Runs all phases, or those from <paramref name="fromPhase"/> on; later calls get the same task.</summary>
    public Task<Done> Run(Reason reason, string fromPhase = null)
    {
        if (Interlocked.CompareExchange(ref _reason, reason ?? UnknownReason.Instance, null) == null)
        {
            var phases = fromPhase == null ? _order : _order.SkipWhile(p => p != fromPhase).ToList();
            Task.Run(() => RunPhases(phases));
        }

        return _done.Task;
    }

    /// <summary>The time that a phase may take.</summary>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public TimeSpan Timeout(string phase) => _phases.TryGetValue(phase, out var found)
        ? found.Timeout
        : throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.");

    private async Task RunPhases(List<string> phases)
    {
        try
        {
            foreach (var phase in phases) await RunPhase(phase).ConfigureAwait(false);
            _done.TrySetResult(Done.Instance);
        }
        catch (Exception error)
        {
            _done.TrySetException(error);
        }
    }

    private async Task RunPhase(string phase)
    {
        List<(string Name, Func<Task<Done>> Task)> tasks;
        lock (_tasks) tasks = _tasks.TryGetValue(phase, out var list) ? [.. list] : [];
        _log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase, tasks.Count, string.Join(",", tasks.Select(t => t.Name)));
        var (_, timeout, recover) = _phases[phase];
        var all = Task.WhenAll(tasks.Select(t => RunOne(phase, t.Name, t.Task, recover)));
        try
        {
            await all.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!all.IsCompleted)
        {
            if (!recover) throw new TimeoutException($"Coordinated shutdown phase [{phase}] timed out after {timeout}");
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, timeout);
        }
    }

    private async Task RunOne(string phase, string name, Func<Task<Done>> task, bool recover)
    {
        try
        {
            await task().ConfigureAwait(false);
        }
        catch (Exception error) when (recover)
        {
            _log.Warning("Task [{0}] failed in phase [{1}]: {2}", name, phase, error.Message);
        }
    }

    private void ReadPhases(Config config)
    {
        var usual = config.GetTimeSpan("default-phase-timeout");
        foreach (var name in config.GetConfig("phases").Root.Fields.Keys)
        {
            var phase = config.GetConfig($"phases.\"{name}\"");
            _phases[name] = (
                phase.GetStringList("depends-on").ToList(), phase.GetTimeSpan("timeout", usual), phase.GetBoolean("recover", true));
        }

        var open = new HashSet<string>();
        foreach (var name in _phases.Keys) Order(name, open);
    }

    private void Order(string name, HashSet<string> open)
    {
        if (_order.Contains(name)) return;
        if (!open.Add(name)) throw new ArgumentException($"Cycle detected in graph of phases. It must be a DAG. Phase [{name}] depends on itself.");
        if (!_phases.TryGetValue(name, out var phase)) _phases[name] = phase = ([], TimeSpan.FromSeconds(5), true);
        foreach (var before in phase.DependsOn) Order(before, open);
        open.Remove(name);
        _order.Add(name);
    }

    private void RunAtExit(ActorSystemImpl system)
    {
        void AtExit(object sender, EventArgs e)
        {
            if (!system.WhenTerminated.IsCompleted) Run(ClrExitReason.Instance).Wait(_phases.Values.Max(p => p.Timeout));
        }

        AppDomain.CurrentDomain.ProcessExit += AtExit;
        system.RegisterOnTermination(() => AppDomain.CurrentDomain.ProcessExit -= AtExit);
    }

    /// <summary>Why a system ends. Derive from it for reasons of one's own.</summary>
    public class Reason
    {
        /// <summary>For derived reasons.</summary>
        protected Reason()
        {
        }
    }

    /// <summary>Nobody said why.</summary>
    public class UnknownReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new UnknownReason();
    }

    /// <summary><see cref="ActorSystem.Terminate"/> was called.</summary>
    public class ActorSystemTerminateReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ActorSystemTerminateReason();
    }

    /// <summary>The process ends.</summary>
    public class ClrExitReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClrExitReason();
    }

    /// <summary>The cluster took this node for dead.</summary>
    public class ClusterDowningReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClusterDowningReason();
    }

    /// <summary>This node left the cluster.</summary>
    public class ClusterLeavingReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClusterLeavingReason();
    }

    /// <summary>No seed node let this node in.</summary>
    public class ClusterJoinUnsuccessfulReason : Reason
    {
        /// <summary>The only instance.</summary>
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();
    }
}
