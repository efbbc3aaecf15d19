using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// The first 128 bytes of a corpus file, all numbers little-endian:
/// <code>
///   0  "DS2SCORP"            32  target tokens, int64
///   8  version, int32        40  source vocabulary size, int32
///  12  zero, int32           44  target vocabulary size, int32
///  16  sentence pairs, int64 48  zeros
///  24  source tokens, int64  64  content digest, 32 bytes: SHA-256(payload, then header bytes 0 to 63)
///                            96  SHA-256 of header bytes 0 to 95
/// </code>
/// The payload: all tokens, int32, pair after pair, source before target; zeros up to a multiple of 8; then 2 n + 1 offsets, int64, of
/// the first token of source 0, target 0, source 1, … and of the end.
/// </summary>
internal readonly record struct CorpusHeader(
    long Count,
    long SourceTokens,
    long TargetTokens,
    int SourceVocabularySize,
    int TargetVocabularySize)
{
    public const int Bytes = 128;
    public const int Version = 1;

    private const int DigestedBytes = 64;
    private const int DigestAt = 64;
    private const int OwnHashAt = 96;

    private static ReadOnlySpan<byte> Magic => "DS2SCORP"u8;

    public long Tokens => SourceTokens + TargetTokens;

    /// <summary>Position of the offsets, in bytes from the start of the file.</summary>
    public long OffsetsAt => Bytes + ((Tokens * sizeof(int) + 7) & ~7L);

    public long FileBytes => OffsetsAt + (2 * Count + 1) * sizeof(long);

    /// <summary>The part of the header that the content digest covers.</summary>
    public byte[] DigestedPart()
    {
        var header = new byte[Bytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), Count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), SourceTokens);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), TargetTokens);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), SourceVocabularySize);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(44), TargetVocabularySize);
        return header[..DigestedBytes];
    }

    public byte[] ToBytes(ReadOnlySpan<byte> digest)
    {
        var header = new byte[Bytes];
        DigestedPart().CopyTo(header, 0);
        digest.CopyTo(header.AsSpan(DigestAt));
        SHA256.HashData(header.AsSpan(0, OwnHashAt), header.AsSpan(OwnHashAt));
        return header;
    }

    /// <summary>Reads a header and checks it against itself and the file's size.</summary>
    /// <exception cref="DataException">The file is not a corpus, has another version, is damaged, or is cut short.</exception>
    public static CorpusHeader Parse(string path, ReadOnlySpan<byte> header, long fileBytes, out byte[] digest)
    {
        const string again = "delete its folder and prepare the data again.";
        if (header.Length < Bytes || !header.StartsWith(Magic))
            throw new DataException($"{path}: not a prepared corpus (its first bytes are not \"DS2SCORP\"); {again}");
        if (!SHA256.HashData(header[..OwnHashAt]).AsSpan().SequenceEqual(header[OwnHashAt..Bytes]))
            throw new DataException($"{path}: damaged: the header does not match its own hash; {again}");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
            throw new DataException($"{path}: corpus format {version}, and this program reads format {Version}; {again}");
        var parsed = new CorpusHeader(
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[44..]));
        if (parsed.FileBytes != fileBytes)
            throw new DataException($"{path}: {fileBytes} bytes, and its header asks for {parsed.FileBytes}: "
                + $"{(fileBytes < parsed.FileBytes ? "it was cut short" : "something was added")}; {again}");
        digest = header[DigestAt..OwnHashAt].ToArray();
        return parsed;
    }
}
