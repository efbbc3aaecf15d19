using DistSeq2Seq.Protocol.Exchange;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>Fetches the state of a replica from a peer.</summary>
public static class StateClient
{
    /// <summary>Fills <paramref name="sections"/> (parameters, then optimizer slots) with the peer's state of a step.</summary>
    /// <param name="channels">Ways to peers.</param>
    /// <param name="address">The peer.</param>
    /// <param name="step">Of the state.</param>
    /// <param name="sections">Overwritten.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="progress">Called at every piece that has arrived, from whichever thread.</param>
    /// <exception cref="ExchangeFailedException">The peer is gone, does not hold that step, or sent another shape or damaged bytes.</exception>
    /// <returns>What belongs to the state besides.</returns>
    public static async Task<StepCounts> FetchAsync(PeerChannels channels, string address, long step, IReadOnlyList<float[]> sections,
        CancellationToken cancellation, Action? progress = null)
    {
        var received = new long[sections.Count];
        StepCounts counts;
        try
        {
            using var call = channels.To(address).AsyncServerStreamingCall(
                ExchangeMethods.FetchState, null, new CallOptions(cancellationToken: cancellation), new StateRequest { Step = step });
            while (await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
            {
                var frame = call.ResponseStream.Current;
                if (frame.Step != step)
                    throw new ExchangeFailedException(address, $"asked for the state of step {step}, it sends that of step {frame.Step}");
                Store(address, frame, sections, received);
                frame.Release();
                progress?.Invoke();
            }

            counts = StepCounts.From(await call.ResponseHeadersAsync.ConfigureAwait(false));
        }
        catch (RpcException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException($"fetching the state of step {step} from {address} was given up", e, cancellation);
        }
        catch (RpcException e)
        {
            throw new ExchangeFailedException(address, $"state of step {step}: {e.StatusCode}: {e.Status.Detail}");
        }

        for (var section = 0; section < sections.Count; section++)
        {
            if (received[section] != sections[section].Length)
                throw new ExchangeFailedException(address, $"state of step {step}: section {section} has {received[section]} elements, expected {sections[section].Length}");
        }

        return counts;
    }

    private static void Store(string address, TensorFrame frame, IReadOnlyList<float[]> sections, long[] received)
    {
        // Chunks come in order, so each begins where the one before ended.
        if (frame.Section < 0 || frame.Section >= sections.Count || frame.Offset != received[frame.Section] || frame.Offset + frame.Payload.Length > sections[frame.Section].Length)
            throw new ExchangeFailedException(address, $"state chunk of section {frame.Section} from {frame.Offset} with {frame.Payload.Length} elements does not fit this model");
        if (TensorFrame.ChecksumOf(frame.Payload.Span) != frame.Checksum)
            throw new ExchangeFailedException(address, $"state chunk of section {frame.Section} from {frame.Offset} arrived with a wrong checksum");
        frame.Payload.Span.CopyTo(sections[frame.Section].AsSpan((int)frame.Offset));
        received[frame.Section] += frame.Payload.Length;
    }
}
