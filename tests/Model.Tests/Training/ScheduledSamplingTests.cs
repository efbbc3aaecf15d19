using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Tests.Decoding;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Model.Training.Schedules;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ScheduledSamplingTests
{
    private const int Words = 20;

    [Theory]
    [InlineData(AttentionKind.None)]
    [InlineData(AttentionKind.General)]
    public void ReplaceInputs_OfEveryWord_GivesTheGreedyTranslation(AttentionKind attention)
    {
        using var model = TinyModels.Create(attention, Words, seed: 4);
        var random = new DeterministicRandom(9);
        int[][] sources = [.. Enumerable.Range(0, 6).Select(i => TinyModels.Sentence(random, Words, 7 - i))];
        int[][] targets = [.. sources.Select(_ => TinyModels.Sentence(random, Words, 3 + random.Below(6)))];
        var batch = new MicroBatchArrays();
        batch.FillPairs(sources, targets);
        var truth = batch.TargetOutput.ToArray();

        ScheduledSampling.ReplaceInputs(model, batch, probability: 1, seed: 3);

        Assert.Equal(truth, batch.TargetOutput);
        var greedy = BatchDecoder.Decode(model, sources, new DecodingOptions { Beam = 1 });
        for (var sentence = 0; sentence < sources.Length; sentence++)
        {
            long[] given = [.. Enumerable.Range(0, targets[sentence].Length + 1)
                .Select(time => batch.TargetInput[(time * batch.BatchSize) + sentence])];
            Assert.Equal(Vocabulary.Begin, given[0]);
            // Only up to the first special word: training can take such a word, a search cannot.
            long[] followed = [.. given.Skip(1).TakeWhile(id => id is not (Vocabulary.Pad or Vocabulary.Begin or Vocabulary.End))];
            Assert.Equal(greedy[sentence][0].Tokens.Take(followed.Length).Select(id => (long)id), followed);
            for (var time = given.Length; time < batch.TargetLength; time++)
                Assert.Equal(Vocabulary.Pad, batch.TargetInput[(time * batch.BatchSize) + sentence]);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void ReplaceInputs_WithAProbability_ReplacesThatShareAndIsAFunctionOfTheSeed(double probability)
    {
        using var model = TinyModels.Create(AttentionKind.General, Words, seed: 4);
        long[] Inputs(ulong seed)
        {
            var batch = Batches.Random(5, 60, 30, Words);
            ScheduledSampling.ReplaceInputs(model, batch, probability, seed);
            return batch.TargetInput.ToArray();
        }

        var truth = Batches.Random(5, 60, 30, Words);
        var inputs = Inputs(1);
        Assert.Equal(inputs, Inputs(1));
        Assert.NotEqual(inputs, Inputs(2));
        // Of the replaced words about one in twenty happens to be the true one.
        var changed = inputs.Zip(truth.TargetInput.ToArray()).Count(pair => pair.First != pair.Second);
        Assert.InRange((double)changed / (truth.TargetTokens - truth.BatchSize), probability * 0.7, probability * 1.15);
    }

    [Fact]
    public void ComputeGradient_WithSampling_IsTheGradientOfTheReplacedInputs()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        using var sampled = replica.NewGradientBuffer();
        using var plain = replica.NewGradientBuffer();
        var batch = Batches.Random(1, 4, 9, Runs.Vocabulary);
        var loss = replica.ComputeGradient(batch, 8, sampled, sampled: 0.5);

        Assert.Equal(replica.ComputeGradient(batch, 8, plain), loss); // its inputs are replaced now
        Assert.Equal(plain.Values, sampled.Values);
        Assert.NotEqual(replica.ComputeGradient(Batches.Random(1, 4, 9, Runs.Vocabulary), 8, plain), loss);
    }

    [Fact]
    public void ComputeGradient_WithSampling_LeavesNoTensors()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        using var gradient = replica.NewGradientBuffer();
        var batch = Batches.Random(1, 4, 9, Runs.Vocabulary);
        replica.ComputeGradient(batch, 1, gradient, sampled: 0.5);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            replica.ComputeGradient(batch, 1, gradient, sampled: 0.5);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(SamplingSchedule.None, 0, 0, 0)]
    [InlineData(SamplingSchedule.Constant, 0.4, 0.4, 0.4)]
    [InlineData(SamplingSchedule.Linear, 0, 0.2, 0.4)] // from 1 to 0.6 over 100 steps
    [InlineData(SamplingSchedule.InverseSigmoid, 1 / 101.0, 0.01621979, 0.02646347)] // 1 - 100 / (100 + exp(i / 100))
    public void SamplingRate_AtTheStartHalfWayAndAtTheEnd_FollowsTheFormula(SamplingSchedule schedule, double first,
        double half, double end)
    {
        var rate = new SamplingRate(new() { Schedule = schedule, MinTruth = 0.6, Over = 100 }, (step, _) => step);
        Assert.Equal(first, rate.Of(1), 1e-6);
        Assert.Equal(half, rate.Of(51), 1e-6);
        Assert.Equal(end, rate.Of(101), 1e-6);
        Assert.InRange(rate.Of(1_000_000_000), 0, 0.4 + 1e-12);
    }
}
