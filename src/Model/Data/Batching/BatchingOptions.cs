namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>How an epoch is cut into global batches and those into micro-batches.</summary>
/// <param name="BatchTokens">
/// Most target tokens of a global batch, each sentence's end token included; a longer sentence is a batch alone. At
/// least 1.
/// </param>
/// <param name="MicroBatches">
/// Micro-batches of every global batch; best a power of two, at least the number of workers. At least 1.
/// </param>
/// <param name="Seed">The run's seed.</param>
/// <param name="BucketWidth">
/// Sentences whose lengths differ by less than this many tokens count as equally long: wider buckets mix more and pad
/// more. At least 1; default 4.
/// </param>
/// <param name="MaxSentences">
/// Most sentence pairs of a global batch; 0 (default) for no limit. For corpora with long sources and short targets.
/// </param>
public sealed record BatchingOptions(long BatchTokens, int MicroBatches, long Seed, int BucketWidth = 4, int MaxSentences = 0)
{
    /// <summary>Checks the ranges.</summary>
    /// <exception cref="DataException">A number is out of its range.</exception>
    public void Validate()
    {
        Require(BatchTokens >= 1, "BatchTokens", BatchTokens, "at least 1");
        Require(MicroBatches >= 1, "MicroBatches", MicroBatches, "at least 1");
        Require(BucketWidth >= 1, "BucketWidth", BucketWidth, "at least 1");
        Require(MaxSentences >= 0, "MaxSentences", MaxSentences, "0 (no limit) or more");
    }

    private static void Require(bool holds, string name, long value, string range)
    {
        if (!holds)
            throw new DataException($"batching: {name} is {value}; it must be {range}.");
    }
}
