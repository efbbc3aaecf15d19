namespace DistSeq2Seq.Coordinator.Ledger;

/// <summary>The result of comparing a run's ledger with the run's corpus.</summary>
public sealed record LedgerReport
{
    /// <summary>Lines of steps.jsonl that are entries.</summary>
    public required long Entries { get; init; }

    /// <summary>Lines that a crash cut off.</summary>
    public required long CutOff { get; init; }

    /// <summary>Steps that count: of several entries for a step, the last generation's.</summary>
    public required long Steps { get; init; }

    /// <summary>Entries that a later generation went back behind and repeated.</summary>
    public required long Redone { get; init; }

    /// <summary>Entries whose generation is older than that of an entry before: a coordinator committed after its time.</summary>
    public required long Stale { get; init; }

    /// <summary>Epochs whose every batch is due, from the first on.</summary>
    public required int FinishedEpochs { get; init; }

    /// <summary>Batches due: those of finished epochs, and of the one under way those before its newest.</summary>
    public required long BatchesDue { get; init; }

    /// <summary>Batches due that were never committed.</summary>
    public required long BatchesMissing { get; init; }

    /// <summary>Commits of a batch beyond its first in its epoch, and of batches that the epoch does not have.</summary>
    public required long BatchesTwice { get; init; }

    /// <summary>Sentence pairs of the training split.</summary>
    public required long Sentences { get; init; }

    /// <summary>Sentences that a finished epoch never used, summed over these epochs.</summary>
    public required long SentencesMissing { get; init; }

    /// <summary>Uses of a sentence beyond its first in its epoch, summed over all epochs.</summary>
    public required long SentencesTwice { get; init; }

    /// <summary>No sentence is missing, none was used twice, and no entry is of an older generation.</summary>
    public bool Holds => BatchesMissing + BatchesTwice + SentencesMissing + SentencesTwice + Stale == 0;
}
