using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>Counts the operations of a writer and lets the one of a given number fail, as a full or broken disk
/// would.</summary>
/// <param name="failAt">The operation that fails, counted from 0; -1 for none.</param>
internal sealed class FaultyFiles(int failAt = -1) : DurableFiles
{
    public int Operations { get; private set; }

    /// <summary>Whether the file system can swap two folders.</summary>
    public bool CanExchange { get; init; } = true;

    /// <summary>Called before each operation, with its number.</summary>
    public Action<int>? Before { get; init; }

    public override FileStream Create(string path)
    {
        Next();
        return base.Create(path);
    }

    public override void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        if (Operations == failAt)
            base.Write(file, bytes[..(bytes.Length / 2)]);
        Next();
        base.Write(file, bytes);
    }

    public override void Cut(FileStream file, long length)
    {
        Next();
        base.Cut(file, length);
    }

    public override void Flush(FileStream file)
    {
        Next();
        base.Flush(file);
    }

    public override void FlushFolder(string path)
    {
        Next();
        base.FlushFolder(path);
    }

    public override void Rename(string from, string to)
    {
        Next();
        base.Rename(from, to);
    }

    public override bool TryExchange(string first, string second)
    {
        Next();
        return CanExchange && base.TryExchange(first, second);
    }

    private void Next()
    {
        Before?.Invoke(Operations);
        if (Operations++ == failAt)
            throw new IOException("No space left on device.");
    }
}
