namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>One start of the coordinator's process, as its actor sees it.</summary>
/// <param name="Id">UUID of this start.</param>
/// <param name="Exit">Ends the process with a code.</param>
/// <param name="Ended">Hears that the actor has ended, for whatever reason.</param>
public sealed record CoordinatorProcess(string Id, Action<int> Exit, Action Ended);
