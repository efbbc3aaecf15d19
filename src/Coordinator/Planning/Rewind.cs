namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>The run went back to an earlier state on purpose: a line of the journal, on disk before any worker hears of it.</summary>
/// <param name="Number">From 1. Replicas and checkpoints of an earlier number that are ahead of <paramref name="Step"/> are void.</param>
/// <param name="Step">The state that it went back to: a checkpoint's, or 0 for the beginning.</param>
/// <param name="From">The last step committed before.</param>
/// <param name="RateFactor">What learning rates of later steps are multiplied with; 1 for none.</param>
/// <param name="Generation">Entries of the ledger up to this generation, behind <paramref name="Step"/>, are void.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Rewind(int Number, long Step, long From, double RateFactor, long Generation, string Reason);
