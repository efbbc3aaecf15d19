using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Score;

/// <summary>How many lines are right as a whole, and where the references are labels, how well each label is found.</summary>
/// <param name="ExactMatch">Share of lines that equal their reference, 0 to 1.</param>
/// <param name="SameTokens">Share of places with the same token in both lines, 0 to 1; white space separates tokens.</param>
/// <param name="Classification">Accuracy and F1 where the references look like labels; else null.</param>
internal sealed record LineAccuracy(double ExactMatch, double SameTokens, ClassificationScore? Classification)
{
    /// <summary>Most labels that a file of references has when it is taken for a classification.</summary>
    private const int MaxLabels = 20;

    /// <summary>Compares lines; white space at the ends does not count.</summary>
    /// <param name="hypotheses">A line each.</param>
    /// <param name="references">The reference of each.</param>
    /// <param name="lowercase">Whether case does not count either.</param>
    public static LineAccuracy Compute(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, bool lowercase)
    {
        string[] found = [.. hypotheses.Select(Plain)], expected = [.. references.Select(Plain)];
        return new LineAccuracy(
            Accuracy.ExactMatch(found, expected),
            Accuracy.Tokens(found, expected),
            AreLabels(expected) ? Model.Evaluation.Classification.Score(found, expected) : null);

        string Plain(string line) => lowercase ? line.Trim().ToLowerInvariant() : line.Trim();
    }

    /// <summary>Prints accuracy and F1, where there are labels.</summary>
    public void WriteLabels(TextWriter output)
    {
        if (Classification is null)
            return;
        ScoreText.Line(output, "Accuracy", ScoreText.Percent(Classification.Accuracy));
        ScoreText.Line(output, "Macro F1", ScoreText.Percent(Classification.MacroF1));
        // A model may print any text. Only labels of the references get a line.
        foreach (var label in Classification.Labels.Where(label => label.Support > 0))
        {
            ScoreText.Line(output, "  " + label.Label, string.Create(CultureInfo.InvariantCulture,
                $"F1 {ScoreText.Percent(label.F1)}, precision {ScoreText.Percent(label.Precision)}, "
                + $"recall {ScoreText.Percent(label.Recall)}, {label.Support} lines"));
        }
    }

    /// <summary>Adds <c>classification</c> to a report for programs, where there are labels.</summary>
    public void AddLabelsTo(JsonObject json)
    {
        if (Classification is null)
            return;
        json["classification"] = new JsonObject
        {
            ["accuracy"] = JsonText.Number(Classification.Accuracy),
            ["macroF1"] = JsonText.Number(Classification.MacroF1),
            ["microF1"] = JsonText.Number(Classification.MicroF1),
            ["labels"] = new JsonArray([.. Classification.Labels.Select(label => new JsonObject
            {
                ["label"] = label.Label,
                ["precision"] = JsonText.Number(label.Precision),
                ["recall"] = JsonText.Number(label.Recall),
                ["f1"] = JsonText.Number(label.F1),
                ["support"] = label.Support,
            })]),
        };
    }

    /// <summary>Whether references look like labels: one token each, few distinct ones, most of them more than once.</summary>
    private static bool AreLabels(IReadOnlyList<string> references)
    {
        if (references.Any(line => line.Length == 0 || line.Any(char.IsWhiteSpace)))
            return false;
        var distinct = references.Distinct(StringComparer.Ordinal).Count();
        return distinct <= MaxLabels && 2 * distinct <= references.Count;
    }
}
