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
        Assert.Contains("section 2 has 0 elements", (await FailureAsync(node, Step, [new float[1], new float[1], new float[1]])).Reason, StringComparison.Ordinal);
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
        Assert.ThrowsAsync<ExchangeFailedException>(() => StateClient.FetchAsync(node.Channels, node.Address, step, sections, CancellationToken.None));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }
}
