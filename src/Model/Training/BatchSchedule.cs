using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;

namespace DistSeq2Seq.Model.Training;

/// <summary>The sentences of each step and of each piece of validation, the same on every machine.</summary>
/// <param name="data">The prepared corpus.</param>
/// <param name="configuration">The run.</param>
public sealed class BatchSchedule(PreparedFolder data, RunConfiguration configuration)
{
    /// <summary>Most positions of a validation piece. It bounds memory, and validation losses repeat only with the same value.</summary>
    private const long PiecePositions = 4096;

    private readonly BatchingOptions _options = new(configuration.Training.BatchTokens, configuration.Training.MicroBatches,
        configuration.Seed);
    private readonly EvaluationPlan? _validation = data.ValidCorpus is { } valid ? EvaluationPlan.Create(valid, PiecePositions) : null;
    private readonly double _dropout = configuration.Data.BpeDropout;
    private readonly SubwordDropout? _sourceDropout = DropoutOf(data.SourceTokenizer, data.SourceVocabulary, configuration);
    private readonly SubwordDropout? _targetDropout = DropoutOf(data.TargetTokenizer, data.TargetVocabulary, configuration);
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

    /// <summary>
    /// Fills in a micro-batch. With <c>data.bpe_dropout</c> its words are cut anew, as a function of seed, epoch and sentence alone. The
    /// sentences, and the number of tokens that gradients are divided by, stay those of the plan.
    /// </summary>
    /// <param name="arrays">To fill.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="batch">Of this epoch.</param>
    /// <param name="micro">From 0.</param>
    public void FillMicroBatch(MicroBatchArrays arrays, int epoch, GlobalBatch batch, int micro)
    {
        var sentences = batch.Sentences(micro);
        if (_dropout == 0)
        {
            arrays.Fill(Train, sentences);
            return;
        }

        // No step or micro-batch has this number, so the random numbers drawn here are independent of theirs.
        const ulong purpose = 0x627065; // "bpe"
        var seed = SeedMixer.Mix(SeedMixer.Mix(SeedMixer.Finalize((ulong)configuration.Seed), ulong.MaxValue - purpose), (ulong)epoch);
        var pairs = new (int[] Source, int[] Target)[sentences.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            var own = SeedMixer.Mix(seed, (ulong)sentences[i]);
            pairs[i] = (Cut(_sourceDropout, Train.Source(sentences[i]), SeedMixer.Mix(own, 0)),
                Cut(_targetDropout, Train.Target(sentences[i]), SeedMixer.Mix(own, 1)));
        }

        // A micro-batch is sorted by source length, the longest first; sentences of equal length keep the plan's order.
        var order = Enumerable.Range(0, pairs.Length).OrderByDescending(i => pairs[i].Source.Length).ToArray();
        arrays.FillPairs([.. order.Select(i => pairs[i].Source)], [.. order.Select(i => pairs[i].Target)]);
    }

    /// <summary>Fills in a piece of the validation split.</summary>
    public void FillPiece(MicroBatchArrays arrays, int piece) => arrays.Fill(data.ValidCorpus!, _validation!.Sentences(piece));

    /// <summary>The sentences of a piece of the validation split, as indices into it; longest source first.</summary>
    public ReadOnlySpan<int> PieceSentences(int piece) => _validation!.Sentences(piece);

    private static int[] Cut(SubwordDropout? dropout, ReadOnlySpan<int> ids, ulong seed) => dropout?.Apply(ids, seed) ?? [.. ids];

    private static SubwordDropout? DropoutOf(ITokenizer tokenizer, Vocabulary vocabulary, RunConfiguration configuration) =>
        configuration.Data.BpeDropout > 0 && tokenizer is BpeTokenizer subwords ? new SubwordDropout(subwords, vocabulary,
            configuration.Data.BpeDropout) : null;

    private EpochPlan Epoch(int epoch) => _epoch?.Epoch == epoch ? _epoch : _epoch = EpochPlan.Create(Train, _options, epoch);
}
