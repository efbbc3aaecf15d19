using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Remote;

namespace Akka.Actor;

internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimerWheel _scheduler;
    private readonly LoggerSetup _loggers;
    private readonly LocalActorRef _user;
    private readonly LocalActorRef _system;
    private readonly Lazy<CoordinatedShutdown> _shutdown;
    private readonly int _throughput;
    private readonly List<Action> _onTermination = [];
    private int _terminating;

    public ActorSystemImpl(string name, Config config)
    {
        if (string.IsNullOrEmpty(name) || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new ArgumentException($"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')");
        Name = name;
        Settings = new Settings(this, (config ?? ConfigurationFactory.Empty).WithFallback(Defaults.Config));
        _throughput = Math.Max(1, Settings.Config.GetInt("akka.actor.throughput"));
        var ask = Settings.Config.GetTimeSpan("akka.actor.ask-timeout");
        AskTimeout = ask > TimeSpan.Zero ? ask : null;
        EventStream = new EventStream();
        Provider = new ActorRefProvider(this);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), DefaultLogMessageFormatter.Instance);
        _scheduler = new TimerWheel(this);
        _loggers = new LoggerSetup(this, EventStream);
        _loggers.StartStandardOut();
        Serialization = new Serialization.Serialization(this);
        _system = NewGuardian("system", SupervisorStrategy.DefaultStrategy);
        _user = NewGuardian("user", GuardianStrategy());
        _shutdown = new Lazy<CoordinatedShutdown>(() => new CoordinatedShutdown(this));
    }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override Serialization.Serialization Serialization { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => Provider.DeadLetters;

    public override IScheduler Scheduler => _scheduler;

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _terminated.Task;

    public override ActorRefProvider Provider { get; }

    public CoordinatedShutdown Shutdown => _shutdown.Value;

    /// <summary>The cluster, or null.</summary>
    public Cluster.Cluster Cluster { get; private set; }

    public TimeSpan? AskTimeout { get; }

    public bool IsTerminating => Volatile.Read(ref _terminating) == 1;

    public void Start()
    {
        try
        {
            _loggers.StartLoggers();
            var provider = Settings.Config.GetString("akka.actor.provider") ?? "local";
            var cluster = provider.Contains("cluster", StringComparison.OrdinalIgnoreCase);
            if (!cluster && provider != "local" && !provider.Contains("remote", StringComparison.OrdinalIgnoreCase))
                throw new ConfigurationException($"akka.actor.provider is '{provider}'. Write 'local', 'remote' or 'cluster'.");
            if (cluster || provider != "local") RemoteTransport.Start(this);
            if (cluster) Cluster = new Cluster.Cluster(this);
            _ = Shutdown;
        }
        catch
        {
            FinalTerminate();
            throw;
        }
    }

    public override IActorRef ActorOf(Props props, string name = null) => _user.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string name = null) => _system.Cell.ActorOf(props, name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => Actor.ActorSelection.FromPath(Provider, actorPath);

    public override ActorSelection ActorSelection(string actorPath) => Actor.ActorSelection.Parse(Provider, Provider.Root, actorPath);

    public override void Stop(IActorRef actor) => (actor as InternalActorRef)?.Stop();

    public override Task Terminate()
    {
        if (!Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate", true)) return FinalTerminate();
        Shutdown.Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        return WhenTerminated;
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_onTermination)
        {
            if (!WhenTerminated.IsCompleted)
            {
                _onTermination.Add(code);
                return;
            }
        }

        code();
    }

    /// <summary>Ends the users' actors, then the engine's, then everything else.</summary>
    internal override Task FinalTerminate()
    {
        if (Interlocked.Exchange(ref _terminating, 1) == 0)
        {
            Log.Debug("System shutdown initiated");
            _user.Stop();
        }

        return WhenTerminated;
    }

    public void GuardianStopped(IActorRef guardian)
    {
        if (guardian.Equals(_user))
        {
            _loggers.StopLoggers();
            _system.Stop();
        }
        else if (guardian.Equals(_system))
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => FinishTermination(), null);
        }
    }

    public IExecutor ExecutorFor(string dispatcher, ActorPath path, out int throughput)
    {
        throughput = _throughput;
        if (string.IsNullOrEmpty(dispatcher)) return PoolExecutor.Instance;
        if (!Settings.Config.HasPath(dispatcher))
            throw new ConfigurationException($"Dispatcher [{dispatcher}] not configured for path {path}");
        throughput = Math.Max(1, Settings.Config.GetInt(dispatcher + ".throughput", _throughput));
        return Settings.Config.GetString(dispatcher + ".type") == "PinnedDispatcher"
            ? new PinnedExecutor(path.ToStringWithoutAddress())
            : PoolExecutor.Instance;
    }

    private void FinishTermination()
    {
        try
        {
            Provider.Remote?.Dispose();
        }
        catch (Exception error)
        {
            Log.Error(error, "The remoting did not end cleanly.");
        }

        _scheduler.Dispose();
        Action[] actions;
        lock (_onTermination)
        {
            actions = [.. _onTermination];
            _terminated.TrySetResult();
        }

        foreach (var action in actions) action();
    }

    private LocalActorRef NewGuardian(string name, SupervisorStrategy strategy)
    {
        var props = Props.Create(typeof(Guardian), strategy);
        var guardian = new LocalActorRef(this, props, Provider.Root, Provider.RootPath / name);
        Provider.Root.Add(name, guardian);
        guardian.Cell.Start();
        return guardian;
    }

    private SupervisorStrategy GuardianStrategy()
    {
        var name = Settings.Config.GetString("akka.actor.guardian-supervisor-strategy");
        return name switch
        {
            "Akka.Actor.DefaultSupervisorStrategy" => SupervisorStrategy.DefaultStrategy,
            "Akka.Actor.StoppingSupervisorStrategy" => SupervisorStrategy.StoppingStrategy,
            _ => throw new ConfigurationException($"akka.actor.guardian-supervisor-strategy is '{name}'. Write " +
                "'Akka.Actor.DefaultSupervisorStrategy' or 'Akka.Actor.StoppingSupervisorStrategy'."),
        };
    }
}
