using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Translate;

/// <summary>
/// Translates a stream of lines. What has arrived is translated together, so a file goes in large pieces and whoever types a line
/// gets the answer at once; memory is bounded by the piece.
/// </summary>
internal static class LineTranslation
{
    /// <summary>Lines translated together at most: enough to find sentences of equal length for each batch.</summary>
    private const int MaxLines = 4096;

    /// <summary>Translates all lines; each gives one line, or with <paramref name="numbered"/> one for each hypothesis.</summary>
    /// <param name="input">The lines.</param>
    /// <param name="translator">Translates.</param>
    /// <param name="output">Flushed after each piece.</param>
    /// <param name="numbered">Write <c>number ||| translation ||| score</c>, lines numbered from 0.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DataException">The input is no text; the lines before have been written.</exception>
    public static void Run(Utf8LineReader input, Translator translator, TextWriter output, bool numbered, CancellationToken cancellation)
    {
        var lines = new List<string>();
        long number = 0;
        while (TryRead(out var line))
        {
            lines.Add(line);
            if (lines.Count == MaxLines || !input.HasLineReady)
                Flush();
        }

        bool TryRead(out string line)
        {
            try
            {
                return (line = input.ReadLine()!) is not null;
            }
            catch (DataException)
            {
                Flush();
                throw;
            }
        }

        void Flush()
        {
            foreach (var translation in translator.Translate(lines, cancellation: cancellation))
            {
                if (numbered)
                {
                    foreach (var hypothesis in translation.Hypotheses)
                        output.WriteLine(FormattableString.Invariant($"{number} ||| {hypothesis.Text} ||| {hypothesis.Score:0.0000}"));
                }
                else
                {
                    output.WriteLine(translation.Text);
                }

                number++;
            }

            output.Flush();
            lines.Clear();
        }
    }
}
