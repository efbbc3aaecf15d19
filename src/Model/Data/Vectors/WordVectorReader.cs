using System.Globalization;
using DistSeq2Seq.Model.Data.Text;

namespace DistSeq2Seq.Model.Data.Vectors;

/// <summary>
/// Reads word vectors as text, one word a line and its numbers after it, with or without the header line "words width": the formats
/// of word2vec (<c>-binary 0</c>) and GloVe. Words may hold spaces: the numbers are the last fields of a line. The name may end in .gz.
/// </summary>
internal sealed class WordVectorReader : IDisposable
{
    private readonly Utf8LineReader _lines;
    private readonly int _width;

    /// <param name="path">The file.</param>
    /// <param name="width">Numbers of each word.</param>
    /// <exception cref="DataException">It does not exist or may not be read.</exception>
    public WordVectorReader(string path, int width) => (_lines, _width) = (new Utf8LineReader(path), width);

    /// <summary>Bytes taken from the file so far.</summary>
    public long BytesRead => _lines.BytesRead;

    /// <summary>Reads the next word.</summary>
    /// <param name="word">The word.</param>
    /// <param name="vector">Its numbers, for which there is room.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DataException">A line is not a word and as many numbers as the width, or a number is invalid.</exception>
    public bool TryRead(out string word, Span<float> vector)
    {
        while (_lines.ReadLine() is { } line)
        {
            if (_lines.LineNumber == 1 && IsHeader(line))
                continue;
            word = Parse(line, vector);
            return true;
        }

        word = "";
        return false;
    }

    /// <summary>The SHA-256 of the file; after the last word.</summary>
    public string Digest() => _lines.Digest();

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private bool IsHeader(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 2 || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var width))
            return false;
        if (width == _width)
            return true;
        if (_width == 1)
            return false; // a word that is a number, and its vector
        throw new DataException($"{_lines.Path}: line 1: its vectors have {width} numbers, and embeddings of {_width} are wanted; "
            + $"set model.embedding_size to {width} or name a file of vectors of {_width} numbers.");
    }

    private string Parse(string line, Span<float> vector)
    {
        var rest = line.AsSpan().TrimEnd(' ');
        for (var i = _width - 1; i >= 0; i--)
        {
            var space = rest.LastIndexOfAny(' ', '\t');
            if (space <= 0)
                throw Wrong($"{_width - 1 - i} numbers after a word, and {_width} are wanted (model.embedding_size)");
            if (!float.TryParse(rest[(space + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out vector[i])
                || !float.IsFinite(vector[i]))
                throw Wrong($"\"{rest[(space + 1)..]}\" is not one of the {_width} numbers that a word is to have (model.embedding_size)");
            rest = rest[..space];
        }

        return rest.ToString();
    }

    private DataException Wrong(string what) =>
        new($"{_lines.Path}: line {_lines.LineNumber}: {what}; give a file of vectors in the text format of word2vec or GloVe, \"word "
            + "number number …\" on each line.");
}
