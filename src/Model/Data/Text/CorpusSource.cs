namespace DistSeq2Seq.Model.Data.Text;

/// <summary>How the sentence pairs of a split lie in its files.</summary>
public enum CorpusFormat
{
    /// <summary>Two text files; line n of one is the translation of line n of the other.</summary>
    Parallel,

    /// <summary>One text file; each line is source, one tab, target; no header.</summary>
    Tsv,

    /// <summary>One CSV file (RFC 4180) with a header line that names its columns.</summary>
    Csv,
}

/// <summary>
/// The files of one split (training, validation or test). A path that ends in <c>.gz</c> is decompressed while it is read. Text is UTF-8;
/// a byte order mark on the first line and CRLF line ends are accepted.
/// </summary>
public sealed record CorpusSource
{
    /// <summary>How the pairs lie in the files.</summary>
    public required CorpusFormat Format { get; init; }

    /// <summary>The file of source sentences; only with <see cref="CorpusFormat.Parallel"/>.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The file of target sentences; only with <see cref="CorpusFormat.Parallel"/>.</summary>
    public string? TargetPath { get; init; }

    /// <summary>
    /// The one file of pairs; with <see cref="CorpusFormat.Tsv"/> and <see cref="CorpusFormat.Csv"/>.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>The header name of the column of source sentences; only with <see cref="CorpusFormat.Csv"/>.</summary>
    public string? SourceColumn { get; init; }

    /// <summary>The header name of the column of target sentences; only with <see cref="CorpusFormat.Csv"/>.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>Put before every source sentence as <c>&lt;2tag&gt;</c>; null or empty for nothing.</summary>
    public string? Tag { get; init; }

    /// <summary>Copies of each pair, above 0; see <see cref="MixedPairReader"/>. Default: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The corpora that this split consists of, one after the other; null for a single corpus.</summary>
    public IReadOnlyList<CorpusSource>? Parts { get; init; }

    /// <summary>Several corpora, each with its tag and weight, one after the other.</summary>
    /// <param name="parts">At least one.</param>
    /// <returns>The part itself if it is the only one and has neither tag nor weight.</returns>
    public static CorpusSource Mixed(IReadOnlyList<CorpusSource> parts) =>
        parts is [{ Tag: null or "", Weight: 1 } single] ? single with { Tag = null } : new() { Format = parts[0].Format, Parts = parts };

    /// <summary>Two parallel text files.</summary>
    /// <param name="sourcePath">File of source sentences, one a line.</param>
    /// <param name="targetPath">File of target sentences, one a line.</param>
    public static CorpusSource Parallel(string sourcePath, string targetPath) =>
        new() { Format = CorpusFormat.Parallel, SourcePath = sourcePath, TargetPath = targetPath };

    /// <summary>One file of lines with source, tab, target.</summary>
    /// <param name="path">The file.</param>
    public static CorpusSource Tsv(string path) => new() { Format = CorpusFormat.Tsv, Path = path };

    /// <summary>One CSV file with a header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sourceColumn">Name of the source column, as it stands in the header.</param>
    /// <param name="targetColumn">Name of the target column, as it stands in the header.</param>
    public static CorpusSource Csv(string path, string sourceColumn, string targetColumn) =>
        new() { Format = CorpusFormat.Csv, Path = path, SourceColumn = sourceColumn, TargetColumn = targetColumn };

    /// <summary>The files that this split reads, in reading order.</summary>
    /// <exception cref="DataException">A path or column that the format needs is missing.</exception>
    public IReadOnlyList<string> Files()
    {
        if (Parts is not null)
            return [.. Parts.SelectMany(part => part.Files())];
        switch (Format)
        {
            case CorpusFormat.Parallel:
                return [Need(SourcePath, "a source file"), Need(TargetPath, "a target file")];
            case CorpusFormat.Csv:
                Need(SourceColumn, "the name of the source column");
                Need(TargetColumn, "the name of the target column");
                return [Need(Path, "a file")];
            default:
                return [Need(Path, "a file")];
        }
    }

    /// <summary>The sum of the sizes of <see cref="Files"/>, in bytes as they lie on disk.</summary>
    /// <exception cref="DataException">A file does not exist or cannot be looked at.</exception>
    public long SizeInBytes() => Files().Sum(InputFile.Size);

    private string Need(string? value, string what) =>
        string.IsNullOrEmpty(value)
            ? throw new DataException($"A corpus of format {Format.ToString().ToLowerInvariant()} needs {what}, and none is given.")
            : value;
}
