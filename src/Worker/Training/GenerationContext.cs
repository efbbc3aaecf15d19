using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Worker.Training;

/// <summary>What belongs to one generation of a worker.</summary>
/// <param name="Plan">Members, owners and sizes of the generation.</param>
/// <param name="Progress">Called after each piece of work, so that the coordinator sees that the worker is alive.</param>
/// <param name="Ended">Cancelled when the generation is over.</param>
internal sealed record GenerationContext(ExchangePlan Plan, Action Progress, CancellationToken Ended);
