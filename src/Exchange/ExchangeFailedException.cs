namespace DistSeq2Seq.Exchange;

/// <summary>The exchange of a step cannot be finished: a peer is gone or refused.</summary>
public sealed class ExchangeFailedException(string peer, string reason) : Exception($"exchange with {peer} failed: {reason}")
{
    /// <summary>gRPC address of the peer.</summary>
    public string Peer { get; } = peer;

    /// <summary>What went wrong.</summary>
    public string Reason { get; } = reason;
}
