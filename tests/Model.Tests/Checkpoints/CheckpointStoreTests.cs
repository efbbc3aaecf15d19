using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TestFolder _run = new();
    private readonly CheckpointStore _store;

    public CheckpointStoreTests() => _store = new CheckpointStore(_run.Path);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void WriteAndLoad_Everything_RoundTrips()
    {
        var content = Samples.Content(1200, Samples.Validation(600, 2.5), Samples.Validation(1200, 1.0 / 3));

        var info = _store.Write(content);
        using var loaded = _store.Load(info.Path);

        Assert.Equal(Path.Combine(_run.Path, "checkpoints", "step-000001200"), info.Path);
        Assert.Equal(
            ["SHA256SUMS", "config.yaml", "model.safetensors", "optimizer.safetensors", "source.vocab", "state.json"],
            Samples.FileNames(info.Path));
        Assert.Equal(["step-000001200"], Samples.EntryNames(_store.Folder));
        Assert.Equal(Samples.Layout.Digest, loaded.Layout.Digest);
        Assert.Equal(["exp_avg", "exp_avg_sq"], loaded.Slots);
        var buffer = new float[Samples.Layout.Count];
        loaded.CopyParameters(buffer);
        Assert.Equal(Samples.Values(1200, 0), buffer);
        loaded.CopySlot("exp_avg", buffer);
        Assert.Equal(Samples.Values(1200, 1), buffer);
        loaded.CopySlot("exp_avg_sq", buffer);
        Assert.Equal(Samples.Values(1200, 2), buffer);
        Assert.Equal("<pad>\n<unk>\nchat\n", File.ReadAllText(loaded.AttachmentPath("source.vocab")));
        var state = loaded.State;
        Assert.Equal(
            (content.State.RunId, 1200L, 2, 1201L, 42L, content.State.CorpusDigest, content.State.Configuration),
            (state.RunId, state.Step, state.Epoch, state.BatchIndex, state.Seed, state.CorpusDigest, state.Configuration));
        Assert.Equal(content.State.ValidationHistory, state.ValidationHistory);
        Assert.Equal(1.0 / 3, state.BestValidationLoss);
        Assert.Equal(content.State.Metrics, state.Metrics);
        Assert.Equal(content.State.Versions, state.Versions);
        Assert.Equal(content.State.Training.ToJsonString(), state.Training.ToJsonString());
        Assert.Equal(Samples.Layout.Digest, state.LayoutDigest);
        Assert.Equal(ReplicaDigest.Compute(content.Parameters, content.Slots, 1200), state.ReplicaDigest);
        Assert.NotEqual(default, state.WrittenAt);
    }

    /// <summary>Adadelta's first slot has a name that sorts before the average's.</summary>
    [Fact]
    public void WriteAndLoad_WithASlotThatSortsBeforeTheAverage_KeepsBoth()
    {
        var content = Samples.WithAverage(1200);
        content = content with { Slots = [new OptimizerSlot("acc_delta", content.Slots[0].Values), .. content.Slots.Skip(1)] };

        var info = _store.Write(content);
        using var loaded = _store.Load(info.Path);

        Assert.Equal(["ema", "acc_delta", "exp_avg"], loaded.Slots);
        Assert.Equal(ReplicaDigest.Compute(content.Parameters, content.Slots, 1200), loaded.State.ReplicaDigest);
        foreach (var (slot, number) in new[] { ("ema", 3), ("acc_delta", 2), ("exp_avg", 1) })
        {
            var buffer = new float[Samples.Layout.Count];
            loaded.CopySlot(slot, buffer);
            Assert.Equal(Samples.Values(1200, number), buffer);
        }
    }

    [Fact]
    public void WriteAndLoad_WithAnAverage_KeepsItInAFileOfItsOwnThatTranslates()
    {
        var content = Samples.WithAverage(1200);

        var info = _store.Write(content);
        using var loaded = _store.Load(info.Path);

        Assert.Contains("ema.safetensors", Samples.FileNames(info.Path));
        Assert.Equal(["ema", "exp_avg", "exp_avg_sq"], loaded.Slots);
        Assert.Equal(ReplicaDigest.Compute(content.Parameters, content.Slots, 1200), loaded.State.ReplicaDigest);
        var buffer = new float[Samples.Layout.Count];
        loaded.CopyParameters(buffer);
        Assert.Equal(Samples.Values(1200, 0), buffer);
        loaded.CopySlot("ema", buffer);
        Assert.Equal(Samples.Values(1200, 3), buffer);
        loaded.CopySlot("exp_avg_sq", buffer);
        Assert.Equal(Samples.Values(1200, 2), buffer);

        File.Delete(Path.Combine(info.Path, CheckpointContent.OptimizerFile));
        using var model = LoadedCheckpoint.Open(info.Path, CheckpointScope.ModelOnly);
        model.CopyTranslatingParameters(buffer);
        Assert.Equal(Samples.Values(1200, 3), buffer);
        var tensors = IndependentReader.Read(File.ReadAllBytes(Path.Combine(info.Path, "ema.safetensors")));
        Assert.Equal(Samples.Layout.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal),
            tensors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_ModelFile_HasTheParametersByName()
    {
        var info = _store.Write(Samples.Content(3));

        var tensors = IndependentReader.Read(File.ReadAllBytes(Path.Combine(info.Path, "model.safetensors")));

        var flat = Samples.Values(3, 0);
        foreach (var tensor in Samples.Layout.Tensors)
        {
            Assert.Equal(tensor.Shape, tensors[tensor.Name].Shape);
            Assert.Equal(
                flat.AsSpan((int)tensor.Offset, (int)tensor.Count).ToArray(),
                IndependentReader.Floats(tensors[tensor.Name].Data));
        }
        Assert.Equal(Samples.Layout.Tensors.Count, tensors.Count);
    }

    [Fact]
    public void Write_NoSlots_LoadsWithoutSlots()
    {
        var info = _store.Write(Samples.Content(1) with { Slots = [] });

        using var loaded = _store.Load(info.Path);

        Assert.Empty(loaded.Slots);
        Assert.Contains(
            "no optimizer slot 'exp_avg'",
            Assert.Throws<CheckpointException>(() => loaded.CopySlot("exp_avg", new float[Samples.Layout.Count])).Message);
        Assert.Throws<ArgumentException>(() => loaded.CopyParameters(new float[3]));
    }

    [Fact]
    public void Open_ModelOnlyWithoutOptimizerFile_Loads()
    {
        var info = _store.Write(Samples.Content(1));
        var elsewhere = _run.File("exported");
        Directory.Move(info.Path, elsewhere);
        File.Delete(Path.Combine(elsewhere, "optimizer.safetensors"));

        using var loaded = LoadedCheckpoint.Open(elsewhere, CheckpointScope.ModelOnly);

        Assert.Equal(15, loaded.Model.Floats("encoder.embedding.weight").Length);
        Assert.Empty(loaded.Slots);
        Assert.Throws<CheckpointException>(() => LoadedCheckpoint.Open(elsewhere));
    }

    [Fact]
    public void Write_GivenReplicaDigest_IsVerifiedAgainstTheTensors()
    {
        var content = Samples.Content(7);
        var digest = ReplicaDigest.Compute(content.Parameters, content.Slots, 7);

        CheckpointContent With(string given) => content with { State = content.State with { ReplicaDigest = given } };

        var wrong = With(new string('0', 64));
        var exception = Assert.Throws<CheckpointException>(() => _store.Write(wrong));
        Assert.StartsWith(_store.PathOf(7), exception.Message);
        Assert.Contains("replica digest", exception.Message);
        Assert.Empty(Samples.EntryNames(_store.Folder));

        Assert.Equal(digest, _store.Write(With(digest)).State!.ReplicaDigest);
    }

    [Fact]
    public void Write_ContradictoryContent_IsRefusedBeforeAnythingIsWritten()
    {
        var content = Samples.Content(7);
        CheckpointContent[] wrong =
        [
            content with { Parameters = FloatBuffer.Of(new float[3]) },
            content with { Slots = [new("m", FloatBuffer.Of(new float[3]))] },
            content with { Slots = [content.Slots[0], content.Slots[0]] },
            content with { Attachments = [content.Attachments[0], content.Attachments[0]] },
            content with { State = content.State with { Step = -1 } },
            content with { State = content.State with { Step = 1_000_000_000 } },
            content with { State = content.State with { LayoutDigest = "00" } },
        ];

        Assert.All(wrong, item => Assert.Throws<ArgumentException>(() => _store.Write(item)));
        Assert.Throws<ArgumentException>(() => new OptimizerSlot("a.b", content.Parameters));
        Assert.Throws<ArgumentException>(() => CheckpointAttachment.Text("../x", ""));
        Assert.Throws<ArgumentException>(() => CheckpointAttachment.Text("state.json", ""));
        Assert.False(Directory.Exists(_store.Folder));
    }

    [Fact]
    public void Write_SameStepAgain_ReplacesIt()
    {
        _store.Write(Samples.Content(5));
        var second = Samples.Content(5) with { Parameters = FloatBuffer.Of(Samples.Values(99, 9)) };

        var info = _store.Write(second);

        using var loaded = _store.Load(info.Path);
        var buffer = new float[Samples.Layout.Count];
        loaded.CopyParameters(buffer);
        Assert.Equal(Samples.Values(99, 9), buffer);
        Assert.Equal(["step-000000005"], Samples.EntryNames(_store.Folder));
    }

    [Fact]
    public void List_AndNewestValid_OrderByStep()
    {
        Assert.Empty(_store.List());
        Assert.Null(_store.NewestValid());
        foreach (var step in new[] { 200L, 1000, 30 })
            _store.Write(Samples.Content(step));
        Directory.CreateDirectory(Path.Combine(_store.Folder, "step-12"));
        Directory.CreateDirectory(Path.Combine(_store.Folder, "notes"));

        Assert.Equal([30L, 200, 1000], _store.List().Select(info => info.Step));
        Assert.All(_store.List(), info => Assert.True(info.IsIntact));
        Assert.Equal(1000, _store.NewestValid(Assert.Fail)!.Step);
    }

    [Fact]
    public void SHA256SUMS_IsInTheFormOfTheCommonTool()
    {
        var info = _store.Write(Samples.Content(5));

        var lines = File.ReadAllLines(Path.Combine(info.Path, "SHA256SUMS"));

        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Equal(
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(info.Path, line[66..])))),
            line[..64]));
    }
}
