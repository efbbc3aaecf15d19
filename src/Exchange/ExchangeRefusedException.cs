namespace DistSeq2Seq.Exchange;

/// <summary>A stream or frame that an owner does not take; the reason names the sender.</summary>
public sealed class ExchangeRefusedException(string reason) : Exception(reason);
