using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>
/// An actor's queues. Any thread adds; one at a time takes. System messages go first, also between two user messages.
/// </summary>
internal sealed class Mailbox(ActorCell cell, int throughput, IExecutor executor) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<Envelope> _messages = new();
    private readonly ConcurrentQueue<SystemMessage> _system = new();
    private readonly Stack<Envelope> _front = new();
    private int _scheduled;
    private volatile bool _closed;

    public bool IsClosed => _closed;

    public void Add(Envelope envelope)
    {
        _messages.Enqueue(envelope);
        Schedule();
    }

    public void Add(SystemMessage message)
    {
        _system.Enqueue(message);
        Schedule();
    }

    /// <summary>Puts a message before all others. Only the actor itself may call this.</summary>
    public void Prepend(Envelope envelope) => _front.Push(envelope);

    /// <summary>Asks for a turn if there is something to do.</summary>
    public void Schedule()
    {
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0) executor.Execute(this);
    }

    /// <summary>From now on nothing is handled; what is left, and what comes, goes to dead letters.</summary>
    public void Close() => _closed = true;

    public void Execute()
    {
        cell.Enter();
        try
        {
            ProcessSystem();
            for (var left = throughput; left > 0 && !_closed && cell.TakesMessages && TryTake(out var next); left--)
            {
                cell.Invoke(next);
                ProcessSystem();
            }

            if (_closed) Drain();
        }
        finally
        {
            cell.Leave();
            Volatile.Write(ref _scheduled, 0);
            Thread.MemoryBarrier();
            if (HasWork()) Schedule();
        }
    }

    private bool HasWork() =>
        !_system.IsEmpty || ((_closed || cell.TakesMessages) && (_front.Count > 0 || !_messages.IsEmpty));

    private bool TryTake(out Envelope envelope) => _front.TryPop(out envelope) || _messages.TryDequeue(out envelope);

    private void ProcessSystem()
    {
        while (_system.TryDequeue(out var message))
        {
            if (_closed) cell.SystemMessageAfterEnd(message);
            else cell.Invoke(message);
        }
    }

    private void Drain()
    {
        while (TryTake(out var envelope)) cell.ToDeadLetters(envelope);
    }
}
