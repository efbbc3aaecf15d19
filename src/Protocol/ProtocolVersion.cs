namespace DistSeq2Seq.Protocol;

/// <summary>
/// What processes say to each other, as a number: raised with every change that a process of the version before would misread. Workers of
/// another version are refused when they announce themselves; those from before there was a number say 0.
/// </summary>
public static class ProtocolVersion
{
    /// <summary>1: blocks of zeros are left out of tensors on their way (exchange.proto).</summary>
    public const int Current = 1;
}
