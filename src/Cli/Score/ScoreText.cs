using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Score;

/// <summary>Scores for people and for programs, and the files that they are computed from.</summary>
internal static class ScoreText
{
    /// <summary>Reads two files whose lines belong together.</summary>
    /// <exception cref="DataException">One cannot be read, they have not as many lines, or none.</exception>
    public static (IReadOnlyList<string> First, IReadOnlyList<string> Second) ReadPair(string first, string second)
    {
        var (a, b) = (Utf8LineReader.ReadAll(first), Utf8LineReader.ReadAll(second));
        if (a.Count != b.Count)
        {
            throw new DataException(string.Create(CultureInfo.InvariantCulture,
                $"{first} has {a.Count} lines and {second} has {b.Count}; line n of one must belong to line n of the other"));
        }

        return a.Count > 0 ? (a, b) : throw new DataException($"{first} and {second} are empty; there is nothing to score");
    }

    /// <summary>The value of an option that must be given.</summary>
    /// <exception cref="ConfigurationException">It is not.</exception>
    public static string Require(string? value, string option, string example) => value is { Length: > 0 }
        ? value : throw new ConfigurationException($"{option} is not given; name a file, as {option} {example}");

    /// <summary>A line of a table: a name and its value.</summary>
    public static void Line(TextWriter output, string name, string value) => output.WriteLine($"{name,-15} {value}");

    /// <summary>A score with two decimals.</summary>
    public static string Two(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A share, 0 to 1, as percents.</summary>
    public static string Percent(double share) => Two(100 * share) + " %";

    /// <summary>BLEU on one line, with precisions, brevity penalty and lengths.</summary>
    public static string Of(BleuScore bleu)
    {
        var precisions = string.Join('/', bleu.Precisions.Select(p => p.ToString("0.0", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{bleu.Score:0.00}  ({precisions}, brevity penalty {bleu.BrevityPenalty:0.000}, {bleu.SystemLength} tokens "
            + $"for {bleu.ReferenceLength})");
    }

    /// <summary>BLEU as JSON.</summary>
    public static JsonObject Json(BleuScore bleu) => new()
    {
        ["score"] = JsonText.Number(bleu.Score),
        ["precisions"] = new JsonArray([.. bleu.Precisions.Select(JsonText.Number)]),
        ["brevityPenalty"] = JsonText.Number(bleu.BrevityPenalty),
        ["systemLength"] = bleu.SystemLength,
        ["referenceLength"] = bleu.ReferenceLength,
        ["signature"] = bleu.Signature,
    };

    /// <summary>chrF as JSON.</summary>
    public static JsonObject Json(ChrFScore chrF) => new() { ["score"] = JsonText.Number(chrF.Score), ["signature"] = chrF.Signature };
}
