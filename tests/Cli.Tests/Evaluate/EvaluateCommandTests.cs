using System.Text.Json;
using DistSeq2Seq.Cli.Evaluate;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Evaluation;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Evaluate;

public sealed class EvaluateCommandTests : IClassFixture<EvaluateCommandTests.Run>, IDisposable
{
    private readonly Run _run;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-evaluate-");

    public EvaluateCommandTests(Run run) => _run = run;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Evaluate_Json_AgreesWithTranslatingAndScoring()
    {
        var (sources, references) = Pairs();
        var (source, target) = (Write("s", sources), Write("t", references));
        var outcome = await Verb.RunAsync(EvaluateCommand.Create(), "--run", _run.Path, "--source", source, "--target", target, "--beam",
            "2", "--json");
        Assert.Equal((0, $"Evaluating with {_run.Checkpoint} (no validation loss)\n"), (outcome.Code, outcome.Error));
        using var json = JsonDocument.Parse(outcome.Output);

        using var model = TranslationModel.Load(_run.Checkpoint);
        var options = DecodingOptions.From(model.Configuration.Decoding) with { Beam = 2 };
        string[] outputs = [.. new Translator(model, options).Translate(sources).Select(t => t.Text)];
        var likelihood = TeacherForcing.Score(model, sources, references);
        Assert.Equal(Bleu.Corpus(outputs, references).Score, json.RootElement.GetProperty("bleu").GetProperty("score").GetDouble());
        Assert.Equal(ChrF.Corpus(outputs, references).Score, json.RootElement.GetProperty("chrF2").GetProperty("score").GetDouble());
        Assert.Equal(Accuracy.ExactMatch(outputs, references), json.RootElement.GetProperty("exactMatch").GetDouble());
        Assert.Equal(likelihood.Perplexity, json.RootElement.GetProperty("perplexity").GetDouble());
        Assert.Equal(likelihood.TokenAccuracy, json.RootElement.GetProperty("tokenAccuracy").GetDouble());
        Assert.Equal(references.Sum(line => line.Split(' ').Length + 1), json.RootElement.GetProperty("tokens").GetInt64());
        Assert.Equal(2, json.RootElement.GetProperty("beam").GetInt32());
        Assert.False(json.RootElement.TryGetProperty("classification", out _));
    }

    [Fact]
    public async Task Evaluate_TrainedModel_IsGood_AndWorseOnWrongReferences()
    {
        var (sources, references) = Pairs();
        var good = await Evaluate(sources, references);
        var wrong = await Evaluate(sources, [.. references.Select(line => line.Replace('1', '2'))]);
        Assert.True(good.GetProperty("bleu").GetProperty("score").GetDouble() > 80);
        Assert.InRange(good.GetProperty("perplexity").GetDouble(), 1, 2);
        Assert.InRange(good.GetProperty("tokenAccuracy").GetDouble(), 0.85, 1);
        Assert.True(wrong.GetProperty("perplexity").GetDouble() > good.GetProperty("perplexity").GetDouble());
        Assert.True(wrong.GetProperty("tokenAccuracy").GetDouble() < good.GetProperty("tokenAccuracy").GetDouble());
    }

    [Fact]
    public async Task Evaluate_LabelsAsTargets_GivesAccuracyAndF1()
    {
        string[] labels = ["b1", "b2", "b1", "b2", "b1", "b1"];
        string[] sources = [.. labels.Select(label => label.Replace('b', 'a'))];
        var (source, target) = (Write("s", sources), Write("t", labels));
        var people = await Verb.RunAsync(EvaluateCommand.Create(), "--checkpoint", _run.Checkpoint, "--source", source, "--target", target);
        Assert.Equal(0, people.Code);
        Assert.Contains("Accuracy        ", people.Output);

        using var model = TranslationModel.Load(_run.Checkpoint);
        string[] outputs = [.. new Translator(model).Translate(sources).Select(t => t.Text)];
        var expected = Classification.Score(outputs, labels);
        var classification = (await Evaluate(sources, labels)).GetProperty("classification");
        Assert.Equal(expected.Accuracy, classification.GetProperty("accuracy").GetDouble());
        Assert.Equal(expected.MacroF1, classification.GetProperty("macroF1").GetDouble());
        var first = classification.GetProperty("labels").EnumerateArray().Single(label => label.GetProperty("label").GetString() == "b1");
        Assert.Equal(4, first.GetProperty("support").GetInt32());
    }

    [Theory]
    [InlineData("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")]
    [InlineData("nrefs:1|case:lc|eff:yes|tok:char|smooth:floor[0.20]|version:",
        "--lowercase", "--effective-order", "--tokenize", "char", "--smoothing", "floor", "--smoothing-value", "0.2")]
    public async Task Evaluate_BleuOptions_AreInTheSignature_AndScoreAgrees(string signature, params string[] options)
    {
        string[] sources = ["a1 a2", "a3", "a4 a5 a6"], references = ["B1 b2", "b3", "b5 b4 b6"];
        var found = (await Evaluate(sources, references, options)).GetProperty("bleu");
        Assert.StartsWith(signature, found.GetProperty("signature").GetString());

        using var model = TranslationModel.Load(_run.Checkpoint);
        var outputs = new Translator(model).Translate(sources).Select(t => t.Text).ToArray();
        var scored = await Verb.RunAsync(ScoreCommand.Create(), ["--hypotheses", Write("h", outputs), "--references",
            Write("t", references), "--json", .. options]);
        using var json = JsonDocument.Parse(scored.Output);
        Assert.Equal(json.RootElement.GetProperty("bleu").ToString(), found.ToString());
    }

