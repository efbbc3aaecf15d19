using System.Text;

namespace DistSeq2Seq.Model.Data.Text;

/// <summary>
/// Reads CSV records by RFC 4180: fields are separated by commas, a field in double quotes may hold commas, line breaks and doubled
/// quotes. A quote inside a field that does not begin with one is taken as it stands. Empty lines between records are skipped.
/// </summary>
internal sealed class CsvRecordReader
{
    private readonly Utf8LineReader _lines;
    private readonly StringBuilder _field = new();

    public CsvRecordReader(Utf8LineReader lines) => _lines = lines;

    /// <summary>Number of the line where the record read last begins, from 1.</summary>
    public long RecordLine { get; private set; }

    /// <summary>Reads the next record into <paramref name="fields"/>; false after the last.</summary>
    /// <exception cref="DataException">A quote never closes, or text follows right after a closing quote.</exception>
    public bool TryRead(List<string> fields)
    {
        fields.Clear();
        string? line;
        do
        {
            line = _lines.ReadLine();
            if (line is null)
                return false;
        }
        while (line.Length == 0);

        RecordLine = _lines.LineNumber;
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                at = ReadQuoted(ref line, at + 1);
                if (at < line.Length && line[at] != ',')
                    throw new DataException($"{_lines.Path}: line {_lines.LineNumber}: '{line[at]}' follows a closing quote at "
                        + $"position {at + 1}; a comma or the end of the line is expected, "
                        + "and a quote inside a quoted field is written twice.");
                fields.Add(_field.ToString());
            }
            else
            {
                var comma = line.IndexOf(',', at);
                var end = comma < 0 ? line.Length : comma;
                fields.Add(line[at..end]);
                at = end;
            }
            if (at >= line.Length)
                return true;
            at++;
        }
    }

    private int ReadQuoted(ref string line, int at)
    {
        _field.Clear();
        var openedOn = _lines.LineNumber;
        while (true)
        {
            var quote = line.IndexOf('"', at);
            if (quote < 0)
            {
                _field.Append(line, at, line.Length - at).Append('\n');
                if (_field.Length > Utf8LineReader.MaxLineBytes)
                    throw NeverClosed(openedOn);
                line = _lines.ReadLine() ?? throw NeverClosed(openedOn);
                at = 0;
                continue;
            }
            _field.Append(line, at, quote - at);
            if (quote + 1 >= line.Length || line[quote + 1] != '"')
                return quote + 1;
            _field.Append('"');
            at = quote + 2;
        }
    }

    private DataException NeverClosed(long line) =>
        new($"{_lines.Path}: line {line}: a quoted field begins here and never ends; close it with a double quote.");
}
