using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// Writes a corpus file pair by pair, in constant memory: tokens go straight to the file, offsets to a sibling file that is appended at
/// the end. The file is complete only after <see cref="Complete"/>; a folder that holds it should be renamed into place after that.
/// </summary>
public sealed class CorpusWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly FileStream _offsets;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _sourceVocabularySize;
    private readonly int _targetVocabularySize;
    private long _count;
    private long _sourceTokens;
    private long _targetTokens;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="sourceVocabularySize">Source ids are below this.</param>
    /// <param name="targetVocabularySize">Target ids are below this.</param>
    public CorpusWriter(string path, int sourceVocabularySize, int targetVocabularySize)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Corpus files are little-endian, and so must the processor be.");
        _path = path;
        (_sourceVocabularySize, _targetVocabularySize) = (sourceVocabularySize, targetVocabularySize);
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        _offsets = new FileStream(path + ".offsets", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            BufferBytes, FileOptions.DeleteOnClose);
        _file.Write(new byte[CorpusHeader.Bytes]);
        WriteOffset();
    }

    /// <summary>Pairs added.</summary>
    public int Count => (int)_count;

    /// <summary>Source tokens added.</summary>
    public long SourceTokens => _sourceTokens;

    /// <summary>Target tokens added.</summary>
    public long TargetTokens => _targetTokens;

    /// <summary>Adds a pair of ids without begin and end tokens.</summary>
    public void Add(ReadOnlySpan<int> source, ReadOnlySpan<int> target)
    {
        if (_count == int.MaxValue)
            throw new DataException($"{_path}: more than {int.MaxValue} sentence pairs; that is the most a corpus holds.");
        Write(source);
        _sourceTokens += source.Length;
        WriteOffset();
        Write(target);
        _targetTokens += target.Length;
        WriteOffset();
        _count++;
    }

    /// <summary>Finishes the file, flushes it to the device, and gives its content digest, lower-case hex.</summary>
    public string Complete()
    {
        var header = new CorpusHeader(_count, _sourceTokens, _targetTokens, _sourceVocabularySize, _targetVocabularySize);
        Write(new byte[header.OffsetsAt - CorpusHeader.Bytes - header.Tokens * sizeof(int)].AsSpan());
        _offsets.Position = 0;
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = _offsets.Read(buffer)) > 0)
            Write(buffer.AsSpan(0, read));
        _hash.AppendData(header.DigestedPart());
        var digest = _hash.GetHashAndReset();
        _file.Position = 0;
        _file.Write(header.ToBytes(digest));
        _file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>Closes the file; one that was not completed cannot be opened as a corpus.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _offsets.Dispose();
        _hash.Dispose();
    }

    private void Write(ReadOnlySpan<int> ids) => Write(MemoryMarshal.AsBytes(ids));

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _hash.AppendData(bytes);
    }

    private void WriteOffset()
    {
        var offset = _sourceTokens + _targetTokens;
        _offsets.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in offset)));
    }
}
