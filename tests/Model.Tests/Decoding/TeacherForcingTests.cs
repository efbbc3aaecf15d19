using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

[Collection(ToyCollection.Name)]
public sealed class TeacherForcingTests(TrainedToyRun run)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Score_ManySentences_EqualsOneByOneDecodingSteps(bool plain)
    {
        var random = new DeterministicRandom(21);
        // More than one piece of 4,096 positions, and references that the model does not expect.
        string[] sources = [.. Enumerable.Range(0, 700).Select(_ => ToyRun.Sentence(random, random.Below(12)))];
        string[] targets = [.. sources.Select((source, i) => i % 3 == 0 ? ToyRun.Sentence(random, 4, 'b') : ToyRun.Translate(source))];
        FusedKernels.PlainOnThisThread = plain;
        try
        {
            var found = TeacherForcing.Score(run.Model, sources, targets);
            var (loss, tokens, correct) = (0.0, 0L, 0L);
            for (var i = 0; i < sources.Length; i += 50)
                Add(StepByStep(sources[i], targets[i]));
            var sample = Enumerable.Range(0, sources.Length).Where(i => i % 50 == 0).ToArray();
            var expected = TeacherForcing.Score(run.Model, [.. sample.Select(i => sources[i])], [.. sample.Select(i => targets[i])]);
            Assert.Equal(loss, expected.TotalLoss, 1e-4 * loss);
            Assert.Equal((tokens, correct), (expected.Tokens, expected.Correct));

            var each = sources.Select((source, i) => TeacherForcing.Score(run.Model, [source], [targets[i]])).ToList();
            Assert.Equal(each.Sum(one => one.TotalLoss), found.TotalLoss, 1e-5 * found.TotalLoss);
            Assert.Equal((each.Sum(one => one.Tokens), each.Sum(one => one.Correct)), (found.Tokens, found.Correct));

            void Add((double Loss, long Tokens, long Correct) one) =>
                (loss, tokens, correct) = (loss + one.Loss, tokens + one.Tokens, correct + one.Correct);
        }
        finally
        {
            FusedKernels.PlainOnThisThread = false;
        }
    }

    [Fact]
    public void Score_FusedAndPlain_Agree()
    {
        string[] sources = ["a1 a2 a3", "a4", ""], targets = ["b1 b2 b4", "b4 b4", "b1"];
        var fused = TeacherForcing.Score(run.Model, sources, targets);
        FusedKernels.PlainOnThisThread = true;
        try
        {
            var plain = TeacherForcing.Score(run.Model, sources, targets);
            Assert.Equal(plain.TotalLoss, fused.TotalLoss, 1e-5 * plain.TotalLoss);
            Assert.Equal((plain.Tokens, plain.Correct), (fused.Tokens, fused.Correct));
        }
        finally
        {
            FusedKernels.PlainOnThisThread = false;
        }
    }

    [Fact]
    public void Score_UnknownWords_AreCounted()
    {
        var found = TeacherForcing.Score(run.Model, ["a1", "a2"], ["b1 never", "seen b2"]);
        Assert.Equal((6L, 2L), (found.Tokens, found.Unknown));
        Assert.Equal(Math.Exp(found.TotalLoss / 6), found.Perplexity, 1e-9);
    }

    [Fact]
    public void Score_UnequalCounts_NamesBoth()
    {
        var error = Assert.Throws<DataException>(() => TeacherForcing.Score(run.Model, ["a1"], []));
        Assert.Contains("1 sources but 0 targets", error.Message);
    }

    /// <summary>The same by the decoder's steps, as the search takes them.</summary>
    private (double Loss, long Tokens, long Correct) StepByStep(string source, string target)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var batch = new MicroBatchArrays();
        batch.FillSources([run.Model.Source.Encode(source)]);
        var (state, memory) = run.Model.Network.Encode(batch);
        var (loss, correct) = (0.0, 0L);
        int[] ids = [.. run.Model.Target.Encode(target), Vocabulary.End];
        var previous = Vocabulary.Begin;
        foreach (var id in ids)
        {
            var (logits, next, _) = run.Model.Network.Step([previous], state, memory);
            var values = logits.data<float>().ToArray();
            var largest = values.Max();
            loss += largest + Math.Log(values.Sum(value => Math.Exp(value - largest))) - values[id];
            correct += Array.IndexOf(values, largest) == id ? 1 : 0;
            (state, previous) = (next, id);
        }

        return (loss, ids.Length, correct);
    }
}
