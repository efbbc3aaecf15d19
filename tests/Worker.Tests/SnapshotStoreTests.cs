using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class SnapshotStoreTests
{
    [Fact]
    public async Task Change_ThatFails_LeavesNoStateToGiveOutUntilOneSucceeds()
    {
        using var replica = new Replica(new RunConfiguration { Model = new ModelConfiguration { EmbeddingSize = 2, Encoder = new() { HiddenSize = 2 }, Decoder = new() { HiddenSize = 2 } } }, 7, 9);
        var store = new SnapshotStore();
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
}
