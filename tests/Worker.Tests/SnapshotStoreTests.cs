using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class SnapshotStoreTests
{
    [Fact]
    public async Task Change_ThatFails_LeavesNoStateToGiveOutUntilOneSucceeds()
    {
        using var replica = NewReplica();
        using var store = new SnapshotStore();
        store.Attach(replica);
        Assert.False(store.IsWhole);
        Assert.Null(await store.OpenAsync(0, CancellationToken.None)); // nobody has said that this is the run's state

        store.Change(replica.Reset);
        Assert.True(store.IsWhole);
        using (var lease = await store.OpenAsync(0, CancellationToken.None))
            Assert.NotNull(lease);

        store.Keep(0);
        Assert.Throws<InvalidOperationException>(() => store.Change(() => throw new InvalidOperationException("half a state")));
        Assert.False(store.IsWhole);
        store.ReleaseAll();
        Assert.Null(await store.OpenAsync(0, CancellationToken.None));

        store.Change(replica.Reset);
        using (var lease = await store.OpenAsync(0, CancellationToken.None))
            Assert.NotNull(lease);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keep_WhileTheCopyBeforeIsBeingRead_LeavesThatAlone(bool shared)
    {
        using var replica = NewReplica();
        using var store = new SnapshotStore();
        store.Attach(replica, shared);
        store.Change(replica.Reset);
        store.Keep(1);
        using (var reading = (await store.OpenAsync(1, CancellationToken.None))!)
        {
            Assert.Equal(shared && OperatingSystem.IsLinux(), reading.Segment is not null);
            store.Release(1);
            Assert.Null(await store.OpenAsync(1, CancellationToken.None));
            var before = replica.Sections[0][0];
            replica.Sections[0][0] = 42;
            store.Keep(2);
            Assert.Equal(before, reading.Sections[0].Span[0]);
        }

        using var next = (await store.OpenAsync(2, CancellationToken.None))!;
        Assert.Equal(42, next.Sections[0].Span[0]);
        Assert.Equal(replica.Sections.Select(section => section.Length), next.Sections.Select(section => section.Length));
    }

    [Fact]
    public async Task Keep_AfterACopyWasLetGo_TakesItsMemory()
    {
        using var replica = NewReplica();
        using var store = new SnapshotStore();
        store.Attach(replica, shared: true);
        store.Change(replica.Reset);
        var places = new List<string?>();
        for (var step = 1L; step <= 3; step++)
        {
            store.Keep(step);
            using (var lease = await store.OpenAsync(step, CancellationToken.None))
                places.Add(lease!.Segment?.Name);
            store.Release(step);
        }

        Assert.Single(places.Distinct());
    }

    private static Replica NewReplica() => new(
        new RunConfiguration
        {
            Model = new ModelConfiguration { EmbeddingSize = 2, Encoder = new() { HiddenSize = 2 }, Decoder = new() { HiddenSize = 2 } },
        }, 7, 9);
}
