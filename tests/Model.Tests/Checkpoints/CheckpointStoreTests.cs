using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TestFolder run = new();
    private readonly CheckpointStore store;

    public CheckpointStoreTests() => store = new CheckpointStore(run.Path);

    public void Dispose() => run.Dispose();

    [Fact]
    public void WriteAndLoad_Everything_RoundTrips()
    {
        CheckpointContent content = Samples.Content(1200, Samples.Validation(600, 2.5), Samples.Validation(1200, 1.0 / 3));

        CheckpointInfo info = store.Write(content);
        using LoadedCheckpoint loaded = store.Load(info.Path);

        Assert.Equal(Path.Combine(run.Path, "checkpoints", "step-000001200"), info.Path);
        Assert.Equal(
            ["SHA256SUMS", "config.yaml", "model.safetensors", "optimizer.safetensors", "source.vocab", "state.json"],
            Samples.FileNames(info.Path));
        Assert.Equal(["step-000001200"], Samples.EntryNames(store.Folder));
        Assert.Equal(Samples.Layout.Digest, loaded.Layout.Digest);
        Assert.Equal(["exp_avg", "exp_avg_sq"], loaded.Slots);
        float[] buffer = new float[Samples.Layout.Count];
        loaded.CopyParameters(buffer);
        Assert.Equal(Samples.Values(1200, 0), buffer);
        loaded.CopySlot("exp_avg", buffer);
        Assert.Equal(Samples.Values(1200, 1), buffer);
        loaded.CopySlot("exp_avg_sq", buffer);
        Assert.Equal(Samples.Values(1200, 2), buffer);
        Assert.Equal("<pad>\n<unk>\nchat\n", File.ReadAllText(loaded.AttachmentPath("source.vocab")));
        CheckpointState state = loaded.State;
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
        CheckpointContent content = Samples.WithAverage(1200);
        content = content with { Slots = [new OptimizerSlot("acc_delta", content.Slots[0].Values), .. content.Slots.Skip(1)] };

        CheckpointInfo info = store.Write(content);
        using LoadedCheckpoint loaded = store.Load(info.Path);

        Assert.Equal(["ema", "acc_delta", "exp_avg"], loaded.Slots);
        Assert.Equal(ReplicaDigest.Compute(content.Parameters, content.Slots, 1200), loaded.State.ReplicaDigest);
        foreach (var (slot, number) in new[] { ("ema", 3), ("acc_delta", 2), ("exp_avg", 1) })
        {
            float[] buffer = new float[Samples.Layout.Count];
            loaded.CopySlot(slot, buffer);
            Assert.Equal(Samples.Values(1200, number), buffer);
        }
    }

    [Fact]
    public void WriteAndLoad_WithAnAverage_KeepsItInAFileOfItsOwnThatTranslates()
    {
        CheckpointContent content = Samples.WithAverage(1200);

        CheckpointInfo info = store.Write(content);
        using LoadedCheckpoint loaded = store.Load(info.Path);

        Assert.Contains("ema.safetensors", Samples.FileNames(info.Path));
        Assert.Equal(["ema", "exp_avg", "exp_avg_sq"], loaded.Slots);
        Assert.Equal(ReplicaDigest.Compute(content.Parameters, content.Slots, 1200), loaded.State.ReplicaDigest);
        float[] buffer = new float[Samples.Layout.Count];
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
        Assert.Equal(Samples.Layout.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), tensors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_ModelFile_HasTheParametersByName()
    {
        CheckpointInfo info = store.Write(Samples.Content(3));

        var tensors = IndependentReader.Read(File.ReadAllBytes(Path.Combine(info.Path, "model.safetensors")));

        float[] flat = Samples.Values(3, 0);
        foreach (TensorSlice tensor in Samples.Layout.Tensors)
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
        CheckpointInfo info = store.Write(Samples.Content(1) with { Slots = [] });

        using LoadedCheckpoint loaded = store.Load(info.Path);

        Assert.Empty(loaded.Slots);
        Assert.Contains(
            "no optimizer slot 'exp_avg'",
            Assert.Throws<CheckpointException>(() => loaded.CopySlot("exp_avg", new float[Samples.Layout.Count])).Message);
        Assert.Throws<ArgumentException>(() => loaded.CopyParameters(new float[3]));
    }

    [Fact]
    public void Open_ModelOnlyWithoutOptimizerFile_Loads()
    {
        CheckpointInfo info = store.Write(Samples.Content(1));
        string elsewhere = run.File("exported");
        Directory.Move(info.Path, elsewhere);
        File.Delete(Path.Combine(elsewhere, "optimizer.safetensors"));

        using LoadedCheckpoint loaded = LoadedCheckpoint.Open(elsewhere, CheckpointScope.ModelOnly);

        Assert.Equal(15, loaded.Model.Floats("encoder.embedding.weight").Length);
        Assert.Empty(loaded.Slots);
        Assert.Throws<CheckpointException>(() => LoadedCheckpoint.Open(elsewhere));
    }

    [Fact]
    public void Write_GivenReplicaDigest_IsVerifiedAgainstTheTensors()
    {
        CheckpointContent content = Samples.Content(7);
        string digest = ReplicaDigest.Compute(content.Parameters, content.Slots, 7);

        CheckpointContent With(string given) => content with { State = content.State with { ReplicaDigest = given } };

        CheckpointContent wrong = With(new string('0', 64));
        var exception = Assert.Throws<CheckpointException>(() => store.Write(wrong));
        Assert.StartsWith(store.PathOf(7), exception.Message);
        Assert.Contains("replica digest", exception.Message);
        Assert.Empty(Samples.EntryNames(store.Folder));

        Assert.Equal(digest, store.Write(With(digest)).State!.ReplicaDigest);
    }

    [Fact]
    public void Write_ContradictoryContent_IsRefusedBeforeAnythingIsWritten()
    {
        CheckpointContent content = Samples.Content(7);
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

        Assert.All(wrong, item => Assert.Throws<ArgumentException>(() => store.Write(item)));
        Assert.Throws<ArgumentException>(() => new OptimizerSlot("a.b", content.Parameters));
        Assert.Throws<ArgumentException>(() => CheckpointAttachment.Text("../x", ""));
        Assert.Throws<ArgumentException>(() => CheckpointAttachment.Text("state.json", ""));
        Assert.False(Directory.Exists(store.Folder));
    }

    [Fact]
    public void Write_SameStepAgain_ReplacesIt()
    {
        store.Write(Samples.Content(5));
        CheckpointContent second = Samples.Content(5) with { Parameters = FloatBuffer.Of(Samples.Values(99, 9)) };

        CheckpointInfo info = store.Write(second);

        using LoadedCheckpoint loaded = store.Load(info.Path);
        float[] buffer = new float[Samples.Layout.Count];
        loaded.CopyParameters(buffer);
        Assert.Equal(Samples.Values(99, 9), buffer);
        Assert.Equal(["step-000000005"], Samples.EntryNames(store.Folder));
    }

    [Fact]
    public void List_AndNewestValid_OrderByStep()
    {
        Assert.Empty(store.List());
        Assert.Null(store.NewestValid());
        foreach (long step in new[] { 200L, 1000, 30 })
            store.Write(Samples.Content(step));
        Directory.CreateDirectory(Path.Combine(store.Folder, "step-12"));
        Directory.CreateDirectory(Path.Combine(store.Folder, "notes"));

        Assert.Equal([30L, 200, 1000], store.List().Select(info => info.Step));
        Assert.All(store.List(), info => Assert.True(info.IsIntact));
        Assert.Equal(1000, store.NewestValid(Assert.Fail)!.Step);
    }

    [Fact]
    public void SHA256SUMS_IsInTheFormOfTheCommonTool()
    {
        CheckpointInfo info = store.Write(Samples.Content(5));

        string[] lines = File.ReadAllLines(Path.Combine(info.Path, "SHA256SUMS"));

        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Equal(
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(info.Path, line[66..])))),
            line[..64]));
    }
}
