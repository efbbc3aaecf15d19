using DistSeq2Seq.Protocol.Exchange;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

public class ExchangeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true, 1, 8, true)]
    [InlineData(true, 2, 4, true)]
    [InlineData(true, 3, 7, true)]
    [InlineData(true, 3, 7, false)]
    [InlineData(true, 4, 8, false)]
    [InlineData(false, 1, 5, true)]
    [InlineData(false, 2, 8, true)]
    [InlineData(false, 2, 8, false)]
    [InlineData(false, 3, 6, true)]
    [InlineData(false, 4, 7, true)]
    [InlineData(false, 4, 7, false)]
    public async Task Steps_AnyTopologyAndMembers_GiveTheTreesSumBitForBit(bool star, int members, int microBatches, bool sharedMemory)
    {
        await using var group = await ExchangeGroup.StartAsync(members, star, microBatches, sharedMemory: sharedMemory);
        group.Begin(1);
        for (var step = 1; step <= 4; step++)
            await group.StepAsync(step);
        Assert.All(group.Owners, o => Assert.Equal(0, o.Owner.Refused));
    }

    [Theory]
    [InlineData(true, 1, 5, true)]
    [InlineData(true, 3, 7, true)]
    [InlineData(true, 3, 7, false)]
    [InlineData(false, 2, 8, true)]
    [InlineData(false, 2, 8, false)]
    [InlineData(false, 3, 6, true)]
    [InlineData(false, 4, 7, false)]
    public async Task Steps_WithBfloat16_GiveEveryMemberTheSameRoundedSum(bool star, int members, int microBatches, bool sharedMemory)
    {
        await using var group = await ExchangeGroup.StartAsync(members, star, microBatches, elements: 4999, sharedMemory,
            ElementType.Bfloat16);
        group.Begin(1);
        for (var step = 1; step <= 4; step++)
            await group.StepAsync(step);
        Assert.All(group.Owners, o => Assert.Equal(0, o.Owner.Refused));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Steps_UnevenRangesOverSeveralGenerations_GiveTheSameBits(bool star)
    {
        await using var group = await ExchangeGroup.StartAsync(3, star);
        double[][] speeds = [[1, 5, 2], [6, 1, 1], [1, 1, 1]];
        for (var generation = 1; generation <= 3; generation++)
        {
            group.Begin(generation, speeds[generation - 1]);
            for (var step = 1; step <= 3; step++)
                await group.StepAsync(step);
            await group.EndAsync(generation + 1);
        }
    }

    [Theory]
    [InlineData(ElementType.Float32, 4)]
    [InlineData(ElementType.Bfloat16, 2)]
    public async Task BytesSent_Sharded_AreOnesRangeToTheOtherOwners(ElementType wire, long bytesOfANumber)
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: false, microBatches: 4, wire: wire);
        group.Begin(1);
        await group.StepAsync(1);
        // Each member's range is one node of the tree; the shards of the other owner leave the process, once.
        for (var member = 0; member < 2; member++)
            await group.UntilSentAsync(member, group.Map.Chunks.Where(c => c.Owner != member).Sum(c => c.Length) * bytesOfANumber);
    }

    [Theory]
    [InlineData(true, ElementType.Float32, true)]
    [InlineData(true, ElementType.Float32, false)]
    [InlineData(false, ElementType.Float32, false)]
    [InlineData(false, ElementType.Bfloat16, false)]
    public async Task Steps_RowsThatFewTouch_GiveTheTreesSumBitForBit(bool star, ElementType wire, bool sharedMemory)
    {
        await using var group = await ExchangeGroup.StartAsync(3, star, microBatches: 7, elements: 4999, sharedMemory, wire,
            rowElements: 60);
        group.Begin(1);
        for (var step = 1; step <= 4; step++)
            await group.StepAsync(step);
        Assert.All(group.Owners, o => Assert.Equal(0, o.Owner.Refused));
    }

    [Fact]
    public async Task BytesSent_RowsThatFewTouch_AreThoseOfBlocksWithANumber()
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: false, microBatches: 4, elements: 48_000, sharedMemory: false,
            rowElements: 60);
        group.Begin(1);
        await group.StepAsync(1);
        for (var member = 0; member < 2; member++)
        {
            var sum = RandomFloats.Bits(
                RandomFloats.TreeSum(group.Tree, group.Tree.Cover(group.Ranges[member].First, group.Ranges[member].End)[0],
                    group.Gradients(1)));
            var away = group.Map.Chunks.Where(c => c.Owner != member).ToArray();
            var blocks = away.SelectMany(c => sum[(int)c.Offset..((int)c.Offset + c.Length)].Chunk(16));
            await group.UntilSentAsync(member, blocks.Where(b => b.Length < 16 || b.Any(bits => bits != 0)).Sum(b => b.Length) * 4);
            Assert.True(group.Sessions[member].BytesSent < away.Sum(c => c.Length));
        }
    }

    [Fact]
    public async Task Owner_DiesInTheMiddleOfAStep_FailsTheMembersNamingIt()
    {
        await using var group = await ExchangeGroup.StartAsync(3, star: false);
        group.Begin(1);
        await group.StepAsync(1);
        var waiting = new[] { group.TakeAsync(0, 2), group.TakeAsync(1, 2) }; // member 2 never contributes
        await group.Members[2].KillAsync();
        foreach (var task in waiting)
        {
            var error = await Assert.ThrowsAsync<ExchangeFailedException>(() => task.WaitAsync(Patience));
            Assert.Equal(group.Members[2].Address, error.Peer);
            Assert.NotEmpty(error.Reason);
        }

        await group.EndAsync(2);
        group.Begin(2, among: group.Members[..2]);
        await group.StepAsync(2); // those who are left take the step again
    }

    [Fact]
    public async Task Cancel_WhileWaiting_UnblocksWait()
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: true);
        group.Begin(1);
        var waiting = group.TakeAsync(0, 1);
        group.Sessions[0].Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        Assert.Throws<OperationCanceledException>(() => group.Sessions[0].BeginStep(2, new float[5000]));
    }

    [Fact]
    public async Task Stream_OfAFutureGeneration_WaitsUntilItsOwnerBegins()
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: true);
        group.Begin(5);
        await group.StepAsync(1); // its streams are open, so none comes late and is refused
        var sessions = group.Sessions;
        foreach (var session in sessions)
            await session.DisposeAsync();
        group.Star!.Owner.Abandon(6);

        // The members know of generation 7 before the owner does.
        var early = new ExchangeSession(new MemberPlan(7, "worker-0", group.Map, [group.Star.Address]), group.Members[0].Owner,
            group.Members[0].Channels);
        var result = new float[5000];
        early.BeginStep(1, result);
        foreach (var node in group.Tree.Cover(0, 8))
            early.Contribute(node, RandomFloats.TreeSum(group.Tree, node, group.Gradients(1)));
        group.Star.Owner.Begin(
            new OwnerPlan(7, 0, group.Map, group.Tree, new Dictionary<string, Protocol.Plans.MicroBatchRange>
            { ["worker-0"] = new(0, 8) }), "", null);
        await Task.Factory.StartNew(early.Wait, TaskCreationOptions.LongRunning).WaitAsync(Patience);
        Assert.Equal(RandomFloats.Bits(RandomFloats.TreeSum(group.Tree, group.Tree.Root, group.Gradients(1))), RandomFloats.Bits(result));
        Assert.Equal(0, group.Star.Owner.Refused);
        await early.DisposeAsync();
    }

    [Fact]
    public async Task MemberLost_WhenAMembersStreamBreaks_IsRaisedWithItsName()
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: true);
        var lost = new TaskCompletionSource<(long Generation, string Member)>();
        group.Star!.Owner.MemberLost += (generation, member, _) => lost.TrySetResult((generation, member));
        group.Begin(3);
        await group.StepAsync(1);
        await group.Sessions[1].DisposeAsync();
        Assert.Equal((3, "worker-1"), await lost.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Abandon_OfTheGenerationThatRuns_LeavesItAlone()
    {
        await using var group = await ExchangeGroup.StartAsync(2, star: true);
        group.Begin(4);
        group.Star!.Owner.Abandon(4); // older than 4 only
        await group.StepAsync(1);
    }
}
