using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// The owner side of the exchange, one a process: finishes the sums of its shards and hands them to every member. Serves the
/// star (the coordinator owns all) and reduce-scatter plus all-gather (every worker owns a part) alike.
/// </summary>
public sealed class ReductionOwner
{
    private readonly Lock _lock = new();
    private OwnedGeneration? _current;
    private TaskCompletionSource _changed = NewSignal();
    private long _refused;

    /// <summary>Raised with (generation, worker UUID, reason) when a member's stream ends before its generation does.</summary>
    public event Action<long, string, string>? MemberLost;

    /// <summary>Streams and frames refused: an old generation, a stranger, a wrong shape or checksum.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Starts a generation and drops the one before. A generation that is not newer changes nothing.</summary>
    /// <param name="plan">The new generation.</param>
    /// <param name="localMember">UUID of the member in this process, or empty.</param>
    /// <param name="deliverLocally">Shows the local member a finished sum and its place.</param>
    public void Begin(OwnerPlan plan, string localMember, Action<Chunk, TensorFrame>? deliverLocally)
    {
        var next = new OwnedGeneration(plan, localMember, deliverLocally);
        Replace(plan.Generation, plan.Generation, next);
    }

    /// <summary>
    /// Drops a generation older than <paramref name="generation"/>. Streams of the new one wait for <see cref="Begin"/>.
    /// </summary>
    public void Abandon(long generation) => Replace(generation, generation - 1, null);

    /// <summary>
    /// Takes a partial sum of the member in this process, rounded to the type of the wire as the sums of other members are.
    /// </summary>
    public void AcceptLocally(long generation, string member, TensorFrame frame)
    {
        OwnedGeneration? current;
        lock (_lock)
            current = _current;
        if (current is null || current.Plan.Generation != generation)
            throw new OperationCanceledException($"generation {generation} is over");
        try
        {
            current.Accept(member, frame);
        }
        catch (ExchangeRefusedException e) when (current.HasEnded)
        {
            throw new OperationCanceledException(e.Message, e);
        }
    }

    /// <summary>Admits a member's stream; waits when its generation has not begun here yet.</summary>
    /// <exception cref="ExchangeRefusedException">An old generation, or a worker that is no member of it.</exception>
    internal async Task<MemberStream> JoinAsync(long generation, string member, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_current is { } current && current.Plan.Generation == generation)
                    return Admit(current, member);
                if (generation <= HighestGeneration)
                    throw Refuse($"worker {member} comes with generation {generation}, but generation {HighestGeneration} has begun; "
                        + "it is stale");
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    internal void ReportLost(MemberStream stream, string reason)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_current, stream.Generation))
                return;
        }

        MemberLost?.Invoke(stream.Generation.Plan.Generation, stream.Member, reason);
    }

    internal ExchangeRefusedException Refuse(string reason)
    {
        Interlocked.Increment(ref _refused);
        return new ExchangeRefusedException(reason);
    }

    private long HighestGeneration { get; set; }

    private MemberStream Admit(OwnedGeneration current, string member)
    {
        try
        {
            return current.Join(member);
        }
        catch (ExchangeRefusedException e)
        {
            throw Refuse(e.Message);
        }
    }

    /// <param name="generation">The current generation goes if it is older than this one.</param>
    /// <param name="highest">Highest generation whose streams are taken or stale from now on.</param>
    /// <param name="next">The generation that takes its place; null for none yet.</param>
    private void Replace(long generation, long highest, OwnedGeneration? next)
    {
        TaskCompletionSource changed;
        OwnedGeneration? before;
        lock (_lock)
        {
            if (generation <= (_current?.Plan.Generation ?? 0) || highest < HighestGeneration)
                return;
            HighestGeneration = highest;
            (before, _current) = (_current, next);
            (changed, _changed) = (_changed, NewSignal());
        }

        before?.End();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
