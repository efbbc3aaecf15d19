namespace DistSeq2Seq.Coordinator.Ledger;

/// <summary>The result of comparing a run's ledger with the run's corpus.</summary>
public sealed record LedgerReport
{
    /// <summary>Lines of steps.jsonl that are entries.</summary>
    public required long Entries { get; init; }

    /// <summary>Lines that a crash cut off.</summary>
    public required long CutOff { get; init; }

    /// <summary>Steps that count. Where generations took a step again, only the last one's entry counts.</summary>
    public required long Steps { get; init; }

    /// <summary>Entries that a later generation made void, because it went on from an earlier step.</summary>
    public required long Redone { get; init; }

    /// <summary>Entries whose generation is older than that of an entry before: a coordinator committed after its time.</summary>
    public required long Stale { get; init; }

    /// <summary>Epochs of which every batch is due.</summary>
    public required int FinishedEpochs { get; init; }

    /// <summary>Batches due: all of finished epochs, and those of the epoch under way up to its newest batch.</summary>
    public required long BatchesDue { get; init; }

    /// <summary>Batches due that were never committed.</summary>
    public required long BatchesMissing { get; init; }

    /// <summary>Second and further commits of a batch in an epoch, and commits of batches that the epoch does not have.</summary>
    public required long BatchesTwice { get; init; }

    /// <summary>Sentence pairs of the training split.</summary>
    public required long Sentences { get; init; }

    /// <summary>Sentences that a finished epoch did not use, summed over the finished epochs.</summary>
    public required long SentencesMissing { get; init; }

    /// <summary>Second and further uses of a sentence in an epoch, summed over all epochs.</summary>
    public required long SentencesTwice { get; init; }

    /// <summary>No sentence is missing, none was used twice, and no entry is of an older generation.</summary>
    public bool Holds => BatchesMissing + BatchesTwice + SentencesMissing + SentencesTwice + Stale == 0;
}
