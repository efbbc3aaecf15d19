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

    [SkippableTheory]
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
            string[] arguments = ["--hypotheses", text + ".hyp", "--references", text + ".ref", "--json", "--sentence-level", .. OptionsOf(words)];
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
                    Close(entry.Value, found.RootElement.GetProperty(words[0] == "chrF++" ? "chrF2++" : words[0]).GetProperty("score"), entry.Name);
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
            "--hypotheses", Write("h", "the cat sat on the mat\n"), "--references", Write("r", "The cat sat on the mat\n"), "--lowercase", "--tokenize", "none");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("BLEU            100.00  (100.0/100.0/100.0/100.0, brevity penalty 1.000, 6 tokens for 6)\n", outcome.Output);
        Assert.Contains("chrF2++         100.00\n", outcome.Output);
        Assert.Contains("BLEU            nrefs:1|case:lc|eff:no|tok:none|smooth:exp|version:", outcome.Output);
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
    [InlineData("--smoothing is 'add'; choose exp, none, floor or add-k", "--hypotheses", "{file}", "--references", "{file}", "--smoothing", "add")]
    [InlineData("--smoothing-value is -1", "--hypotheses", "{file}", "--references", "{file}", "--smoothing", "floor", "--smoothing-value", "-1")]
    [InlineData("--smoothing-value is for", "--hypotheses", "{file}", "--references", "{file}", "--smoothing-value", "1")]
    public async Task Score_BadInput_EndsWithOneLineAndCode2(string expected, params string[] arguments)
    {
        var (file, empty) = (Write("file", "a\n"), Write("empty", ""));
        var outcome = await Verb.RunAsync(ScoreCommand.Create(), [.. arguments.Select(Fill)]);
        Assert.Contains(Fill(expected), outcome.BadInputLine());

        string Fill(string text) => text.Replace("{file}", file).Replace("{empty}", empty).Replace("{absent}", Path.Combine(_folder.FullName, "absent"));
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
