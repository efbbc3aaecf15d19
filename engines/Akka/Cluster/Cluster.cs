using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>This node's part in the cluster (<c>akka.actor.provider = cluster</c>).</summary>
public class Cluster : IExtension
{
    private readonly IActorRef _core;
    private readonly TaskCompletionSource _exiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILoggingAdapter _log;
    private volatile ReadView _view;

    internal Cluster(ActorSystemImpl system)
    {
        System = system;
        _log = Logging.GetLogger(system, typeof(Cluster));
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        SelfUniqueAddress = new UniqueAddress(system.Provider.DefaultAddress, system.Provider.Remote.Uid);
        Update(Membership.Empty);
        _core = system.SystemActorOf(Props.Create(typeof(ClusterCore), this), "cluster");
        LeaveOnShutdown(system.Shutdown);
        LogInfo("Started up successfully, roles [{0}]", string.Join(",", Settings.Roles));
        if (!Settings.SeedNodes.IsEmpty) JoinSeedNodes(Settings.SeedNodes);
    }

    /// <summary>The keys under <c>akka.cluster</c>.</summary>
    public ClusterSettings Settings { get; }

    /// <summary>This incarnation of this node.</summary>
    public UniqueAddress SelfUniqueAddress { get; }

    /// <summary>Where this node is.</summary>
    public Address SelfAddress => SelfUniqueAddress.Address;

    /// <summary>What this node is for.</summary>
    public ImmutableHashSet<string> SelfRoles => Settings.Roles;

    /// <summary>This node as a member; its status is Removed while it is in no cluster.</summary>
    public Member SelfMember => _view.Self;

    /// <summary>The cluster as this node sees it now.</summary>
    public ClusterEvent.CurrentClusterState State => _view.State;

    /// <summary>Whether this node's part has ended.</summary>
    public bool IsTerminated => _removed.Task.IsCompleted;

    /// <summary>Whether this node is a full member.</summary>
    public bool IsUp => SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    /// <summary>The system.</summary>
    public ExtendedActorSystem System { get; }

    internal ActorSystemImpl SystemImpl => (ActorSystemImpl)System;

    /// <summary>The system's part in its cluster.</summary>
    /// <exception cref="Configuration.ConfigurationException">The system has no cluster.</exception>
    public static Cluster Get(ActorSystem system) => ((ActorSystemImpl)system).Cluster ?? throw new Configuration.ConfigurationException(
        "ActorSystem [" + system.Name + "] needs to have 'akka.actor.provider' set to 'cluster' in the configuration, currently uses [" +
        system.Settings.Config.GetString("akka.actor.provider") + "]");

    /// <summary>Subscribes with <see cref="ClusterEvent.InitialStateAsSnapshot"/>.</summary>
    public void Subscribe(IActorRef subscriber, params Type[] to) => Subscribe(subscriber, ClusterEvent.InitialStateAsSnapshot, to);

