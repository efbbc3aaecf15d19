using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using DistSeq2Seq.Model.Data.Text;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// One split as token ids in a memory-mapped file. It may be larger than memory. Reading is safe from several threads at once; do not
/// read after <see cref="Dispose"/>. Format: <c>CorpusHeader</c>.
/// </summary>
public sealed unsafe class PreparedCorpus : IDisposable
{
    private readonly CorpusHeader _header;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int* _tokens;
    private readonly long* _offsets;
    private bool _disposed;

    private PreparedCorpus(string path, CorpusHeader header, byte[] digest, MemoryMappedFile file)
    {
        (Path, _header, _file) = (path, header, file);
        Digest = Convert.ToHexStringLower(digest);
        _view = file.CreateViewAccessor(0, header.FileBytes, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
        _tokens = (int*)(_start + CorpusHeader.Bytes);
        _offsets = (long*)(_start + header.OffsetsAt);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of sentence pairs.</summary>
    public int Count => (int)_header.Count;

    /// <summary>Sum of <see cref="SourceLength"/> over all pairs.</summary>
    public long SourceTokens => _header.SourceTokens;

    /// <summary>Sum of <see cref="TargetLength"/> over all pairs.</summary>
    public long TargetTokens => _header.TargetTokens;

    /// <summary>Size of the vocabulary that source ids refer to.</summary>
    public int SourceVocabularySize => _header.SourceVocabularySize;

    /// <summary>Size of the vocabulary that target ids refer to.</summary>
    public int TargetVocabularySize => _header.TargetVocabularySize;

    /// <summary>
    /// SHA-256 of the content, lower-case hex: of the token ids in their order, and of the counts and vocabulary sizes in the header.
    /// </summary>
    public string Digest { get; }

    /// <summary>Opens a corpus file. The header is checked against its own hash and the file's size.</summary>
    /// <param name="path">The file.</param>
    /// <param name="verifyContent">Whether to hash the whole content too and compare; reads the whole file.</param>
    /// <exception cref="DataException">
    /// The file is missing, not a corpus, of another version, cut short or damaged.
    /// </exception>
    public static PreparedCorpus Open(string path, bool verifyContent = false)
    {
        var bytes = InputFile.Size(path);
        CorpusHeader header;
        byte[] digest;
        using (var file = InputFile.Open(path))
        {
            var head = new byte[CorpusHeader.Bytes];
            var read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            header = CorpusHeader.Parse(path, head.AsSpan(0, read), bytes, out digest);
            if (verifyContent)
                Verify(path, file, header, digest);
        }
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            return new PreparedCorpus(path, header, digest, map);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Ids of a source sentence, without special tokens; valid until <see cref="Dispose"/>.</summary>
    /// <param name="i">Pair, from 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> Source(int i) => Sentence(2L * Checked(i));

    /// <summary>Ids of a target sentence, without special tokens; valid until <see cref="Dispose"/>.</summary>
    /// <param name="i">Pair, from 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> Target(int i) => Sentence(2L * Checked(i) + 1);

    /// <summary>Number of ids of a source sentence.</summary>
    /// <param name="i">Pair, from 0 to <see cref="Count"/> - 1.</param>
    public int SourceLength(int i) => Length(2L * Checked(i));

    /// <summary>Number of ids of a target sentence.</summary>
    /// <param name="i">Pair, from 0 to <see cref="Count"/> - 1.</param>
    public int TargetLength(int i) => Length(2L * Checked(i) + 1);

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static void Verify(string path, FileStream file, CorpusHeader header, byte[] digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        int read;
        while ((read = file.Read(buffer)) > 0)
            hash.AppendData(buffer, 0, read);
        hash.AppendData(header.DigestedPart());
        var seen = hash.GetHashAndReset();
        if (!seen.AsSpan().SequenceEqual(digest))
            throw new DataException($"{path}: damaged: its content hashes to {Convert.ToHexStringLower(seen)} and not to the "
                + $"{Convert.ToHexStringLower(digest)} of its header; delete its folder and prepare the data again.");
    }

    private int Checked(int i)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Count, nameof(i));
        return i;
    }

    private ReadOnlySpan<int> Sentence(long sentence) => new(_tokens + _offsets[sentence], Length(sentence));

    private int Length(long sentence)
    {
        var (start, end) = (_offsets[sentence], _offsets[sentence + 1]);
        // A file that was damaged after its header was written must not cause reads outside the mapping.
        if (start < 0 || end < start || end > _header.Tokens || end - start > int.MaxValue)
            throw new DataException($"{Path}: damaged: sentence {sentence / 2} lies at tokens {start} to {end}, of {_header.Tokens}; "
                + "delete its folder and prepare the data again.");
        return (int)(end - start);
    }
}
