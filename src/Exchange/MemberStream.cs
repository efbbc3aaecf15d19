using System.Threading.Channels;

namespace DistSeq2Seq.Exchange;

/// <summary>A member's place in a generation of an owner.</summary>
internal sealed record MemberStream(OwnedGeneration Generation, string Member, ChannelReader<TensorFrame> Results);
