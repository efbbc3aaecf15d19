namespace DistSeq2Seq.Worker.Hosting;

/// <summary>Ways in which a worker's actor ends more than itself.</summary>
/// <param name="Exit">Ends the process with a code.</param>
/// <param name="Rejoin">Replaces the actor system by a new one, which joins the cluster anew.</param>
/// <param name="Ended">Hears that the actor has ended, for whatever reason.</param>
internal sealed record WorkerEnd(Action<int> Exit, Action Rejoin, Action Ended);
