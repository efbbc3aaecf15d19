using System.Text.Json;
using DistSeq2Seq.Model.Evaluation;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Evaluation;

/// <summary>
/// Compares with scores that sacreBLEU computed. They are not part of the repository; the folder is named by
/// DISTSEQ2SEQ_REFERENCE, or lies beside the repository as ../shared/reference.
/// </summary>
public sealed class ReferenceScoresTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData("captions-de")]
    [InlineData("captions-fr")]
    [InlineData("edge-cases")]
    [InlineData("everyday-fr")]
    public void Scores_OfReferenceTexts_AgreeWithSacreBleu(string name)
    {
        var folder = Path.Combine(ReferenceFolder() ?? "", "bleu");
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, name + ".json")),
            "No folder with reference scores: set DISTSEQ2SEQ_REFERENCE to one that holds bleu/NAME.hyp, .ref and .json.");
        var hypotheses = Lines(Path.Combine(folder, name + ".hyp"));
        var references = Lines(Path.Combine(folder, name + ".ref"));
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));
        var compared = 0;
        foreach (var entry in expected.RootElement.EnumerateObject())
        {
            if (entry.Name.StartsWith("chrF", StringComparison.Ordinal))
                Close(entry.Value.GetDouble(), ChrF.Corpus(hypotheses, references, ChrFOf(entry.Name)).Score, entry.Name);
            else if (entry.Name.StartsWith("sentence", StringComparison.Ordinal))
                CompareSentences(entry.Value, hypotheses, references);
            else
                CompareCorpus(entry.Value, Bleu.Corpus(hypotheses, references, BleuOf(entry.Name)), entry.Name);
            compared++;
        }
        Assert.True(compared >= 13, $"Only {compared} scores in {name}.json.");
    }

    private static void CompareCorpus(JsonElement expected, BleuScore score, string name)
    {
        Close(expected.GetProperty("score").GetDouble(), score.Score, name);
        if (!expected.TryGetProperty("precisions", out var precisions))
            return;
        for (var i = 0; i < score.Precisions.Count; i++)
            Close(precisions[i].GetDouble(), score.Precisions[i], $"{name}, precision {i + 1}");
        Close(expected.GetProperty("bp").GetDouble(), score.BrevityPenalty, name + ", brevity penalty");
        Assert.Equal(expected.GetProperty("sys_len").GetInt64(), score.SystemLength);
        Assert.Equal(expected.GetProperty("ref_len").GetInt64(), score.ReferenceLength);
    }

    private static void CompareSentences(JsonElement expected, string[] hypotheses, string[] references)
    {
        for (var i = 0; i < expected.GetArrayLength(); i++)
            Close(expected[i].GetDouble(), Bleu.Sentence(hypotheses[i], references[i]).Score, $"sentence {i + 1}");
    }

    // "bleu tok:13a case:lc smooth:floor[0.1]"
    private static BleuOptions BleuOf(string name)
    {
        var fields = name.Split(' ').Skip(1).Select(field => field.Split(':')).ToDictionary(field => field[0], field => field[1]);
        var smoothing = fields["smooth"].Split('[', ']');
        return new BleuOptions
        {
            Tokenization = BleuTokenizer.Parse(fields["tok"]),
            Lowercase = fields["case"] == "lc",
            Smoothing = smoothing[0] switch
            {
                "exp" => BleuSmoothing.Exponential,
                "none" => BleuSmoothing.None,
                "floor" => BleuSmoothing.Floor,
                "add-k" => BleuSmoothing.AddK,
                _ => throw new InvalidDataException($"Unknown smoothing in '{name}'."),
            },
            SmoothingValue = smoothing.Length > 1
                ? double.Parse(smoothing[1], System.Globalization.CultureInfo.InvariantCulture)
                : null,
        };
    }

    private static ChrFOptions ChrFOf(string name) =>
        new() { WordOrder = name.Contains("++") ? 2 : 0, Lowercase = name.EndsWith(" lc", StringComparison.Ordinal) };

    private static void Close(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance, $"{what}: sacreBLEU {expected}, here {actual}.");

    private static string[] Lines(string path)
    {
        var text = File.ReadAllText(path);
        return text[..^1].Split('\n');
    }

    private static string? ReferenceFolder()
    {
        if (Environment.GetEnvironmentVariable("DISTSEQ2SEQ_REFERENCE") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DistSeq2Seq.sln")))
                return Path.Combine(folder.FullName, "..", "shared", "reference");
        }
        return null;
    }
}
