using System.Security.Cryptography;

namespace DistSeq2Seq.Model.Data.Text;

/// <summary>
/// Reads from another stream and hashes the bytes, so that one pass both reads and identifies a file. Zeros at the end of a read are held
/// back and returned alone by the next read, so that <see cref="OnlyZeros"/> can tell padding from other bytes.
/// </summary>
internal sealed class HashingStream : Stream
{
    private readonly Stream _inner;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _zeros;

    public HashingStream(Stream inner) => _inner = inner;

    /// <summary>Whether the last read gave zeros alone, or nothing.</summary>
    public bool OnlyZeros { get; private set; }

    /// <summary>Bytes that passed so far.</summary>
    public long BytesRead { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => BytesRead;
        set => throw new NotSupportedException();
    }

    /// <summary>The SHA-256 of all bytes that passed, lower-case hex.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override int Read(Span<byte> buffer)
    {
        OnlyZeros = true;
        if (_zeros > 0)
        {
            var zeros = Math.Min(_zeros, buffer.Length);
            buffer[..zeros].Clear();
            _zeros -= zeros;
            return zeros;
        }
        var read = _inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        BytesRead += read;
        var others = buffer[..read].TrimEnd((byte)0).Length;
        if (others == 0)
            return read;
        OnlyZeros = false;
        _zeros = read - others;
        return others;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
