using System.Buffers;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

public class StateTests
{
    private const long Step = 12;

    [Fact]
    public async Task Fetch_OfTheStepThatIsHeld_BringsEverySection()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        // Parameters and two slots; more than one message each, and not a whole number of them.
        var state = new[] { RandomFloats.Of(700_001, 1), RandomFloats.Of(700_001, 2), RandomFloats.Of(700_001, 3) };
        node.States.Held[Step] = state;
        var fetched = state.Select(s => new float[s.Length]).ToArray();
        await StateClient.FetchAsync(node.Channels, node.Address, Step, fetched, CancellationToken.None);
        for (var section = 0; section < state.Length; section++)
            Assert.True(RandomFloats.Bits(state[section]).AsSpan().SequenceEqual(RandomFloats.Bits(fetched[section])));
        await UntilAsync(() => node.States.Leases == 0);
    }

    [Fact]
    public async Task Open_OfStateInSharedMemory_ReadsItInPlaceAndKeepsItUntilDisposed()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        const int Elements = 300_001;
        var state = new[] { RandomFloats.Of(Elements, 1), RandomFloats.Of(Elements, 2) };
        using var segment = SharedSegment.TryCreate(2 * Elements);
        Assert.SkipWhen(segment is null, "this system has no shared memory");
        segment!.Write(0, state[0]);
        segment.Write(Elements, state[1]);
        node.States.Held[Step] = state;
        node.States.Segment = segment;

        using (var opened = await StateClient.OpenAsync(node.Channels, node.Address, Step, 2, Elements,
            () => throw new InvalidOperationException("nothing is to be fetched"), CancellationToken.None))
        {
            for (var section = 0; section < state.Length; section++)
                Assert.True(RandomFloats.Bits(state[section]).AsSpan()
                    .SequenceEqual(RandomFloats.Bits(opened.Sections[section].ToArray())));
            segment.Write(Elements, [42f]);
            Assert.Equal(42f, opened.Sections[1].Span[0]); // the very memory, no copy
            Assert.Equal(1, node.States.Leases);
        }

        await UntilAsync(() => node.States.Leases == 0);
    }

    [Fact]
    public async Task Open_WhoseHolderDies_CanStillBeRead()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        var segment = SharedSegment.TryCreate(3);
        Assert.SkipWhen(segment is null, "this system has no shared memory");
        segment!.Write(0, [1, 2, 3]);
        node.States.Held[Step] = [[1, 2, 3]];
        node.States.Segment = segment;
        using var opened = await StateClient.OpenAsync(node.Channels, node.Address, Step, 1, 3, () => [new float[3]],
            CancellationToken.None);
        await node.KillAsync();
        segment.Dispose();
        Assert.Equal([1, 2, 3], opened.Sections[0].ToArray());
    }

    [Fact]
    public async Task Open_OfStateInMemoryOfThePeerAlone_FetchesIt()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        node.States.Held[Step] = [[1, 2], [3, 4]];
        using var opened = await StateClient.OpenAsync(node.Channels, node.Address, Step, 2, 2, () => [new float[2], new float[2]],
            CancellationToken.None);
        Assert.Equal([3, 4], opened.Sections[1].ToArray());
        await UntilAsync(() => node.States.Leases == 0); // it was copied, so nothing holds it
    }

    [Fact]
    public async Task Open_OfSharedStateOfAnotherSize_IsRefusedAndLetGo()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        using var segment = SharedSegment.TryCreate(3);
        Assert.SkipWhen(segment is null, "this system has no shared memory");
        node.States.Held[Step] = [[1, 2, 3]];
        node.States.Segment = segment;
        var error = await Assert.ThrowsAsync<ExchangeFailedException>(
            () => StateClient.OpenAsync(node.Channels, node.Address, Step, 2, 3, () => [new float[3], new float[3]],
                CancellationToken.None));
        Assert.Contains("has 3 elements, expected 2 sections of 3", error.Reason, StringComparison.Ordinal);
        await UntilAsync(() => node.States.Leases == 0);
    }

    [Fact]
    public async Task Open_OfAStepThatIsNotHeld_IsRefusedNamingTheStep()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        var error = await Assert.ThrowsAsync<ExchangeFailedException>(
            () => StateClient.OpenAsync(node.Channels, node.Address, Step, 1, 1, () => [new float[1]], CancellationToken.None));
        Assert.Contains("no state of step 12 is held here", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_OfAnotherStep_IsRefusedNamingTheStep()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        node.States.Held[Step] = [[1f]];
        var error = await FailureAsync(node, Step + 1, [new float[1]]);
        Assert.Contains("no state of step 13 is held here", error.Reason, StringComparison.Ordinal);
        Assert.Equal(node.Address, error.Peer);
    }

    [Theory]
    [InlineData(3, 5, "does not fit this model")] // larger than expected
    [InlineData(5, 3, "section 0 has 3 elements, expected 5")] // smaller
    public async Task Fetch_OfAnotherSize_IsRefused(int expected, int held, string reason)
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        node.States.Held[Step] = [new float[held]];
        Assert.Contains(reason, (await FailureAsync(node, Step, [new float[expected]])).Reason, StringComparison.Ordinal);
        await UntilAsync(() => node.States.Leases == 0);
    }

    [Fact]
    public async Task Fetch_OfAnotherNumberOfSections_IsRefused()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        node.States.Held[Step] = [[1], [2]];
        Assert.Contains("section 1", (await FailureAsync(node, Step, [new float[1]])).Reason, StringComparison.Ordinal);
        Assert.Contains("section 2 has 0 elements", (await FailureAsync(node, Step, [new float[1], new float[1], new float[1]])).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_FromAPeerThatIsGone_FailsNamingIt()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        await node.KillAsync();
        Assert.Equal(node.Address, (await FailureAsync(node, Step, [new float[1]])).Peer);
    }

    [Fact]
    public async Task Fetch_Cancelled_IsCancelledAndNoFailureOfThePeer()
    {
        await using var node = await ExchangeNode.StartAsync("peer");
        node.States.Held[Step] = [[1f]];
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => StateClient.FetchAsync(node.Channels, node.Address, Step, [new float[1]], cancelled.Token));
    }

    [Fact]
    public void PooledFloats_AfterTheLastRelease_RefusesItsBuffer()
    {
        var buffer = PooledFloats.Copy([1, 2, 3]);
        buffer.Hold();
        buffer.Release();
        Assert.Equal([1, 2, 3], buffer.Span.ToArray());
        buffer.Release();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory.Length);
    }

    [Fact]
    public void PooledFloats_ReleasedOnceTooOften_GivesItsArrayBackOnlyOnce()
    {
        var buffer = PooledFloats.Rent(1 << 20);
        buffer.Release();
        buffer.Release();
        var (first, second) = (ArrayPool<float>.Shared.Rent(1 << 20), ArrayPool<float>.Shared.Rent(1 << 20));
        Assert.NotSame(first, second);
        ArrayPool<float>.Shared.Return(first);
        ArrayPool<float>.Shared.Return(second);
    }

    private static Task<ExchangeFailedException> FailureAsync(ExchangeNode node, long step, float[][] sections) =>
        Assert.ThrowsAsync<ExchangeFailedException>(() => StateClient.FetchAsync(node.Channels, node.Address, step, sections,
            CancellationToken.None));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }
}
