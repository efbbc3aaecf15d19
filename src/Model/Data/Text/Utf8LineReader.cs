using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace DistSeq2Seq.Model.Data.Text;

/// <summary>
/// Reads a UTF-8 text file line by line, strictly: invalid bytes are an error with the line number. Lines end only with LF or CRLF, so
/// U+2028, U+0085 and the like stay inside a sentence, as they do for other tools.
/// </summary>
public sealed class Utf8LineReader : IDisposable
{
    /// <summary>
    /// Longest line accepted, in bytes. It is far beyond any sentence, so a file with longer lines is not text.
    /// </summary>
    public const int MaxLineBytes = 64 << 20;

    private const int FirstBufferBytes = 256 << 10;

    private readonly HashingStream _raw;
    private readonly Stream _text;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>Opens a file; one whose name ends in .gz is decompressed.</summary>
    /// <exception cref="DataException">It does not exist or may not be read.</exception>
    public Utf8LineReader(string path)
        : this(InputFile.Open(path), path)
    {
    }

    /// <summary>Reads a stream, and disposes of it in the end.</summary>
    /// <param name="stream">The text; decompressed when the name ends in .gz.</param>
    /// <param name="name">What to call it in errors.</param>
    public Utf8LineReader(Stream stream, string name)
    {
        Path = name;
        _raw = new HashingStream(stream);
        _text = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(_raw, CompressionMode.Decompress)
            : _raw;
    }

    /// <summary>
    /// Opens a file after reading it to its end once, so that an invalid line shows before any work begins. A file that cannot be read
    /// twice, such as a pipe, is only opened.
    /// </summary>
    /// <exception cref="DataException">It does not exist, may not be read, or is not text.</exception>
    public static Utf8LineReader OpenChecked(string path)
    {
        var stream = InputFile.Open(path);
        if (!stream.CanSeek)
            return new Utf8LineReader(stream, path);
        using (var check = new Utf8LineReader(stream, path))
        {
            while (check.ReadLine() is not null)
            {
            }
        }
        return new Utf8LineReader(path);
    }

    /// <summary>All lines of a file that fits into memory.</summary>
    /// <exception cref="DataException">It does not exist, may not be read, or is not text.</exception>
    public static IReadOnlyList<string> ReadAll(string path)
    {
        using var reader = new Utf8LineReader(path);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>The path of the file, or the name of the stream.</summary>
    public string Path { get; }

    /// <summary>Whether a whole line has been read ahead, so that the next one comes without waiting for input.</summary>
    public bool HasLineReady => _buffer.AsSpan(_start, _end - _start).Contains((byte)'\n');

    /// <summary>Number of the line read last, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Bytes read from the file so far, before decompression.</summary>
    public long BytesRead => _raw.BytesRead;

    /// <summary>The next line without its line end, or null after the last.</summary>
    /// <exception cref="DataException">The text is invalid UTF-8, the .gz file is damaged, a line is too long, or reading
    /// fails.</exception>
    public string? ReadLine() => TryReadBytes(out var line) ? Decode(line) : null;

    /// <summary>Reads to the end of the file without decoding, and gives the number of lines it has in all.</summary>
    public long CountRemainingLines()
    {
        while (TryReadBytes(out _))
        {
        }
        return LineNumber;
    }

    /// <summary>The SHA-256 of the whole file as it lies on disk, lower-case hex; call after the last line.</summary>
    public string Digest()
    {
        Span<byte> rest = stackalloc byte[512];
        while (_raw.Read(rest) > 0)
        {
        }
        return _raw.Digest();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _raw.Dispose();
    }

    private bool TryReadBytes(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var available = _buffer.AsSpan(_start, _end - _start);
            var newline = available[searched..].IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var length = searched + newline;
                line = Trimmed(available[..length]);
                _start += length + 1;
                return true;
            }
            searched = available.Length;
            if (!_atEnd)
            {
                Refill();
                continue;
            }
            line = available;
            if (available.IsEmpty)
                return false;
            _start = _end;
            line = Trimmed(available);
            return true;
        }
    }

    private ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> line)
    {
        LineNumber++;
        if (LineNumber == 1 && line.StartsWith(Encoding.UTF8.Preamble))
            line = line[Encoding.UTF8.Preamble.Length..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private void Refill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            if (_end >= MaxLineBytes)
                throw new DataException($"{Path}: line {LineNumber + 1} is longer than {MaxLineBytes >> 20} MiB; "
                    + "a text file with one sentence a line is needed.");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        try
        {
            var read = _text.Read(_buffer.AsSpan(_end));
            _end += read;
            _atEnd = read == 0;
            if (_atEnd && _text != _raw && !OnlyZerosFollow())
                throw new InvalidDataException("Other bytes follow its end.");
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{Path}: not a valid .gz file after line {LineNumber}: {error.Message} "
                + "Test it with `gzip -t` and make or copy it again.", error);
        }
        catch (IOException error)
        {
            throw new DataException($"{Path}: cannot be read after line {LineNumber}: {error.Message}", error);
        }
    }

    // At the end of a gzip member, GZipStream goes on with the next member. If other bytes follow, it stops without an error. Zeros are
    // padding; all other bytes are lost text: a damaged member, or plain text that was appended.
    private bool OnlyZerosFollow()
    {
        Span<byte> rest = stackalloc byte[512];
        while (_raw.OnlyZeros && _raw.Read(rest) > 0)
        {
        }
        return _raw.OnlyZeros;
    }

    private string Decode(ReadOnlySpan<byte> line)
    {
        if (Utf8.IsValid(line))
            return Encoding.UTF8.GetString(line);
        var at = 0;
        while (Rune.DecodeFromUtf8(line[at..], out _, out var used) == System.Buffers.OperationStatus.Done)
            at += used;
        throw new DataException($"{Path}: line {LineNumber}: invalid UTF-8, byte 0x{line[at]:X2} at position {at + 1} of the line; "
            + Remedy(line));
    }

    private string Remedy(ReadOnlySpan<byte> line)
    {
        if (LineNumber == 1 && line is [0x1F, 0x8B, ..])
            return "the file looks compressed: give it a name that ends in .gz.";
        if (LineNumber == 1 && line is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return "the file looks like UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`.";
        return "text must be UTF-8: convert the file (`iconv -f LATIN1 -t UTF-8`, say) or mend the line.";
    }
}
