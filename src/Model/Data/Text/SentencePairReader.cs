using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Data.Text;

/// <summary>One source sentence and its target, as they stand in the files; neither holds a line break.</summary>
/// <param name="Source">Source sentence.</param>
/// <param name="Target">Target sentence.</param>
/// <param name="Line">Line number in the file, from 1.</param>
public readonly record struct SentencePair(string Source, string Target, long Line);

/// <summary>Reads the pairs of one split of any format in file order, one at a time.</summary>
public abstract class SentencePairReader : IDisposable
{
    private readonly Utf8LineReader[] _readers;

    private protected SentencePairReader(params Utf8LineReader[] readers) => _readers = readers;

    /// <summary>Bytes read from the files so far, before decompression.</summary>
    public virtual long BytesRead => _readers.Sum(r => r.BytesRead);

    /// <summary>Opens a split.</summary>
    /// <exception cref="DataException">A file is missing or has no such column.</exception>
    public static SentencePairReader Open(CorpusSource source)
    {
        if (source.Parts is not null)
            return new MixedPairReader(source.Parts);
        if (source is not { Tag: null or "", Weight: 1 })
            return new MixedPairReader([source]);
        var files = source.Files();
        foreach (var file in files)
            InputFile.Look(file);
        return source.Format switch
        {
            CorpusFormat.Parallel => new ParallelPairReader(new Utf8LineReader(files[0]), new Utf8LineReader(files[1])),
            CorpusFormat.Tsv => new TsvPairReader(new Utf8LineReader(files[0])),
            CorpusFormat.Csv => CsvPairReader.Open(files[0], source.SourceColumn!, source.TargetColumn!),
            _ => throw new DataException($"A corpus format {source.Format} is not known; parallel, tsv and csv are."),
        };
    }

    /// <summary>Reads the next pair; false after the last.</summary>
    /// <exception cref="DataException">The files are invalid; the message names file and line.</exception>
    public abstract bool TryRead(out SentencePair pair);

    /// <summary>The SHA-256 (lower-case hex) of each file, in reading order; call after the last pair.</summary>
    internal virtual string[] Digests() => [.. _readers.Select(r => r.Digest())];

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var reader in _readers)
            reader.Dispose();
        GC.SuppressFinalize(this);
    }
}

internal sealed class ParallelPairReader(Utf8LineReader source, Utf8LineReader target) : SentencePairReader(source, target)
{
    public override bool TryRead(out SentencePair pair)
    {
        var left = source.ReadLine();
        var right = target.ReadLine();
        if (left is not null && right is not null)
        {
            pair = new SentencePair(left, right, source.LineNumber);
            return true;
        }
        if (left is not null || right is not null)
            throw new DataException($"{source.Path} has {source.CountRemainingLines()} lines and {target.Path} has "
                + $"{target.CountRemainingLines()}; parallel files need as many lines as each other, line n with line n.");
        pair = default;
        return false;
    }
}

internal sealed class TsvPairReader(Utf8LineReader lines) : SentencePairReader(lines)
{
    public override bool TryRead(out SentencePair pair)
    {
        var line = lines.ReadLine();
        if (line is null)
        {
            pair = default;
            return false;
        }
        var tab = line.IndexOf('\t');
        if (tab < 0 || line.IndexOf('\t', tab + 1) >= 0)
            throw new DataException($"{lines.Path}: line {lines.LineNumber}: {line.Count(c => c == '\t') + 1} tab-separated fields; "
                + "exactly 2 are needed, source and target.");
        pair = new SentencePair(line[..tab], line[(tab + 1)..], lines.LineNumber);
        return true;
    }
}

internal sealed class CsvPairReader : SentencePairReader
{
    private readonly Utf8LineReader _lines;
    private readonly CsvRecordReader _records;
    private readonly List<string> _fields = [];
    private readonly int _columns;
    private readonly int _sourceIndex;
    private readonly int _targetIndex;

    private CsvPairReader(Utf8LineReader lines, string sourceColumn, string targetColumn)
        : base(lines)
    {
        _lines = lines;
        _records = new CsvRecordReader(lines);
        if (!_records.TryRead(_fields))
            throw new DataException($"{lines.Path}: is empty; "
                + $"a header line with the columns \"{sourceColumn}\" and \"{targetColumn}\" is needed.");
        _columns = _fields.Count;
        _sourceIndex = Find(sourceColumn);
        _targetIndex = Find(targetColumn);
        if (_sourceIndex == _targetIndex)
            throw new DataException($"{lines.Path}: "
                + $"source and target are both the column \"{sourceColumn}\"; two different columns are needed.");
    }

    public static CsvPairReader Open(string path, string sourceColumn, string targetColumn)
    {
        var lines = new Utf8LineReader(path);
        try
        {
            return new CsvPairReader(lines, sourceColumn, targetColumn);
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    public override bool TryRead(out SentencePair pair)
    {
        if (!_records.TryRead(_fields))
        {
            pair = default;
            return false;
        }
        if (_fields.Count != _columns)
            throw new DataException($"{_lines.Path}: line {_records.RecordLine}: {_fields.Count} fields, and the header has {_columns}; "
                + "a field that holds a comma must stand in double quotes.");
        pair = new SentencePair(OneLine(_fields[_sourceIndex]), OneLine(_fields[_targetIndex]), _records.RecordLine);
        return true;
    }

    // Reference texts and translation take each line for a sentence, so a line break inside a field becomes a space.
    private static string OneLine(string field) => field.Contains('\n') ? field.Replace('\n', ' ') : field;

    private int Find(string column)
    {
        var index = _fields.IndexOf(column);
        if (index >= 0 && _fields.LastIndexOf(column) != index)
            throw new DataException($"{_lines.Path}: "
                + $"the header names the column \"{column}\" twice; which one is meant cannot be told.");
        if (index >= 0)
            return index;
        var nearest = NearestName.Near(column, _fields);
        throw new DataException($"{_lines.Path}: no column \"{column}\"; "
            + $"the header has {string.Join(", ", _fields.Select(f => $"\"{f}\""))}"
            + (nearest is null ? "." : $"; did you mean \"{nearest}\"?"));
    }
}