    /// <summary>Sends an actor the events of these types from now on, and first what is so already.</summary>
    /// <exception cref="ArgumentException">No type is given, or one that is no event of the cluster.</exception>
    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0) throw new ArgumentException("At least one `IClusterDomainEvent` class is required", nameof(to));
        if (Array.Find(to, t => !typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(t)) is { } wrong)
            throw new ArgumentException($"Subscribe to `IClusterDomainEvent` or subclasses, was [{wrong}]", nameof(to));
        _core.Tell(new Command.Subscribe(subscriber, initialStateMode, [.. to]), ActorRefs.NoSender);
    }

    /// <summary>Ends all subscriptions of an actor.</summary>
    public void Unsubscribe(IActorRef subscriber) => Unsubscribe(subscriber, null);

    /// <summary>Ends an actor's subscription to a type.</summary>
    public void Unsubscribe(IActorRef subscriber, Type to) => _core.Tell(new Command.Unsubscribe(subscriber, to), ActorRefs.NoSender);

    /// <summary>Sends an actor the present <see cref="ClusterEvent.CurrentClusterState"/>.</summary>
    public void SendCurrentClusterState(IActorRef receiver) => _core.Tell(new Command.SendState(receiver), ActorRefs.NoSender);

    /// <summary>Joins through a member. A node that joins itself forms a cluster.</summary>
    public void Join(Address address) => _core.Tell(new Command.JoinTo(address), ActorRefs.NoSender);

    /// <summary>Joins through the first of these that answers. Only the first of the list forms a cluster when none does.</summary>
    public void JoinSeedNodes(IEnumerable<Address> seedNodes) =>
        _core.Tell(new Command.JoinSeeds(seedNodes.ToImmutableList()), ActorRefs.NoSender);

    /// <summary>Lets a member go; it ends its system when all know.</summary>
    public void Leave(Address address)
    {
        if (address == SelfAddress) _ = LeaveAsync();
        else _core.Tell(new Command.Leave(address), ActorRefs.NoSender);
    }

    /// <summary>Leaves; completes when this node is no longer a member.</summary>
    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    /// <summary>Leaves; completes when this node is no longer a member. Cancelling ends the wait, not the leaving.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        _core.Tell(new Command.Leave(SelfAddress), ActorRefs.NoSender);
        return _removed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes a member for dead: it is removed, and may come back only as a new incarnation.</summary>
    public void Down(Address address) => _core.Tell(new Command.Down(address), ActorRefs.NoSender);

    /// <summary>Runs code when this node comes up, at once if it is.</summary>
    public void RegisterOnMemberUp(Action callback) => _core.Tell(new Command.OnUp(callback), ActorRefs.NoSender);

    /// <summary>Runs code when this node is no longer a member, at once if it has been removed.</summary>
    public void RegisterOnMemberRemoved(Action callback)
    {
        if (IsTerminated) callback();
        else _core.Tell(new Command.OnRemoved(callback), ActorRefs.NoSender);
    }

    internal void Update(Membership membership)
    {
        var self = membership.Members.GetValueOrDefault(SelfUniqueAddress)
            ?? new Member(SelfUniqueAddress, int.MaxValue, MemberStatus.Removed, Settings.Roles);
        _view = new ReadView(self, MembershipEvents.State(membership, SelfUniqueAddress));
    }

    /// <summary>This node may go: the others know that it leaves.</summary>
    internal void SelfExiting()
    {
        _exiting.TrySetResult();
        SystemImpl.Shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
    }

    /// <summary>This node was taken for dead.</summary>
    internal void SelfDowned()
    {
        _exiting.TrySetResult();
        if (Settings.Config.GetBoolean("run-coordinated-shutdown-when-down", true))
            SystemImpl.Shutdown.Run(CoordinatedShutdown.ClusterDowningReason.Instance);
        else
            _core.Tell(new Command.Shutdown(), ActorRefs.NoSender);
    }

    /// <summary>The cluster actor has ended.</summary>
    internal void CoreStopped()
    {
        _exiting.TrySetResult();
        _removed.TrySetResult();
    }

    internal void LogInfo(string format, params object[] args)
    {
        if (!Settings.Config.GetBoolean("log-info", true)) return;
        _log.Info("Cluster Node [{0}] - {1}", SelfAddress, string.Format(global::System.Globalization.CultureInfo.InvariantCulture, format, args));
    }

    internal void LogWarning(string format, params object[] args) => _log.Warning(
        "Cluster Node [{0}] - {1}", SelfAddress, string.Format(global::System.Globalization.CultureInfo.InvariantCulture, format, args));

    private void LeaveOnShutdown(CoordinatedShutdown shutdown)
    {
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", async () =>
        {
            if (SelfMember.Status is not (MemberStatus.Removed or MemberStatus.Down or MemberStatus.Exiting))
            {
                _core.Tell(new Command.Leave(SelfAddress), ActorRefs.NoSender);
                await _exiting.Task.ConfigureAwait(false);
            }

            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", async () =>
        {
            if (SelfMember.Status == MemberStatus.Exiting)
            {
                _core.Tell(new Command.ConfirmExiting(), ActorRefs.NoSender);
                await _removed.Task.ConfigureAwait(false);
            }

            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "wait-shutdown", async () =>
        {
            _core.Tell(new Command.Shutdown(), ActorRefs.NoSender);
            await _removed.Task.ConfigureAwait(false);
            return Done.Instance;
        });
    }

    private sealed record ReadView(Member Self, ClusterEvent.CurrentClusterState State);
}
