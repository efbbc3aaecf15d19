namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>The run went back to an earlier state on purpose: a line of the journal, on disk before any worker hears of it.</summary>
/// <param name="Number">From 1. Replicas and checkpoints of an earlier number that are ahead of <paramref name="Step"/> are void.</param>
/// <param name="Step">Step of the earlier state: a checkpoint's, or 0 for the beginning.</param>
/// <param name="From">The last step committed before the return.</param>
/// <param name="RateFactor">Factor for the learning rates of the steps after <paramref name="Step"/>; 1 for no change.</param>
/// <param name="Generation">Ledger entries after <paramref name="Step"/> of this generation and earlier ones are void.</param>
/// <param name="Reason">Text for people.</param>
public sealed record Rewind(int Number, long Step, long From, double RateFactor, long Generation, string Reason);
