using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class RetentionTests : IDisposable
{
    private readonly TestFolder _run = new();
    private readonly CheckpointStore _store;

    public RetentionTests() => _store = new CheckpointStore(_run.Path);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Retain_RunComparedByBleu_KeepsTheHighest()
    {
        ValidationPoint[] history =
        [
            Samples.Validation(1, 1) with { Bleu = 10 }, Samples.Validation(2, 2) with { Bleu = 30 }, Samples.Validation(3, 0.5)
            with { Bleu = 20 },
            Samples.Validation(4, 9) with { Bleu = double.NaN },
        ];
        for (long step = 1; step <= 4; step++)
            _store.Write(Samples.Content(step, [.. history.Where(point => point.Step <= step)]));
        _store.Retain(keepLast: 1, keepBest: 1);
        Assert.Equal([2, 4], _store.List().Select(info => info.Step));
    }

    [Theory]
    [InlineData(1, 0, new long[] { 6 })]
    [InlineData(2, 0, new long[] { 5, 6 })]
    [InlineData(2, 1, new long[] { 2, 5, 6 })]
    [InlineData(1, 3, new long[] { 2, 4, 5, 6 })]
    [InlineData(1, 9, new long[] { 1, 2, 4, 5, 6 })]
    [InlineData(9, 0, new long[] { 1, 2, 3, 4, 5, 6 })]
    public void Retain_LastAndBest_KeepsTheUnion(int keepLast, int keepBest, long[] expected)
    {
        // Step 3 was not validated at its own step, though its history has losses; that of step 6 is not a number.
        ValidationPoint[] history =
        [
            Samples.Validation(1, 4), Samples.Validation(2, 1), Samples.Validation(4, 2), Samples.Validation(5, 2),
            Samples.Validation(6, double.NaN),
        ];
        for (long step = 1; step <= 6; step++)
            _store.Write(Samples.Content(step, [.. history.Where(point => point.Step <= step)]));

        var removed = _store.Retain(keepLast, keepBest);

        Assert.Equal(expected, _store.List().Select(info => info.Step));
        Assert.Equal(Enumerable.Range(1, 6).Select(step => (long)step).Except(expected), removed);
        Assert.Equal(expected.Select(step => $"step-{step:D9}"), Samples.EntryNames(_store.Folder));
    }

    [Fact]
    public void Retain_NewestOnesDamagedUnseen_KeepsTheNewestValidOne()
    {
        for (long step = 1; step <= 5; step++)
            _store.Write(Samples.Content(step));
        FlipOneBit(4);
        FlipOneBit(5);

        // A new process knows nothing of what the one before wrote.
        var removed = new CheckpointStore(_run.Path).Retain(1, 0);

        Assert.Equal([1L, 2], removed);
        Assert.Equal([3L, 4, 5], _store.List().Select(info => info.Step));
        Assert.Equal(3, _store.NewestValid()!.Step);
    }

    [Fact]
    public void Retain_OlderDamagedOnes_DoNotCountAndGo()
    {
        for (long step = 1; step <= 4; step++)
            _store.Write(Samples.Content(step));
        File.Delete(Path.Combine(_store.PathOf(3), "state.json"));

        Assert.Equal([1L, 3], _store.Retain(2, 0));
        Assert.Equal([2L, 4], _store.List().Select(info => info.Step));
    }

    [Fact]
    public void Retain_NoValidOne_RemovesNothing()
    {
        for (long step = 1; step <= 3; step++)
        {
            _store.Write(Samples.Content(step));
            FlipOneBit(step);
        }

        Assert.Empty(new CheckpointStore(_run.Path).Retain(1, 0));
        Assert.Equal(3, _store.List().Count);
    }

    [Fact]
    public void Retain_OwnCheckpointChangedSince_IsVerifiedAgain()
    {
        for (long step = 1; step <= 3; step++)
            _store.Write(Samples.Content(step));
        FlipOneBit(3);
        File.SetLastWriteTimeUtc(Path.Combine(_store.PathOf(3), "model.safetensors"), DateTime.UnixEpoch);

        Assert.Equal([1L], _store.Retain(1, 0));
        Assert.Equal(2, _store.NewestValid()!.Step);
    }

    [Fact]
    public void Retain_ImpossibleNumbers_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.Retain(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.Retain(1, -1));
    }

    [Fact]
    public async Task Retain_WhileOthersReadAndReplace_NoReaderMeetsHalfOfACheckpoint()
    {
        _store.Write(Samples.Content(1));
        using var done = new CancellationTokenSource();
        var reader = new CheckpointStore(_run.Path);
        var read = 0;
        Task[] readers =
        [
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                var buffer = new float[Samples.Layout.Count];
                while (!done.IsCancellationRequested)
                {
                    Assert.All(reader.List(), info => Assert.Null(info.Problem));
                    using var loaded = reader.LoadNewest(Assert.Fail);
                    if (loaded is null)
                        continue;
                    loaded.CopyParameters(buffer);
                    Assert.Equal(Samples.Values(loaded.State.Step, 0), buffer);
                    Interlocked.Increment(ref read);
                }
            })),
        ];
        try
        {
            for (long step = 2; step <= 60; step++)
            {
                _store.Write(Samples.Content(step));
                _store.Write(Samples.Content(step, Samples.Validation(step, 1.0 / step)));
                _store.Retain(1, 1);
            }
            // Give the readers time to read.
            SpinWait.SpinUntil(
                () => Volatile.Read(ref read) > 20 || readers.Any(task => task.IsFaulted), TimeSpan.FromSeconds(60));
        }
        finally
        {
            done.Cancel();
            await Task.WhenAll(readers);
        }
        Assert.True(read > 20);
    }

    private void FlipOneBit(long step)
    {
        var path = Path.Combine(_store.PathOf(step), "model.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
