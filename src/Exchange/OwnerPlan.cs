using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>A generation, as one owner sees it.</summary>
/// <param name="Generation">Fencing number.</param>
/// <param name="OwnerIndex">Which shards are its own.</param>
/// <param name="Map">How the gradient is cut.</param>
/// <param name="Tree">The tree of every step.</param>
/// <param name="Members">Worker UUID to the range of micro-batches it computes.</param>
/// <param name="Wire">How contributions and finished sums travel; sums are float32 in between.</param>
public sealed record OwnerPlan(
    long Generation, int OwnerIndex, ShardMap Map, SummationTree Tree, IReadOnlyDictionary<string, MicroBatchRange> Members,
    ElementType Wire = ElementType.Float32);
