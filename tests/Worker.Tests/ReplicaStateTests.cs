using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Worker.State;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class ReplicaStateTests
{
    [Fact]
    public async Task Change_ThatFails_LeavesNoStateToGiveOutUntilOneSucceeds()
    {
        using var replica = NewReplica();
        using var state = new ReplicaState();
        state.Attach(replica);
        Assert.False(state.IsWhole);
        Assert.Null(await state.OpenAsync(0, CancellationToken.None)); // there has been no change that made it a state

        state.Change(replica.Reset);
        Assert.True(state.IsWhole);
        using (var lease = await state.OpenAsync(0, CancellationToken.None))
            Assert.NotNull(lease);

        state.Keep(0);
        Assert.Throws<InvalidOperationException>(() => state.Change(() => throw new InvalidOperationException("half a state")));
        Assert.False(state.IsWhole);
        state.ReleaseAll();
        Assert.Null(await state.OpenAsync(0, CancellationToken.None));

        state.Change(replica.Reset);
        using (var lease = await state.OpenAsync(0, CancellationToken.None))
            Assert.NotNull(lease);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keep_WhileTheCopyBeforeIsBeingRead_LeavesThatAlone(bool shared)
    {
        using var replica = NewReplica();
        using var state = new ReplicaState();
        state.Attach(replica, shared);
        state.Change(replica.Reset);
        state.Keep(1);
        using (var reading = (await state.OpenAsync(1, CancellationToken.None))!)
        {
            Assert.Equal(shared && OperatingSystem.IsLinux(), reading.Segment is not null);
            state.Release(1);
            Assert.Null(await state.OpenAsync(1, CancellationToken.None));
            var before = replica.Sections[0][0];
            replica.Sections[0][0] = 42;
            state.Keep(2);
            Assert.Equal(before, reading.Sections[0].Span[0]);
        }

        using var next = (await state.OpenAsync(2, CancellationToken.None))!;
        Assert.Equal(42, next.Sections[0].Span[0]);
        Assert.Equal(replica.Sections.Select(section => section.Length), next.Sections.Select(section => section.Length));
    }

    [Fact]
    public async Task Keep_AfterACopyWasLetGo_TakesItsMemory()
    {
        using var replica = NewReplica();
        using var state = new ReplicaState();
        state.Attach(replica, shared: true);
        state.Change(replica.Reset);
        var places = new List<string?>();
        for (var step = 1L; step <= 3; step++)
        {
            state.Keep(step);
            using (var lease = await state.OpenAsync(step, CancellationToken.None))
                places.Add(lease!.Segment?.Name);
            state.Release(step);
        }

        Assert.Single(places.Distinct());
    }

    private static Replica NewReplica() => new(
        new RunConfiguration
        {
            Model = new ModelConfiguration { EmbeddingSize = 2, Encoder = new() { HiddenSize = 2 }, Decoder = new() { HiddenSize = 2 } },
        }, 7, 9);
}
