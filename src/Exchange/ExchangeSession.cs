using System.Globalization;
using System.Threading.Channels;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// The member side of the exchange for one generation: sends partial sums to the owners and collects the finished ones. One
/// stream an owner, with one writer and one reader each; answers are always drained, so streams cannot block each other.
/// </summary>
/// <remarks>
/// <see cref="BeginStep"/>, <see cref="Contribute"/> and <see cref="Wait"/> belong to the training thread;
/// <see cref="Cancel"/> may be called from any thread.
/// </remarks>
public sealed class ExchangeSession : IAsyncDisposable
{
    /// <summary>
    /// Sums of one step that find a place in shared memory; the cover of a range rarely has more nodes. Untouched places cost nothing.
    /// </summary>
    private const int SharedSlots = 16;

    private readonly MemberPlan _plan;
    private readonly SharedSegment? _contributions;
    private int _slot;
    private long _lastFinalFrom; // of the sum that is being contributed
    private readonly ReductionOwner _localOwner;
    private readonly Chunk[][] _chunksByOwner;
    private readonly OwnerStream?[] _streams;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly ManualResetEventSlim _progress = new();
    private readonly long[] _delivered;
    private float[]? _result;
    private long _step;
    private long _missing;
    private long _bytesSent;
    private int _delivering;
    private volatile Exception? _failure;

    /// <summary>Opens a stream to every owner that is not in this process.</summary>
    public ExchangeSession(MemberPlan plan, ReductionOwner localOwner, PeerChannels channels)
    {
        _plan = plan;
        _localOwner = localOwner;
        _chunksByOwner = [.. plan.Owners.Select((_, owner) => plan.Map.Chunks.Where(c => c.Owner == owner).ToArray())];
        _delivered = new long[plan.Map.Chunks.Count];
        if (plan.SharedMemory && plan.Owners.Any(address => address is not null))
            _contributions = SharedSegment.TryCreate(plan.Map.Elements * SharedSlots);
        _streams = [.. plan.Owners.Select((address, owner) => address is null ? null : new OwnerStream(this, owner, address, channels))];
    }

    /// <summary>Payload bytes sent to other processes so far.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Starts a step; the finished sums go into <paramref name="result"/>.</summary>
    public void BeginStep(long step, float[] result)
    {
        _result = result;
        _step = step;
        _slot = 0;
        _lastFinalFrom = _plan.Map.Elements;
        _progress.Reset();
        Interlocked.Exchange(ref _missing, _plan.Map.Elements);
        ThrowIfFailed();
    }

    /// <summary>
    /// Sends the partial sum of a node; the buffer must stay as it is until <see cref="Wait"/> has returned, or until this session has
    /// ended and the owner in this process has been told to abandon the generation.
    /// </summary>
    public void Contribute(TreeNode node, float[] sum) => Contribute(node, sum, 0);

    /// <summary>Sends the final part of the partial sum of a node: the chunks that lie in it and have not been sent.</summary>
    /// <param name="node">The same until <paramref name="finalFrom"/> is 0.</param>
    /// <param name="sum">Its elements before <paramref name="finalFrom"/> may still change.</param>
    /// <param name="finalFrom">The elements from here on are final; less each time, at last 0.</param>
    public void Contribute(TreeNode node, float[] sum, int finalFrom)
    {
        for (var owner = 0; owner < _chunksByOwner.Length; owner++)
        {
            foreach (var chunk in _chunksByOwner[owner])
            {
                if (chunk.Offset < finalFrom || chunk.Offset >= _lastFinalFrom)
                    continue;
                var frame = new TensorFrame(sum.AsMemory((int)chunk.Offset, chunk.Length))
                {
                    Generation = _plan.Generation,
                    Step = _step,
                    Node = node,
                    Offset = chunk.Offset,
                };
                if (_streams[owner] is { } stream)
                    stream.Send(frame, _slot);
                else
                    _localOwner.AcceptLocally(_plan.Generation, _plan.WorkerId, frame.Into(_plan.Wire));
            }
        }

        _lastFinalFrom = finalFrom;
        if (finalFrom > 0)
            return;
        _slot++;
        _lastFinalFrom = _plan.Map.Elements;
    }

    /// <summary>Waits until every element of the result is there.</summary>
    /// <exception cref="ExchangeFailedException">A peer is gone or refused.</exception>
    /// <exception cref="OperationCanceledException">The generation was cancelled.</exception>
    public void Wait()
    {
        _progress.Wait();
        ThrowIfFailed();
    }

    /// <summary>Gives up the generation: <see cref="Wait"/> throws from now on.</summary>
    public void Cancel() => Fail(new OperationCanceledException($"generation {_plan.Generation} was given up"));

    /// <summary>Copies a finished sum, from a stream or from the owner in this process, to its place.</summary>
    public void Deliver(Chunk chunk, TensorFrame sum)
    {
        // Counted, so that the end of this session can wait for it: the next session has the same result array.
        Interlocked.Increment(ref _delivering);
        try
        {
            var step = sum.Step;
            if (step != _step || _result is null || _failure is not null)
                return;
            if (Interlocked.Exchange(ref _delivered[chunk.Number], step) == step)
            {
                // If it counted twice, it would hide a chunk that is still missing.
                Fail(new ExchangeFailedException(_plan.Owners[chunk.Owner] ?? "this process",
                    $"the sum of elements from {chunk.Offset} of step {step} came twice"));
                return;
            }

            sum.CopyTo(_result.AsSpan((int)chunk.Offset, chunk.Length));
            if (Interlocked.Add(ref _missing, -chunk.Length) == 0)
                _progress.Set();
        }
        finally
        {
            Interlocked.Decrement(ref _delivering);
        }
    }

