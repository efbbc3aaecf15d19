using DistSeq2Seq.Protocol.Exchange;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>Fetches the state of a replica from a peer.</summary>
public static class StateClient
{
    /// <summary>Fills <paramref name="sections"/> (parameters, then optimizer slots) with the peer's state of a step.</summary>
    /// <param name="channels">Channels to peers.</param>
    /// <param name="address">The peer.</param>
    /// <param name="step">Step of the state.</param>
    /// <param name="sections">Overwritten.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="progress">Called for every chunk that has arrived, on any thread.</param>
    /// <exception cref="ExchangeFailedException">The peer is gone, does not hold that step, or sent another shape or damaged
    /// bytes.</exception>
    /// <returns>The skipped steps in the state.</returns>
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
                throw new ExchangeFailedException(address, $"state of step {step}: section {section} has {received[section]} elements, "
                    + $"expected {sections[section].Length}");
        }

        return counts;
    }

    /// <summary>
    /// Opens a peer's state for reading: in place where this process can map the peer's memory, otherwise in buffers that the peer's
    /// answer fills.
    /// </summary>
    /// <param name="channels">Channels to peers.</param>
    /// <param name="address">The peer.</param>
    /// <param name="step">Step of the state.</param>
    /// <param name="sections">Number of sections: parameters, then optimizer slots.</param>
    /// <param name="elements">Elements of each section.</param>
    /// <param name="buffers">Creates the buffers of the sections; called only where the state has to be fetched.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The state. The peer does not change mapped memory until the caller disposes it.</returns>
    /// <exception cref="ExchangeFailedException">As for <see cref="FetchAsync"/>.</exception>
    public static async Task<FetchedState> OpenAsync(PeerChannels channels, string address, long step, int sections, int elements,
        Func<IReadOnlyList<float[]>> buffers, CancellationToken cancellation)
    {
        if (await TryMapAsync(channels, address, step, sections, elements, cancellation).ConfigureAwait(false) is { } mapped)
            return mapped;
        var filled = buffers();
        var counts = await FetchAsync(channels, address, step, filled, cancellation).ConfigureAwait(false);
        return new FetchedState([.. filled.Select(section => (ReadOnlyMemory<float>)section)], counts, []);
    }

    /// <summary>Maps the peer's memory; null where that fails.</summary>
    private static async Task<FetchedState?> TryMapAsync(PeerChannels channels, string address, long step, int sections, int elements,
        CancellationToken cancellation)
    {
        var held = new Stack<IDisposable>();
        try
        {
            var call = channels.To(address).AsyncServerStreamingCall(
                ExchangeMethods.FetchState, null, new CallOptions(cancellationToken: cancellation),
                new StateRequest { Step = step, SharedMemory = true });
            held.Push(call);
            var headers = await call.ResponseHeadersAsync.ConfigureAwait(false);
            if (SharedSegment.TryOpen(headers.GetValue(ReductionService.SharedMemoryHeader)) is { } segment)
            {
                held.Push(segment);
                if (segment.Elements != (long)sections * elements)
                    throw new ExchangeFailedException(address, $"state of step {step}: its shared memory has {segment.Elements} elements, "
                        + $"expected {sections} sections of {elements}");
                var mapped = Enumerable.Range(0, sections).Select(section => segment.Map((long)section * elements, elements)).ToArray();
                Array.ForEach(mapped, held.Push);
                var state = new FetchedState([.. mapped.Select(section => (ReadOnlyMemory<float>)section.Memory)],
                    StepCounts.From(headers), held);
                held = [];
                return state;
            }
        }
        catch (RpcException)
        {
            // If something is still wrong, fetching reports it.
            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            foreach (var one in held)
                one.Dispose();
        }

        return null;
    }

    private static void Store(string address, TensorFrame frame, IReadOnlyList<float[]> sections, long[] received)
    {
        // Chunks come in order, so each begins where the one before ended.
        if (frame.Section < 0 || frame.Section >= sections.Count || frame.Offset != received[frame.Section]
            || frame.Offset + frame.Length > sections[frame.Section].Length)
            throw new ExchangeFailedException(address, $"state chunk of section {frame.Section} from {frame.Offset} with {frame.Length} "
                + "elements does not fit this model");
        if (frame.Type != ElementType.Float32)
            throw new ExchangeFailedException(address, $"state chunk of section {frame.Section} from {frame.Offset} came as {frame.Type}; "
                + "state is float32");
        if (TensorFrame.ChecksumOf(frame.Bytes) != frame.Checksum)
            throw new ExchangeFailedException(address, $"state chunk of section {frame.Section} from {frame.Offset} arrived with a "
                + "wrong checksum");
        frame.CopyTo(sections[frame.Section].AsSpan((int)frame.Offset, frame.Length));
        received[frame.Section] += frame.Length;
    }
}

/// <summary>A replica's state to read, in memory of this process or in mapped memory of another process of this host.</summary>
/// <param name="sections">Parameters, then optimizer slots; not to be read after <see cref="Dispose"/>.</param>
/// <param name="counts">Skipped steps in this state.</param>
/// <param name="held">Resources that keep the memory valid; they are disposed in the order of the list.</param>
public sealed class FetchedState(IReadOnlyList<ReadOnlyMemory<float>> sections, StepCounts counts, IEnumerable<IDisposable> held)
    : IDisposable
{
    /// <summary>Parameters, then optimizer slots.</summary>
    public IReadOnlyList<ReadOnlyMemory<float>> Sections { get; } = sections;

    /// <summary>Skipped steps in this state.</summary>
    public StepCounts Counts { get; } = counts;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in held)
            one.Dispose();
    }
}
