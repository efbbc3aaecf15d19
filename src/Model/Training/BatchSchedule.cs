using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Model.Training;

/// <summary>Which sentences a step consumes, and which a piece of validation: the same on every machine.</summary>
/// <param name="data">The prepared corpus.</param>
/// <param name="configuration">The run.</param>
public sealed class BatchSchedule(PreparedFolder data, RunConfiguration configuration)
{
    /// <summary>Most positions of a validation piece: bounds memory; part of what makes validation losses repeatable.</summary>
    private const long PiecePositions = 4096;

    private readonly BatchingOptions _options = new(configuration.Training.BatchTokens, configuration.Training.MicroBatches, configuration.Seed);
    private readonly EvaluationPlan? _validation = data.ValidCorpus is { } valid ? EvaluationPlan.Create(valid, PiecePositions) : null;
    private EpochPlan? _epoch;

    /// <summary>The training split.</summary>
    public PreparedCorpus Train => data.TrainCorpus;

    /// <summary>Pieces of the validation split; 0 where there is none.</summary>
    public int Pieces => _validation?.Count ?? 0;

    /// <summary>Global batches of an epoch.</summary>
    public int BatchesOf(int epoch) => Epoch(epoch).Count;

    /// <summary>Target tokens of each global batch of an epoch, end marks included.</summary>
    public long[] TokensOf(int epoch)
    {
        var plan = Epoch(epoch);
        return [.. Enumerable.Range(0, plan.Count).Select(index => plan.Batch(index).TargetTokens)];
    }

    /// <summary>A global batch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="index">From 0.</param>
    public GlobalBatch Batch(int epoch, int index) => Epoch(epoch).Batch(index);

    /// <summary>Fills in a piece of the validation split.</summary>
    public void FillPiece(MicroBatchArrays arrays, int piece) => arrays.Fill(data.ValidCorpus!, _validation!.Sentences(piece));

    private EpochPlan Epoch(int epoch) => _epoch?.Epoch == epoch ? _epoch : _epoch = EpochPlan.Create(Train, _options, epoch);
}
