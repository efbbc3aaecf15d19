using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Who is told what.</summary>
internal sealed partial class ClusterCore
{
    private readonly List<Action> _onUp = [];
    private readonly List<Action> _onRemoved = [];
    private ImmutableList<(IActorRef Subscriber, Type To)> _subscriptions = [];

    private void ReceiveSubscriptions()
    {
        Receive<Command.Subscribe>(Subscribe);
        Receive<Command.Unsubscribe>(u =>
            _subscriptions = _subscriptions.RemoveAll(s => s.Subscriber.Equals(u.Subscriber) && (u.To == null || u.To == s.To)));
        Receive<Command.SendState>(s => s.Receiver.Tell(_cluster.State));
        Receive<Command.OnUp>(c =>
        {
            _onUp.Add(c.Callback);
            if (_cluster.SelfMember.Status == MemberStatus.Up) RunAll(_onUp);
        });
        Receive<Command.OnRemoved>(c => _onRemoved.Add(c.Callback));
    }

    private void Subscribe(Command.Subscribe subscribe)
    {
        if (subscribe.Mode == ClusterEvent.InitialStateAsSnapshot)
        {
            subscribe.Subscriber.Tell(_cluster.State);
        }
        else
        {
            foreach (var known in MembershipEvents.Between(Membership.Empty, _membership, _self))
            {
                if (subscribe.To.Any(t => t.IsInstanceOfType(known))) subscribe.Subscriber.Tell(known);
            }
        }

        foreach (var to in subscribe.To.Where(t => !_subscriptions.Contains((subscribe.Subscriber, t))))
            _subscriptions = _subscriptions.Add((subscribe.Subscriber, to));
    }

    private void Publish(IEnumerable<ClusterEvent.IClusterDomainEvent> events)
    {
        _subscriptions = _subscriptions.RemoveAll(s => s.Subscriber is InternalActorRef { IsTerminated: true });
        foreach (var e in events)
        {
            foreach (var subscriber in _subscriptions.Where(s => s.To.IsInstanceOfType(e)).Select(s => s.Subscriber).Distinct())
                subscriber.Tell(e);
        }
    }
}
