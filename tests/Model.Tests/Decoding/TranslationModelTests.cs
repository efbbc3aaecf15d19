using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Decoding;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

public sealed class TranslationModelTests : IDisposable
{
    private readonly ToyRun _run = new(steps: 0);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Load_TheFolderAlone_Translates()
    {
        using var elsewhere = new Checkpoints.TestFolder();
        var moved = elsewhere.File("copy");
        Directory.Move(_run.WriteCheckpoint(7, 1.5), moved);
        File.Delete(Path.Combine(moved, CheckpointContent.OptimizerFile));
        using var model = TranslationModel.Load(moved);
        Assert.Equal((7, 1.5), (model.Step, model.ValidationLoss));
        Assert.Equal(ToyRun.Configuration.Decoding, model.Configuration.Decoding);
        Assert.Equal(2, new Translator(model).Translate(["a1", "a2"]).Count);
    }

    [Fact]
    public void LoadBest_PicksTheLowestValidationLoss_ElseTheNewest()
    {
        _run.WriteCheckpoint(10);
        _run.WriteCheckpoint(20);
        Assert.Equal(20, BestStep());
        _run.WriteCheckpoint(5, 2.0);
        _run.WriteCheckpoint(15, 1.0);
        _run.WriteCheckpoint(30, 1.5);
        _run.WriteCheckpoint(40, double.NaN);
        Assert.Equal(15, BestStep());
    }

    [Fact]
    public void LoadBest_DamagedOne_IsNamedAndPassedOver()
    {
        _run.WriteCheckpoint(1, 2.0);
        var best = _run.WriteCheckpoint(2, 1.0);
        var file = Path.Combine(best, CheckpointContent.ModelFile);
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        var problems = new List<string>();
        Assert.Equal(1, BestStep(problems.Add));
        Assert.StartsWith(file, Assert.Single(problems));
    }

    [Fact]
    public void LoadBest_OnlyTheOptimizerIsDamaged_ServesWhereThereIsNoOther()
    {
        File.Delete(Path.Combine(_run.WriteCheckpoint(9, 1.0), CheckpointContent.OptimizerFile));
        var problems = new List<string>();
        Assert.Equal(9, BestStep(problems.Add));
        Assert.Contains(CheckpointContent.OptimizerFile, Assert.Single(problems));
        _run.WriteCheckpoint(3);
        Assert.Equal(3, BestStep());
    }

    [Fact]
    public void LoadBest_NothingThere_SaysSo()
    {
        Assert.Contains("has no checkpoint yet", Assert.Throws<CheckpointException>(() => BestStep()).Message);
        var absent = Path.Combine(_run.Path, "absent");
        var message = Assert.Throws<CheckpointException>(() => TranslationModel.LoadBest(absent)).Message;
        Assert.StartsWith($"{absent}: there is no such run folder", message);
        Assert.StartsWith(absent, Assert.Throws<CheckpointException>(() => TranslationModel.Load(absent)).Message);
        File.WriteAllText(Path.Combine(_run.WriteCheckpoint(3), "source.vocab"), "x\n");
        Assert.Contains("none of its 1 checkpoints can be used", Assert.Throws<CheckpointException>(() => BestStep()).Message);
    }

    [Fact]
    public void Load_ParametersOfAnotherConfiguration_NamesTheDifference()
    {
        var other = ToyRun.Configuration with { Model = ToyRun.Configuration.Model with { EmbeddingSize = 25 } };
        var message = Assert.Throws<CheckpointException>(() =>
            TranslationModel.Load(_run.WriteCheckpoint(1, configuration: other))).Message;
        Assert.Contains("encoder.embedding.weight is [16, 24] instead of [16, 25]", message);
    }

    [Fact]
    public void Load_ParametersThatAreNoNumbers_SaysWhich()
    {
        _run.Parameters[^1] = float.NaN;
        var message = Assert.Throws<CheckpointException>(() => TranslationModel.Load(_run.WriteCheckpoint(1))).Message;
        Assert.Contains("parameter decoder.output.bias holds NaN", message);
    }

    [Theory]
    [InlineData("source.vocab")]
    [InlineData("tokenizer.json")]
    public void Load_AttachmentMissing_NamesIt(string name)
    {
        var path = _run.WriteCheckpoint(1, without: name);
        var message = Assert.Throws<CheckpointException>(() => TranslationModel.Load(path)).Message;
        Assert.Contains($"carries no file '{name}'", message);
    }

    private long BestStep(Action<string>? onDamaged = null)
    {
        using var model = TranslationModel.LoadBest(_run.Path, onDamaged);
        return model.Step;
    }
}
