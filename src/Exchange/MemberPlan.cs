using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>A generation, as one member sees it.</summary>
/// <param name="Generation">Fencing number.</param>
/// <param name="WorkerId">This member's UUID.</param>
/// <param name="Map">How the gradient is cut.</param>
/// <param name="Owners">The owners in the map's order: gRPC address, or null for the owner in this process.</param>
/// <param name="SharedMemory">Whether sums go through shared memory to and from owners on this host.</param>
/// <param name="Wire">How contributions and finished sums travel, in shared memory and to an owner in this process too.</param>
public sealed record MemberPlan(
    long Generation, string WorkerId, ShardMap Map, IReadOnlyList<string?> Owners, bool SharedMemory = true,
    ElementType Wire = ElementType.Float32);
