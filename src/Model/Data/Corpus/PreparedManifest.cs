using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Vectors;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>What <c>prepared.json</c> says about a prepared folder.</summary>
public sealed record PreparedManifest
{
    /// <summary>
    /// The format of the folder that this program writes and reads. Raise it when files or tokenizers change, so that older folders are
    /// made again.
    /// </summary>
    public const int CurrentVersion = 2;

    /// <summary>Format of the folder.</summary>
    public required int Version { get; init; }

    /// <summary>Version of the program that wrote it.</summary>
    public required string Program { get; init; }

    /// <summary>
    /// The Unicode version of the ICU that gave normal forms and lower case, such as <c>15.0</c>; null in folders of older programs,
    /// which had tables of their own. It is for information only: another version makes no folder stale.
    /// </summary>
    public string? Unicode { get; init; }

    /// <summary>The options that the folder was prepared with.</summary>
    public required PrepareOptions Options { get; init; }

    /// <summary>
    /// Hash of options and input content, SHA-256, lower-case hex; paths and times do not enter it.
    /// </summary>
    public required string Fingerprint { get; init; }

    /// <summary>The files that were read, split by split.</summary>
    public required IReadOnlyList<InputRecord> Inputs { get; init; }

    /// <summary>Counts of each split.</summary>
    public required IReadOnlyList<SplitRecord> Splits { get; init; }

    /// <summary>Tokens in the source vocabulary, the special ones included.</summary>
    public required int SourceVocabularySize { get; init; }

    /// <summary>Tokens in the target vocabulary, the special ones included.</summary>
    public required int TargetVocabularySize { get; init; }

    /// <summary>Counts of the source vectors; null where none were asked for.</summary>
    public VectorRecord? SourceVectors { get; init; }

    /// <summary>Counts of the target vectors; null where none were asked for.</summary>
    public VectorRecord? TargetVectors { get; init; }

    /// <summary>Every other file of the folder with its SHA-256.</summary>
    public required IReadOnlyList<OutputRecord> Files { get; init; }

    /// <summary>A split's record.</summary>
    /// <param name="name"><c>train</c>, <c>valid</c> or <c>test</c>.</param>
    /// <returns>Null when the corpus has no such split.</returns>
    public SplitRecord? Split(string name) => Splits.FirstOrDefault(s => s.Name == name);

    internal static string FingerprintOf(PrepareOptions options, IEnumerable<InputRecord> inputs)
    {
        // Paths are left out: the same content elsewhere gives the same result.
        var anonymous = options with
        {
            Train = Anonymous(options.Train)!,
            Valid = Anonymous(options.Valid),
            Test = Anonymous(options.Test),
            SourceVectors = options.SourceVectors is null ? null : options.SourceVectors with { Path = "" },
            TargetVectors = options.TargetVectors is null ? null : options.TargetVectors with { Path = "" },
        };
        var text = $"{CurrentVersion}\n{JsonSerializer.Serialize(anonymous, DataJson.Options)}\n"
            + string.Join('\n', inputs.Select(i => $"{i.Split} {i.Bytes} {i.Sha256}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static CorpusSource? Anonymous(CorpusSource? source) =>
        source is null ? null : source with
        {
            SourcePath = null,
            TargetPath = null,
            Path = null,
            Parts = source.Parts?.Select(part => Anonymous(part)!).ToArray(),
        };
}

/// <summary>A file that was read.</summary>
/// <param name="Split">The split it belongs to.</param>
/// <param name="Path">Full path.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Modified">
/// When it was last written, as ticks of 100 ns in UTC; only to see cheaply that nothing changed.
/// </param>
/// <param name="Sha256">Hash of its bytes, lower-case hex.</param>
public sealed record InputRecord(string Split, string Path, long Bytes, long Modified, string Sha256);

/// <summary>A file of the prepared folder.</summary>
/// <param name="Name">File name.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Hash of its bytes, lower-case hex.</param>
public sealed record OutputRecord(string Name, long Bytes, string Sha256);

/// <summary>Counts of a split.</summary>
/// <param name="Name"><c>train</c>, <c>valid</c> or <c>test</c>.</param>
/// <param name="Read">Pairs in the files.</param>
/// <param name="Kept">Pairs in the corpus.</param>
/// <param name="DroppedEmpty">Pairs left out because a side has no token.</param>
/// <param name="DroppedSourceTooLong">Pairs left out because the source is longer than allowed.</param>
/// <param name="DroppedTargetTooLong">Pairs left out because only the target is longer than allowed.</param>
/// <param name="DroppedUnbalanced">Pairs left out because one side is too many times as long as the other.</param>
/// <param name="SourceTokens">Source tokens kept.</param>
/// <param name="TargetTokens">Target tokens kept, end tokens not counted.</param>
/// <param name="SourceUnknown">Source tokens that became <c>&lt;unk&gt;</c>.</param>
/// <param name="TargetUnknown">Target tokens that became <c>&lt;unk&gt;</c>.</param>
/// <param name="Digest">The corpus's content digest.</param>
public sealed record SplitRecord(
    string Name,
    long Read,
    int Kept,
    long DroppedEmpty,
    long DroppedSourceTooLong,
    long DroppedTargetTooLong,
    long DroppedUnbalanced,
    long SourceTokens,
    long TargetTokens,
    long SourceUnknown,
    long TargetUnknown,
    string Digest);
