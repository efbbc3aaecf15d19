using DistSeq2Seq.Cli.Translate.Attention;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Translate;

/// <summary>
/// Translates a stream of lines. What has arrived is translated together, so a file goes in large pieces and whoever types a line
/// gets the answer at once; memory is bounded by the piece.
/// </summary>
/// <param name="translator">Translates.</param>
internal sealed class LineTranslation(Translator translator)
{
    /// <summary>Lines translated together at most: enough to find sentences of equal length for each batch.</summary>
    private const int MaxLines = 4096;

    /// <summary>
    /// Write <c>number ||| translation ||| score</c> for each hypothesis, lines numbered from 0, instead of one line each.
    /// </summary>
    public bool Numbered { get; init; }

    /// <summary>The tag of the target language, put before every line; empty for none.</summary>
    public string Tag { get; init; } = "";

    /// <summary>What each translation begins with, a line for each; null for nothing.</summary>
    public Utf8LineReader? Prefixes { get; init; }

    /// <summary>Where attention goes; null for nowhere.</summary>
    public AttentionOutput? Attention { get; init; }

    /// <summary>Translates all lines; each gives one line, or with <see cref="Numbered"/> one for each hypothesis.</summary>
    /// <param name="input">The lines.</param>
    /// <param name="output">Flushed after each piece.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DataException">
    /// The input is no text, or there are not as many prefixes as lines; the lines before have been written.
    /// </exception>
    public void Run(Utf8LineReader input, TextWriter output, CancellationToken cancellation)
    {
        var lines = new List<string>();
        var prefixes = Prefixes is null ? null : new List<string>();
        long number = 0;
        while (TryRead(out var line))
        {
            lines.Add(Tag.Length > 0 ? LanguageTag.Put(Tag, line) : line);
            if (lines.Count == MaxLines || !input.HasLineReady)
                Flush();
        }

        if (Prefixes?.ReadLine() is not null)
            throw new DataException($"{Prefixes.Path}: has more lines than {input.Path}, which has {number}; each line needs one prefix, "
                + "empty where there is none.");

        bool TryRead(out string line)
        {
            try
            {
                if ((line = input.ReadLine()!) is null)
                    return false;
                prefixes?.Add(Prefixes!.ReadLine() ?? throw new DataException(
                    $"{Prefixes.Path}: has no line {input.LineNumber}, and {input.Path} has one; each line needs one prefix, empty where "
                    + "there is none."));
                return true;
            }
            catch (DataException)
            {
                Flush();
                throw;
            }
        }

        void Flush()
        {
            foreach (var translation in translator.Translate(lines, progress: null, cancellation, prefixes, number))
            {
                Write(output, number, translation);
                Attention?.Add(number, translation);
                number++;
            }

            output.Flush();
            lines.Clear();
            prefixes?.Clear();
        }
    }

    private void Write(TextWriter output, long number, Translation translation)
    {
        if (!Numbered)
        {
            output.WriteLine(translation.Text);
            return;
        }

        foreach (var hypothesis in translation.Hypotheses)
            output.WriteLine(FormattableString.Invariant($"{number} ||| {hypothesis.Text} ||| {hypothesis.Score:0.0000}"));
    }
}
