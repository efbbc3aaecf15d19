namespace Grpc.Core;

/// <summary>Hints for one or more writes.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message need not leave at once; a server keeps it until the next write that flushes.</summary>
    BufferHint = 0x1,

    /// <summary>The message is not to be compressed.</summary>
    NoCompress = 0x2,
}

/// <summary>Options for writes.</summary>
public class WriteOptions
{
    /// <summary>No flags.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Options with flags.</summary>
    /// <param name="flags">None by default.</param>
    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; }
}
