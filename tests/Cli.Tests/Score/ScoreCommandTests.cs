using System.Globalization;
using System.Text.Json;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Cli.Tests.Kubernetes;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Score;

public sealed class ScoreCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-score-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("captions-de")]
    [InlineData("captions-fr")]
    [InlineData("edge-cases")]
    [InlineData("everyday-fr")]
    public async Task Score_ReferenceTexts_AgreesWithSacreBleu(string name)
    {
        var scores = ReferenceFolder.FileOrSkip(Path.Combine("bleu", name + ".json"));
        var text = Path.ChangeExtension(scores, null);
        using var expected = JsonDocument.Parse(await File.ReadAllTextAsync(scores));
        var compared = 0;
        foreach (var entry in expected.RootElement.EnumerateObject())
        {
            var words = entry.Name.Split(' ');
            string[] arguments = ["--hypotheses", text + ".hyp", "--references", text + ".ref", "--json", "--sentence-level",
                .. OptionsOf(words)];
            var outcome = await Verb.RunAsync(ScoreCommand.Create(), arguments);
            Assert.Equal((0, ""), (outcome.Code, outcome.Error));
            using var found = JsonDocument.Parse(outcome.Output);
            switch (words[0])
            {
                case "bleu":
                    Close(entry.Value.GetProperty("score"), found.RootElement.GetProperty("bleu").GetProperty("score"), entry.Name);
                    break;
                case "sentence":
                    for (var i = 0; i < entry.Value.GetArrayLength(); i++)
                        Close(entry.Value[i], found.RootElement.GetProperty("sentences")[i].GetProperty("bleu"), $"{entry.Name} {i}");
                    break;
                default:
                    Close(entry.Value, found.RootElement.GetProperty(words[0] == "chrF++" ? "chrF2++" : words[0]).GetProperty("score"),
                        entry.Name);
                    break;
            }

            compared++;
        }

        Assert.True(compared >= 13, $"only {compared} scores in {text}.json");
    }

    [Fact]
    public async Task Score_ForPeople_PrintsScoresAndSignatures()
    {
        var outcome = await Verb.RunAsync(ScoreCommand.Create(),
            "--hypotheses", Write("h", "the cat sat on the mat\n"), "--references", Write("r", "The cat sat on the mat\n"), "--lowercase",
            "--tokenize", "none");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("BLEU            100.00  (100.0/100.0/100.0/100.0, brevity penalty 1.000, 6 tokens for 6)\n", outcome.Output);
        Assert.Contains("chrF2++         100.00\n", outcome.Output);
        Assert.Contains("BLEU            nrefs:1|case:lc|eff:no|tok:none|smooth:exp|version:", outcome.Output);
    }

    [Theory]
    [InlineData("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")]
    [InlineData("nrefs:1|case:lc|eff:no|tok:13a|smooth:exp|version:", "--lowercase")]
    [InlineData("nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp|version:", "--effective-order")]
    [InlineData("nrefs:1|case:mixed|eff:no|tok:char|smooth:none|version:", "--tokenize", "char", "--smoothing", "none")]
    [InlineData("nrefs:1|case:mixed|eff:no|tok:13a|smooth:floor[0.20]|version:", "--smoothing", "floor", "--smoothing-value", "0.2")]
    [InlineData("nrefs:1|case:mixed|eff:no|tok:13a|smooth:add-k[1.00]|version:", "--smoothing", "add-k")]
    public async Task Score_Options_AreInTheSignature(string expected, params string[] options)
    {
        var file = Write("file", "a b c d\n");
        var outcome = await Verb.RunAsync(ScoreCommand.Create(), ["--hypotheses", file, "--references", file, .. options]);
        Assert.Contains($"BLEU            {expected}", outcome.Output);
    }

    [Fact]
    public async Task Score_EffectiveOrder_LeavesOutOrdersThatTheLinesAreTooShortFor()
    {
        var file = Write("file", "a b\nc d\n");
        Assert.Contains("BLEU            0.00  ",
            (await Verb.RunAsync(ScoreCommand.Create(), "--hypotheses", file, "--references", file)).Output);
        Assert.Contains("BLEU            100.00  ",
            (await Verb.RunAsync(ScoreCommand.Create(), "--hypotheses", file, "--references", file, "--effective-order")).Output);
    }

    [Fact]
    public async Task Score_Accuracies_CountWholeLinesAndPlaces()
    {
        var (hypotheses, references) = (Write("h", "a b c \nd e\nF\n"), Write("r", "a b c\nd x y\nf\n"));
        var cased = await Score(hypotheses, references);
        Assert.Equal(1.0 / 3, cased.GetProperty("exactMatch").GetDouble());
        Assert.Equal(4.0 / 7, cased.GetProperty("tokenAccuracy").GetDouble());
        Assert.False(cased.TryGetProperty("classification", out _));
        var lower = await Score(hypotheses, references, "--lowercase");
        Assert.Equal(2.0 / 3, lower.GetProperty("exactMatch").GetDouble());
        Assert.Equal(5.0 / 7, lower.GetProperty("tokenAccuracy").GetDouble());
        var people = (await Verb.RunAsync(ScoreCommand.Create(), "--hypotheses", hypotheses, "--references", references)).Output;
        Assert.Contains("Exact match     33.33 %\nToken accuracy  57.14 %", people);
    }

    [Fact]
    public async Task Score_Labels_GivesAccuracyAndF1()
    {
        var (hypotheses, references) = (Write("h", "good\nbad\nbad\nbad\n"), Write("r", "good\ngood\nbad\nbad\n"));
        var classification = (await Score(hypotheses, references)).GetProperty("classification");
        Assert.Equal(0.75, classification.GetProperty("accuracy").GetDouble());
        Assert.Equal((0.8 + (2.0 / 3)) / 2, classification.GetProperty("macroF1").GetDouble(), 1e-12);
        var people = (await Verb.RunAsync(ScoreCommand.Create(), "--hypotheses", hypotheses, "--references", references)).Output;
        Assert.Contains("Accuracy        75.00 %\nMacro F1        73.33 %\n  bad           F1 80.00 %, precision 66.67 %, recall 100.00 %, "
            + "2 lines\n", people);
    }

    [Fact]
    public async Task Score_SentenceLevel_PrintsALineForEach()
    {
        var outcome = await Verb.RunAsync(ScoreCommand.Create(), "--sentence-level",
            "--hypotheses", Write("h", "a b c d\nx\n"), "--references", Write("r", "a b c d\ny\n"));
        Assert.Equal(0, outcome.Code);
        var lines = outcome.Output.Split('\n');
        Assert.Equal("     1  100.00  100.00   100.00", lines[1]);
        Assert.Equal("     2    0.00    0.00     0.00", lines[2]);
    }

    [Fact]
    public async Task Score_UnequalLineCounts_NamesBoth()
    {
        var (hypotheses, references) = (Write("h", "a\nb\n"), Write("r", "a\nb\nc\n"));
        var outcome = await Verb.RunAsync(ScoreCommand.Create(), "--hypotheses", hypotheses, "--references", references);
        Assert.Contains($"{hypotheses} has 2 lines and {references} has 3", outcome.BadInputLine());
    }

    [Theory]
    [InlineData("--hypotheses is not given")]
    [InlineData("--references is not given", "--hypotheses", "{file}")]
    [InlineData("{absent}: no such file", "--hypotheses", "{absent}", "--references", "{file}")]
    [InlineData("there is nothing to score", "--hypotheses", "{empty}", "--references", "{empty}")]
    [InlineData("--tokenize is 'intl'; choose 13a, char or none", "--hypotheses", "{file}", "--references", "{file}", "--tokenize", "intl")]
    [InlineData("--smoothing is 'add'; choose exp, none, floor or add-k", "--hypotheses", "{file}", "--references", "{file}",
        "--smoothing", "add")]
    [InlineData("--smoothing-value is -1", "--hypotheses", "{file}", "--references", "{file}", "--smoothing", "floor",
        "--smoothing-value", "-1")]
    [InlineData("--smoothing-value is for", "--hypotheses", "{file}", "--references", "{file}", "--smoothing-value", "1")]
    public async Task Score_BadInput_EndsWithOneLineAndCode2(string expected, params string[] arguments)
    {
        var (file, empty) = (Write("file", "a\n"), Write("empty", ""));
        var outcome = await Verb.RunAsync(ScoreCommand.Create(), [.. arguments.Select(Fill)]);
        Assert.Contains(Fill(expected), outcome.BadInputLine());

        string Fill(string text) => text.Replace("{file}", file).Replace("{empty}", empty)
            .Replace("{absent}", Path.Combine(_folder.FullName, "absent"));
    }

    private static async Task<JsonElement> Score(string hypotheses, string references, params string[] options)
    {
        var outcome = await Verb.RunAsync(ScoreCommand.Create(), ["--hypotheses", hypotheses, "--references", references, "--json",
            .. options]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        using var json = JsonDocument.Parse(outcome.Output);
        return json.RootElement.Clone();
    }

    // "bleu tok:13a case:lc smooth:floor[0.1]", "chrF2 lc", "sentence bleu tok:13a effective_order first 20"
    private static IEnumerable<string> OptionsOf(string[] words)
    {
        foreach (var word in words)
        {
            var (key, value) = word.Split(':') is [var name, var rest] ? (name, rest) : (word, "");
            if (key == "tok")
            {
                yield return "--tokenize";
                yield return value;
            }
            else if (word is "lc" or "case:lc")
            {
                yield return "--lowercase";
            }
            else if (key == "smooth")
            {
                var parts = value.Split('[', ']');
                yield return "--smoothing";
                yield return parts[0];
                if (parts.Length > 1)
                {
                    yield return "--smoothing-value";
                    yield return parts[1];
                }
            }
        }
    }

    private static void Close(JsonElement expected, JsonElement found, string what) =>
        Assert.True(Math.Abs(expected.GetDouble() - found.GetDouble()) < 1e-6,
            string.Create(CultureInfo.InvariantCulture, $"{what}: sacreBLEU {expected.GetDouble()}, here {found.GetDouble()}"));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