    [Fact]
    public async Task Evaluate_To_PutsTheTagBeforeEverySource()
    {
        using var run = new ToyRun(steps: 0);
        var checkpoint = run.WriteCheckpoint(1, configuration: ToyRun.Configuration with
        {
            Data = new DataConfiguration
            {
                Train = new SplitConfiguration { Source = "a", Target = "b", Tag = "fr" },
                Valid = new SplitConfiguration { Source = "a", Target = "b" },
            },
        });
        string[] sources = ["a1 a2", "", "a3"];
        var (plain, tagged, target) = (Write("s", sources), Write("tagged", ["<2fr> a1 a2", "", "<2fr> a3"]),
            Write("t", ["b1 b2", "", "b3"]));
        var asked = await Verb.RunAsync(EvaluateCommand.Create(), "--checkpoint", checkpoint, "--source", plain, "--target", target,
            "--to", "fr", "--json");
        var expected = await Verb.RunAsync(EvaluateCommand.Create(), "--checkpoint", checkpoint, "--source", tagged, "--target",
            target, "--json");
        Assert.Equal((0, expected.Output), (asked.Code, asked.Output));
        var without = await Verb.RunAsync(EvaluateCommand.Create(), "--checkpoint", checkpoint, "--source", plain, "--target",
            target, "--json");
        Assert.NotEqual(asked.Output, without.Output);
    }

    [Fact]
    public async Task Evaluate_SeveralCheckpoints_AreRefused()
    {
        var file = Write("s", ["a1"]);
        var outcome = await Verb.RunAsync(EvaluateCommand.Create(), "--source", file, "--target", file, "--checkpoint", _run.Checkpoint,
            "--checkpoint", _run.Checkpoint);
        Assert.Contains("--checkpoint is given 2 times", outcome.BadInputLine());
    }

    [Fact]
    public async Task Evaluate_EmptyAndUnknownLines_AreCounted()
    {
        var found = await Evaluate(["a1", "", "zzz yyy"], ["b1", "", "xxx"]);
        Assert.Equal(3, found.GetProperty("sentences").GetInt32());
        Assert.Equal(5, found.GetProperty("tokens").GetInt64());
        Assert.Equal(1, found.GetProperty("unknownTokens").GetInt64());
        Assert.True(double.IsFinite(found.GetProperty("perplexity").GetDouble()));
    }

    [Theory]
    [InlineData("neither --run nor --checkpoint is given", "--source", "{file}", "--target", "{file}")]
    [InlineData("--source is not given", "--run", "{run}")]
    [InlineData("--target is not given", "--run", "{run}", "--source", "{file}")]
    [InlineData("{file} has 1 lines and {longer} has 2", "--run", "{run}", "--source", "{file}", "--target", "{longer}")]
    [InlineData("{absent}: no such file", "--run", "{run}", "--source", "{file}", "--target", "{absent}")]
    [InlineData("--tokenize is 'intl'; choose 13a, char or none", "--run", "{run}", "--source", "{file}", "--target", "{file}",
        "--tokenize", "intl")]
    [InlineData("there is no such run folder", "--run", "{absent}", "--source", "{file}", "--target", "{file}")]
    public async Task Evaluate_BadInput_EndsWithOneLineAndCode2(string expected, params string[] arguments)
    {
        var (file, longer) = (Write("file", ["a1"]), Write("longer", ["b1", "b2"]));
        var outcome = await Verb.RunAsync(EvaluateCommand.Create(), [.. arguments.Select(Fill)]);
        Assert.Contains(Fill(expected), outcome.BadInputLine());

        string Fill(string text) => text.Replace("{file}", file).Replace("{longer}", longer).Replace("{run}", _run.Path)
            .Replace("{absent}", Path.Combine(_folder.FullName, "absent"));
    }

    [Fact]
    public async Task Evaluate_BeamOutOfRange_SaysWhatIsRight()
    {
        var file = Write("file", ["a1"]);
        var outcome = await Verb.RunAsync(EvaluateCommand.Create(), "--run", _run.Path, "--source", file, "--target", file, "--beam", "0");
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.EndsWith("error: the beam is 0; it must be from 1 (greedy) to 1000\n", outcome.Error);
    }

    private static (string[] Sources, string[] References) Pairs()
    {
        var random = new DeterministicRandom(11);
        string[] sources = [.. Enumerable.Range(0, 30).Select(_ => ToyRun.Sentence(random, 1 + random.Below(6)))];
        return (sources, [.. sources.Select(ToyRun.Translate)]);
    }

    private async Task<JsonElement> Evaluate(string[] sources, string[] references, params string[] options)
    {
        var outcome = await Verb.RunAsync(EvaluateCommand.Create(),
            ["--run", _run.Path, "--source", Write("s", sources), "--target", Write("t", references), "--json", .. options]);
        Assert.True(outcome.Code == 0, outcome.Error);
        using var json = JsonDocument.Parse(outcome.Output);
        return json.RootElement.Clone();
    }

    private string Write(string name, string[] lines)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        return path;
    }

    /// <summary>A trained run with one checkpoint.</summary>
    public sealed class Run : IDisposable
    {
        private readonly ToyRun _toy = new(steps: 400);

        public Run() => Checkpoint = _toy.WriteCheckpoint(400);

        public string Path => _toy.Path;

        public string Checkpoint { get; }

        public void Dispose() => _toy.Dispose();
    }
}
