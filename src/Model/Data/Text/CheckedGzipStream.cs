using System.IO.Compression;

namespace DistSeq2Seq.Model.Data;

/// <summary>
/// Decompresses gzip and notices files that are cut short, which <see cref="GZipStream"/> takes for complete ones (without
/// its process-wide strict switch). At the end a further, known gzip member is fed in: it comes out as it went in only when
/// the file before it ended where a member ends.
/// </summary>
internal sealed class CheckedGzipStream : Stream
{
    private static readonly byte[] Mark = "end of the file."u8.ToArray();
    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly ExtensibleStream _input;
    private readonly GZipStream _gzip;
    private bool _checked;

    public CheckedGzipStream(Stream input)
    {
        _input = new ExtensibleStream(input);
        _gzip = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The file is no gzip, damaged, or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _gzip.Read(buffer);
        if (read == 0 && buffer.Length > 0 && !_checked)
        {
            _checked = true;
            CheckEnd();
        }
        return read;
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
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    private void CheckEnd()
    {
        const string problem = "it is cut short, or other bytes follow its end.";
        _input.Append(MarkMember);
        var end = new byte[Mark.Length + 1];
        int read;
        try
        {
            read = _gzip.ReadAtLeast(end, end.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(problem, error);
        }
        if (!end.AsSpan(0, read).SequenceEqual(Mark))
            throw new InvalidDataException(problem);
    }

    private static byte[] Compress(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>A stream that can get more bytes after its end.</summary>
    private sealed class ExtensibleStream(Stream inner) : Stream
    {
        private ReadOnlyMemory<byte> _more;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Append(ReadOnlyMemory<byte> more) => _more = more;

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            if (read > 0)
                return read;
            read = Math.Min(buffer.Length, _more.Length);
            _more.Span[..read].CopyTo(buffer);
            _more = _more[read..];
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
