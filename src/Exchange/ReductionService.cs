using System.Globalization;
using DistSeq2Seq.Protocol.Exchange;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>The gRPC service of the exchange, on workers and on the coordinator.</summary>
public sealed class ReductionService(ReductionOwner owner, IReplicaStateSource states) : ExchangeServiceBase
{
    /// <summary>Elements of one message of state transfer: 1 MiB.</summary>
    private const int StateChunkElements = 262144;

    /// <summary>How long a member may go on with a stream of a generation that is over: it has to hear of the new one first.</summary>
    private static readonly TimeSpan LateTime = TimeSpan.FromSeconds(1);

    /// <summary>Request header that names the member.</summary>
    internal const string WorkerHeader = "worker-id";

    /// <summary>Request header that names the generation.</summary>
    internal const string GenerationHeader = "generation";

    /// <summary>Header, of request and response, that names the sender's shared segment.</summary>
    internal const string SharedMemoryHeader = "shared-memory";

    /// <inheritdoc/>
    public override async Task Reduce(IAsyncStreamReader<TensorFrame> requests, IServerStreamWriter<TensorFrame> responses,
        ServerCallContext context)
    {
        var worker = context.RequestHeaders.GetValue(WorkerHeader) ?? "";
        var text = context.RequestHeaders.GetValue(GenerationHeader);
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            var reason = $"worker {worker} sent the header {GenerationHeader} `{text}`; expected a number";
            throw new RpcException(new Status(StatusCode.InvalidArgument, owner.Refuse(reason).Message));
        }

        MemberStream? stream = null;
        var offer = context.RequestHeaders.GetValue(SharedMemoryHeader);
        using var contributions = SharedSegment.TryOpen(offer);
        try
        {
            stream = await owner.JoinAsync(generation, worker, context.CancellationToken).ConfigureAwait(false);
            if (offer is not null)
            {
                // The member waits for an answer in either case.
                var results = contributions is null ? null : stream.Generation.ShareResultsWith(worker);
                await context.WriteResponseHeadersAsync(results is null ? [] : new Metadata { { SharedMemoryHeader, results } })
                    .ConfigureAwait(false);
            }

            var writing = WriteResultsAsync(stream, responses);
            var reading = ReadAsync(stream, contributions, requests, context.CancellationToken);
            if (await Task.WhenAny(reading, writing).ConfigureAwait(false) == writing && stream.Generation.HasEnded)
                await EndLateAsync(stream, reading, context.CancellationToken).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
        catch (ExchangeRefusedException e)
        {
            if (stream is not null)
                owner.ReportLost(stream, e.Message);
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or RpcException or InvalidOperationException)
        {
            if (stream is not null)
                owner.ReportLost(stream, $"its stream broke: {e.Message}");
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task FetchState(StateRequest request, IServerStreamWriter<TensorFrame> responses, ServerCallContext context)
    {
        using var lease = await states.OpenAsync(request.Step, context.CancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, $"no state of step {request.Step} is held here"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lease.Revoked);
        var headers = lease.Counts.ToHeaders();
        if (request.SharedMemory && lease.Segment is { } segment)
            headers.Add(SharedMemoryHeader, segment.Name);
        await context.WriteResponseHeadersAsync(headers).ConfigureAwait(false);
        if (request.SharedMemory)
        {
            // The reader hangs up when it has read.
            if (lease.Segment is not null)
                await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        for (var section = 0; section < lease.Sections.Count; section++)
        {
            var values = lease.Sections[section];
            for (var offset = 0; offset < values.Length; offset += StateChunkElements)
            {
                var payload = values.Slice(offset, Math.Min(StateChunkElements, values.Length - offset));
                await responses.WriteAsync(
                    new TensorFrame(payload) { Step = request.Step, Section = section, Offset = offset }.Sealed(),
                    stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task ReadAsync(MemberStream stream, SharedSegment? contributions, IAsyncStreamReader<TensorFrame> requests,
        CancellationToken cancellation)
    {
        while (await NextAsync(stream, requests, cancellation).ConfigureAwait(false))
        {
            var frame = requests.Current;
            if (frame.IsShared)
            {
                frame = frame.Resolve(contributions)
                    ?? throw owner.Refuse($"worker {stream.Member} sent {frame.SharedLength} elements at {frame.SharedAt} of "
                        + "shared memory, which do not lie in a segment it shares with this owner");
            }

            try
            {
                stream.Generation.Accept(stream.Member, frame);
            }
            catch (ExchangeRefusedException e)
            {
                frame.Release();
                throw owner.Refuse(e.Message);
            }
        }
    }

    /// <summary>
    /// Ends the stream of a member that stays in an ended generation, because it was stopped or cut off. It would wait for sums for ever.
    /// </summary>
    private async Task EndLateAsync(MemberStream stream, Task reading, CancellationToken cancellation)
    {
        await reading.WaitAsync(LateTime, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reading.IsCompleted || cancellation.IsCancellationRequested)
            return;
        _ = reading.ContinueWith(ended => ended.Exception, TaskScheduler.Default); // it ends with the call
        throw owner.Refuse($"worker {stream.Member} still has a stream of generation {stream.Generation.Plan.Generation}, which is over; "
            + "it is late");
    }

    private async Task<bool> NextAsync(MemberStream stream, IAsyncStreamReader<TensorFrame> requests, CancellationToken cancellation)
    {
        try
        {
            return await requests.MoveNext(cancellation).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.ResourceExhausted)
        {
            throw owner.Refuse($"worker {stream.Member} sent a message that cannot be read: {e.Status.Detail}");
        }
    }

    private static async Task WriteResultsAsync(MemberStream stream, IServerStreamWriter<TensorFrame> responses)
    {
        await foreach (var frame in stream.Results.ReadAllAsync().ConfigureAwait(false))
        {
            await responses.WriteAsync(frame).ConfigureAwait(false);
            frame.Release();
        }
    }
}
