using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>The actors below.</summary>
internal sealed partial class ActorCell
{
    private readonly ConcurrentDictionary<string, ChildStats> _children = new(StringComparer.Ordinal);
    private readonly HashSet<IActorRef> _stopping = [];
    private long _nextName = -1;

    /// <summary>Any thread.</summary>
    public IEnumerable<InternalActorRef> ChildRefs => _children.Values.Select(c => c.Child);

    public IEnumerable<IActorRef> GetChildren() => ChildRefs;

    public IActorRef Child(string name) => (IActorRef)FindChild(name) ?? ActorRefs.Nobody;

    /// <summary>Any thread.</summary>
    public InternalActorRef FindChild(string name) => _children.TryGetValue(name, out var stats) ? stats.Child : null;

    public IActorRef ActorOf(Props props, string name = null)
    {
        if (name != null && !ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. A name holds ASCII letters, digits and {ActorPath.ValidSymbols}, and does not start with '$'.");
        return AttachChild(props, name ?? ActorNames.Generated(Interlocked.Increment(ref _nextName)));
    }

    /// <summary>Starts a child; also used for the guardians' children, from any thread.</summary>
    public LocalActorRef AttachChild(Props props, string name)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (_pending == Pending.Termination || IsTerminated)
            throw new InvalidOperationException($"Cannot create child while terminating or terminated: [{_self.Path}]");
        var path = new ChildActorPath(_self.Path, name, NewUid());
        var child = new LocalActorRef(SystemImpl, props, _self, path);
        if (!_children.TryAdd(name, new ChildStats(child)))
            throw new InvalidActorNameException($"Actor name [{name}] is not unique! [{_self.Path}] already has such a child.");
        child.Cell.Start();

        // A guardian may have begun to end between the test above and the addition.
        if (_pending == Pending.Termination || IsTerminated) child.Stop();
        return child;
    }

    public void Stop(IActorRef child)
    {
        if (child is not InternalActorRef actor) return;
        if (actor is LocalActorRef && ReferenceEquals(FindChild(actor.Path.Name), actor)) _stopping.Add(actor);
        actor.Stop();
    }

    public static long NewUid() => Random.Shared.NextInt64(1, int.MaxValue);

    private void SuspendChildren()
    {
        foreach (var child in ChildRefs) child.SendSystemMessage(new Dispatch.Suspend());
    }

    private void ResumeChildren(Exception cause)
    {
        foreach (var child in ChildRefs) child.SendSystemMessage(new Dispatch.Resume(cause));
    }
}

/// <summary>A child and how often it was restarted lately.</summary>
internal sealed class ChildStats(InternalActorRef child)
{
    private int _restarts;
    private long _windowStart;

    public InternalActorRef Child { get; } = child;

    /// <summary>Whether one more restart is allowed: at most so many (-1: any number) within the window (-1: for ever).</summary>
    public bool RequestRestart(int maxRetries, int windowMilliseconds)
    {
        if (maxRetries == 0) return false;
        if (windowMilliseconds <= 0) return maxRetries < 0 || ++_restarts <= maxRetries;
        var now = Environment.TickCount64;
        if (_restarts == 0 || now - _windowStart > windowMilliseconds)
        {
            _windowStart = now;
            _restarts = 1;
            return true;
        }

        return ++_restarts <= (maxRetries < 0 ? 1 : maxRetries);
    }
}