    /// <summary>Ends the streams; afterwards nothing reads the contributed buffers any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(new OperationCanceledException($"generation {_plan.Generation} has ended"));
        await Task.WhenAll(_streams.OfType<OwnerStream>().Select(s => s.Ended)).ConfigureAwait(false);
        SpinWait.SpinUntil(() => Volatile.Read(ref _delivering) == 0);
        _contributions?.Dispose();
        _cancellation.Dispose();
        _progress.Dispose();
    }

    private void Fail(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return;
        _cancellation.Cancel();
        _progress.Set();
    }

    private void ThrowIfFailed()
    {
        switch (_failure)
        {
            case null: return;
            case OperationCanceledException cancelled: throw new OperationCanceledException(cancelled.Message, cancelled);
            case ExchangeFailedException failed: throw new ExchangeFailedException(failed.Peer, failed.Reason);
            case var other: throw new InvalidOperationException("the exchange failed", other);
        }
    }

    /// <summary>The stream to one owner.</summary>
    private sealed class OwnerStream
    {
        private readonly ExchangeSession _session;
        private readonly int _owner;
        private readonly string _address;
        private readonly Channel<(TensorFrame Frame, int Slot)> _outbox = Channel.CreateUnbounded<(TensorFrame Frame, int Slot)>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

        public OwnerStream(ExchangeSession session, int owner, string address, PeerChannels channels)
        {
            _session = session;
            _owner = owner;
            _address = address;
            Ended = RunAsync(channels.To(address), session._cancellation.Token);
        }

        public Task Ended { get; }

        /// <param name="frame">Over a contributed buffer.</param>
        /// <param name="slot">How many sums of this step were contributed before.</param>
        public void Send(TensorFrame frame, int slot) => _outbox.Writer.TryWrite((frame, slot));

        private async Task RunAsync(CallInvoker invoker, CancellationToken cancellation)
        {
            Task reading = Task.CompletedTask, writing = Task.CompletedTask;
            try
            {
                var headers = new Metadata
                {
                    { ReductionService.WorkerHeader, _session._plan.WorkerId },
                    { ReductionService.GenerationHeader, _session._plan.Generation.ToString(CultureInfo.InvariantCulture) },
                };
                if (_session._contributions is { } offer)
                    headers.Add(ReductionService.SharedMemoryHeader, offer.Name);
                using var call = invoker.AsyncDuplexStreamingCall(
                    ExchangeMethods.Reduce, null, new CallOptions(headers, cancellationToken: cancellation));
                using var results = _session._contributions is null
                    ? null
                    : SharedSegment.TryOpen((await call.ResponseHeadersAsync.ConfigureAwait(false))
                        .GetValue(ReductionService.SharedMemoryHeader));
                reading = ReadAsync(call.ResponseStream, results, cancellation);
                writing = WriteAsync(call.RequestStream, results is null ? null : _session._contributions, cancellation);
                // Both end by failing only. The first one tells the reason, and the cancellation that follows ends the other.
                await await Task.WhenAny(reading, writing).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _session.Fail(e is OperationCanceledException || cancellation.IsCancellationRequested
                    ? new OperationCanceledException($"generation {_session._plan.Generation} was given up", e)
                    : new ExchangeFailedException(_address, e is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : e.Message));
                await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task WriteAsync(IClientStreamWriter<TensorFrame> requests, SharedSegment? contributions,
            CancellationToken cancellation)
        {
            await foreach (var (contributed, slot) in _outbox.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                // Rounding and checksum are better done here than on the training thread.
                var frame = contributed.Into(_session._plan.Wire);
                var isShared = contributions is not null && slot < SharedSlots;
                var sent = isShared ? Shared(frame, slot, contributions!) : frame.Sealed();
                await requests.WriteAsync(sent, cancellation).ConfigureAwait(false);
                Interlocked.Add(ref _session._bytesSent, isShared ? frame.Bytes.Length : sent.TravellingBytes);
                frame.Release();
            }
        }

        /// <summary>Puts the numbers into shared memory. They replace those of the step before, which is over.</summary>
        private TensorFrame Shared(TensorFrame frame, int slot, SharedSegment contributions)
        {
            var at = (slot * _session._plan.Map.Elements) + frame.Offset;
            contributions.Write(at, frame.Cells);
            return frame.LyingAt(at);
        }

        private async Task ReadAsync(IAsyncStreamReader<TensorFrame> responses, SharedSegment? results, CancellationToken cancellation)
        {
            while (await responses.MoveNext(cancellation).ConfigureAwait(false))
            {
                var frame = responses.Current;
                if (frame.IsShared)
                {
                    frame = frame.Resolve(results)
                        ?? throw new ExchangeFailedException(_address, $"it sent {frame.SharedLength} elements at {frame.SharedAt} of "
                            + "shared memory, which do not lie in a segment it shares with this member");
                }

                if (frame.Type != _session._plan.Wire)
                    throw new ExchangeFailedException(_address, $"it sent elements from {frame.Offset} as {frame.Type}, but this "
                        + $"run's wire is {_session._plan.Wire} (cluster.wire)");
                if (!_session._plan.Map.TryFind(frame.Offset, out var chunk) || chunk.Owner != _owner || chunk.Length != frame.Length)
                    throw new ExchangeFailedException(_address, $"it sent {frame.Length} elements from {frame.Offset}, which is no chunk "
                        + "that it owns");
                if (!frame.IsShared && TensorFrame.ChecksumOf(frame.Bytes) != frame.Checksum)
                    throw new ExchangeFailedException(_address, $"elements from {frame.Offset} arrived with a wrong checksum");
                _session.Deliver(chunk, frame);
                frame.Release();
            }

            throw new ExchangeFailedException(_address, "the owner ended the stream");
        }
    }
}
