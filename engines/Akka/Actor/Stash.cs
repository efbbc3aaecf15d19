namespace Akka.Actor;

/// <summary>Holds messages for later.</summary>
public interface IStash
{
    /// <summary>How many messages are held.</summary>
    int Count { get; }

    /// <summary>Whether none is held.</summary>
    bool IsEmpty { get; }

    /// <summary>Whether one is held.</summary>
    bool NonEmpty { get; }

    /// <summary>Holds the current message.</summary>
    /// <exception cref="IllegalActorStateException">It is held already.</exception>
    void Stash();

    /// <summary>Puts the oldest message held in front of the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages held in front of the mailbox, in their order.</summary>
    void UnstashAll();

    /// <summary>Puts those messages held for which the predicate holds in front of the mailbox, in their order.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Empties the stash and gives what it held.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those held.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}

/// <summary>An actor with a stash.</summary>
public interface IActorStash
{
    /// <summary>Set by the engine before <c>PreStart</c>.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor with a stash.</summary>
public interface IWithStash : IActorStash
{
}

/// <summary>An actor with a stash without a limit.</summary>
public interface IWithUnboundedStash : IWithStash
{
}

/// <summary>The stash of one incarnation. A restart or the end gives everything back to the mailbox.</summary>
internal sealed class Stash(ActorCell cell) : IStash
{
    private readonly LinkedList<Envelope> _held = new();

    public int Count => _held.Count;

    public bool IsEmpty => _held.Count == 0;

    public bool NonEmpty => _held.Count > 0;

    void IStash.Stash()
    {
        var current = cell.CurrentEnvelope;
        if (current.Message == null) throw new IllegalActorStateException("There is no current message to stash.");
        if (_held.Last is { } last && ReferenceEquals(last.Value.Message, current.Message) && ReferenceEquals(last.Value.Sender, current.Sender))
            throw new IllegalActorStateException($"Can't stash the same message {current.Message} more than once");
        _held.AddLast(current);
    }

    public void Unstash()
    {
        if (_held.First is not { } first) return;
        _held.RemoveFirst();
        cell.Prepend(first.Value);
    }

    public void UnstashAll() => UnstashAll(_ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        // The last goes first, since each is put before those already there.
        foreach (var envelope in ClearStash().Where(predicate).Reverse()) cell.Prepend(envelope);
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var all = _held.ToList();
        _held.Clear();
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Reverse()) _held.AddFirst(envelope);
    }
}
