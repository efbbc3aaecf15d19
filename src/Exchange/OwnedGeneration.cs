using System.Threading.Channels;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>One generation of an owner: its chunks under reduction, and an outbox of finished sums for each remote member.</summary>
internal sealed class OwnedGeneration
{
    private readonly string _localMember;
    private readonly Action<Chunk, TensorFrame>? _deliverLocally;
    private readonly Dictionary<string, Channel<TensorFrame>> _outboxes;
    private readonly OwnedChunk?[] _chunks;
    private readonly Dictionary<string, HashSet<TreeNode>> _nodes;
    private readonly HashSet<string> _joined = [];
    private readonly HashSet<string> _sharing = [];
    private SharedSegment? _results;
    private volatile bool _ended;

    public OwnedGeneration(OwnerPlan plan, string localMember, Action<Chunk, TensorFrame>? deliverLocally)
    {
        Plan = plan;
        _localMember = localMember;
        _deliverLocally = deliverLocally;
        _outboxes = plan.Members.Keys.Where(m => m != localMember)
            .ToDictionary(m => m, _ => Channel.CreateUnbounded<TensorFrame>(new UnboundedChannelOptions { SingleReader = true }));
        _nodes = plan.Members.ToDictionary(m => m.Key, m => plan.Tree.Cover(m.Value.First, m.Value.End).ToHashSet());
        _chunks = [.. plan.Map.Chunks.Select(c => c.Owner == plan.OwnerIndex ? new OwnedChunk(new ChunkReducer(plan.Tree)) : null)];
    }

    public OwnerPlan Plan { get; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => _ended;

    /// <summary>The outbox of a member; a stranger, and a second stream of the same member, are refused.</summary>
    public MemberStream Join(string member)
    {
        if (!_outboxes.TryGetValue(member, out var outbox))
            throw new ExchangeRefusedException($"worker {member} is no member of generation {Plan.Generation}");
        lock (_joined)
        {
            if (!_joined.Add(member))
                throw new ExchangeRefusedException($"worker {member} has a stream of generation {Plan.Generation} already");
        }

        return new MemberStream(this, member, outbox.Reader);
    }

    /// <summary>From now on a member finds finished sums in shared memory.</summary>
    /// <returns>Name of the segment; null when there is none, and sums go by the wire.</returns>
    public string? ShareResultsWith(string member)
    {
        lock (_joined)
        {
            if (_ended)
                return null;
            _results ??= SharedSegment.TryCreate(Plan.Map.Elements);
            if (_results is not null)
                _sharing.Add(member);
            return _results?.Name;
        }
    }

    /// <summary>Takes over a frame's payload; when it completes its chunk, the sum goes to every member.</summary>
    /// <exception cref="ExchangeRefusedException">The generation, type, shape or checksum is wrong, or the node is not the
    /// sender's.</exception>
    public void Accept(string member, TensorFrame frame)
    {
        var chunk = Check(member, frame);
        var owned = _chunks[chunk.Number]!;
        PooledFloats? sum;
        lock (owned)
        {
            if (_ended)
                throw new ExchangeRefusedException($"worker {member} sent a chunk of step {frame.Step} of generation {Plan.Generation}, "
                    + "which is over; it is late");

            // Steps of a generation follow each other; the first to come says where they begin.
            if (owned.Next == 0)
                owned.Next = frame.Step;
            if (frame.Step != owned.Next)
                throw new ExchangeRefusedException($"worker {member} sent step {frame.Step} of elements from {frame.Offset} while "
                    + $"step {owned.Next} is being summed");

            try
            {
                sum = owned.Reducer.Add(frame.Node, frame);
            }
            catch (ArgumentException e)
            {
                throw new ExchangeRefusedException($"worker {member}: {e.Message}");
            }
            catch (ObjectDisposedException)
            {
                return; // a member whose stream has broken took its memory along: its loss, not this frame, ends the generation
            }

            if (sum is not null)
                owned.Next++;
        }

        if (sum is not null)
            Broadcast(frame.Step, chunk, sum);
    }

    /// <summary>Closes every outbox and lets go of unfinished sums.</summary>
    public void End()
    {
        _ended = true;
        foreach (var outbox in _outboxes.Values)
            outbox.Writer.TryComplete();
        foreach (var owned in _chunks)
        {
            if (owned is null)
                continue;
            lock (owned)
                owned.Reducer.Clear();
        }

        lock (_joined)
            _results?.Dispose();
    }

    private Chunk Check(string member, TensorFrame frame)
    {
        if (frame.Generation != Plan.Generation)
            throw new ExchangeRefusedException($"worker {member} sent a chunk of generation {frame.Generation} on a stream of "
                + $"generation {Plan.Generation}");
        if (frame.Type != Plan.Wire)
            throw new ExchangeRefusedException($"worker {member} sent elements from {frame.Offset} as {frame.Type}, but the wire of "
                + $"generation {Plan.Generation} is {Plan.Wire} (cluster.wire)");
        if (!Plan.Map.TryFind(frame.Offset, out var chunk) || chunk.Owner != Plan.OwnerIndex || chunk.Length != frame.Length)
            throw new ExchangeRefusedException($"worker {member} sent {frame.Length} elements from {frame.Offset}, which is no chunk of "
                + "this owner");
        if (!_nodes[member].Contains(frame.Node))
        {
            throw new ExchangeRefusedException($"worker {member} sent the sum of {frame.Node}, but of its range "
                + $"{Plan.Members[member].First} to {Plan.Members[member].End - 1} it owes those of {string.Join("; ", _nodes[member])}");
        }

        // Numbers in shared memory have crossed no wire, and have no checksum.
        if (member != _localMember && !frame.IsShared && TensorFrame.ChecksumOf(frame.Bytes) is var seen && seen != frame.Checksum)
            throw new ExchangeRefusedException($"worker {member} sent elements from {frame.Offset} with checksum {frame.Checksum:x8}, but "
                + $"they arrived with {seen:x8}");
        return chunk;
    }

    private void Broadcast(long step, Chunk chunk, PooledFloats sum)
    {
        // Every member, the local one too, gets the sum as the wire carries it: the same bits.
        var result = new TensorFrame(sum)
        {
            Generation = Plan.Generation,
            Step = step,
            Node = Plan.Tree.Root,
            Offset = chunk.Offset,
        }.Into(Plan.Wire);

        // All members have joined: each joins before it contributes, and all have contributed to a finished sum. The place is free: a
        // member contributes to a step after it has read all sums of the step before.
        var shared = _sharing.Count > 0 && TryShare(result) ? result.LyingAt(chunk.Offset) : null;
        if (_outboxes.Count > (shared is null ? 0 : _sharing.Count))
            result = result.Sealed();
        foreach (var (member, outbox) in _outboxes)
        {
            var frame = shared is not null && _sharing.Contains(member) ? shared : result.Hold();
            if (!outbox.Writer.TryWrite(frame))
                frame.Release();
        }

        _deliverLocally?.Invoke(chunk, result);
        result.Release();
    }

    private bool TryShare(TensorFrame result)
    {
        try
        {
            _results!.Write(result.Offset, result.Cells);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false; // the generation has just ended
        }
    }

    /// <summary>A chunk under reduction; Next is the step that it takes sums of, 0 before the first.</summary>
    private sealed class OwnedChunk(ChunkReducer reducer)
    {
        public ChunkReducer Reducer { get; } = reducer;

        public long Next { get; set; }
    }
}
