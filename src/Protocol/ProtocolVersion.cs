namespace DistSeq2Seq.Protocol;

/// <summary>
/// Version of the messages between processes. It rises with every change that a process of the earlier version would misread. The
/// coordinator refuses a worker that announces another version. Builds older than this number send 0.
/// </summary>
public static class ProtocolVersion
{
    /// <summary>1: senders leave blocks of zeros out of tensors (exchange.proto).</summary>
    public const int Current = 1;
}
