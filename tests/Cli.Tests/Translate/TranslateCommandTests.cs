using System.CommandLine;
using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using DistSeq2Seq.Cli.Translate;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Translate;

public sealed class TranslateCommandTests : IClassFixture<TranslateCommandTests.Run>, IDisposable
{
    private const string Text = "a1 a2 a3\n\na4\na5 a6\n";

    private readonly Run _run;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-translate-");

    public TranslateCommandTests(Run run) => _run = run;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Translate_StandardInput_GivesALineForEachLine_AndNamesTheCheckpoint()
    {
        var (code, output, error) = await RunAsync(Text, "--run", _run.Path);
        Assert.Equal((0, Expected(Text)), (code, output));
        Assert.Equal($"Translating with {_run.Best} (validation loss 1.5000)\n", error);
    }

    [Fact]
    public async Task Translate_Checkpoint_ByFolderOrNameWithinTheRun()
    {
        var name = Path.GetFileName(_run.Newest);
        foreach (var arguments in new[] { (string[])["--checkpoint", _run.Newest], ["--run", _run.Path, "--checkpoint", name] })
        {
            var (code, output, error) = await RunAsync(Text, arguments);
            Assert.Equal((0, Expected(Text)), (code, output));
            Assert.Contains(name + " (no validation loss)", error);
        }
    }

    [Fact]
    public async Task Translate_Files_ReadsGzipAndWritesTheOutputWhole()
    {
        using (var gzip = new GZipStream(File.Create(InFolder("in.gz")), CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(Text));
        File.WriteAllText(InFolder("out"), "old");
        var (code, output, _) = await RunAsync("", "--run", _run.Path, "--input", InFolder("in.gz"), "--output", InFolder("out"));
        Assert.Equal((0, ""), (code, output));
        Assert.Equal(Expected(Text), File.ReadAllText(InFolder("out")));
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    [Fact]
    public async Task Translate_InputThatCanBeReadOnce_IsReadOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names of open pipes are Linux's");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        using var writer = new AnonymousPipeClientStream(PipeDirection.Out, pipe.ClientSafePipeHandle);
        writer.Write(Encoding.UTF8.GetBytes(Text));
        writer.Dispose();
        var (code, output, _) = await RunAsync("", "--run", _run.Path, "--input", $"/dev/fd/{pipe.SafePipeHandle.DangerousGetHandle()}");
        Assert.Equal((0, Expected(Text)), (code, output));
    }

    [Fact]
    public async Task Translate_NBest_NumbersLinesAndGivesScores()
    {
        var (code, output, _) = await RunAsync(Text, "--run", _run.Path,
            "--beam", "4", "--n-best", "2", "--length-penalty", "1", "--batch-size", "2");
        Assert.Equal(0, code);
        var expected = new Translator(_run.Model, new DecodingOptions { Beam = 4, BestCount = 2, LengthPenalty = 1 })
            .Translate(Lines(Text));
        Assert.Equal(
            expected.SelectMany((t, i) => t.Hypotheses.Select(h => FormattableString.Invariant($"{i} ||| {h.Text} ||| {h.Score:0.000}"))),
            Lines(output).Select(line => line[..^1]));
    }

    [Fact]
    public async Task Translate_Ensemble_AsksAllCheckpoints()
    {
        var (code, output, error) = await RunAsync(Text, "--run", _run.Path, "--checkpoint", _run.Best, "--checkpoint",
            Path.GetFileName(_run.Newest));
        Assert.Equal(0, code);
        Assert.Equal(Expected(Text), output); // twice the same weights
        Assert.Contains(_run.Best, error);
        Assert.Contains(_run.Newest, error);
    }

    [Fact]
    public async Task Translate_PrefixesAndSamples_OfEachLine()
    {
        File.WriteAllText(InFolder("prefix"), "b1\n\n\nb2 b3\n");
        string[] arguments = ["--run", _run.Path, "--sample", "--temperature", "2", "--top-k", "5", "--top-p", "0.9", "--seed", "4",
            "--max-length", "5", "--n-best", "2"];
        var (code, output, error) = await RunAsync(Text, [.. arguments, "--prefix", InFolder("prefix"), "--batch-size", "1"]);
        Assert.True(code == 0, error);
        Assert.Equal(7, Lines(output).Length); // the empty line has one translation
        Assert.All(Lines(output)[..2], line => Assert.StartsWith("0 ||| b1", line));
        Assert.All(Lines(output)[^2..], line => Assert.StartsWith("3 ||| b2 b3", line));
        Assert.Equal((0, output), (await RunAsync(Text, [.. arguments, "--prefix", InFolder("prefix")])) is var again
            ? (again.Code, again.Output) : default);

        File.WriteAllText(InFolder("prefix"), "b1\n\n\nb2 b3\n\n");
        (code, _, error) = await RunAsync(Text, [.. arguments, "--prefix", InFolder("prefix")]);
        Assert.Equal(2, code);
        Assert.Contains("has more lines than standard input, which has 4", error);
    }

    [Fact]
    public async Task Translate_To_PutsTheTagBeforeEveryLine()
    {
        using var run = new ToyRun(steps: 0);
        var configuration = ToyRun.Configuration with
        {
            Data = new DataConfiguration
            {
                Train = new SplitConfiguration { Source = "a, a", Target = "b, c", Tag = "fr, de" },
                Valid = new SplitConfiguration { Source = "a", Target = "b" },
            },
        };
        var checkpoint = run.WriteCheckpoint(1, configuration: configuration);
        var (code, output, error) = await RunAsync(Text, "--checkpoint", checkpoint, "--to", "de");
        Assert.True(code == 0, error);
        Assert.Equal((await RunAsync("<2de> a1 a2 a3\n\n<2de> a4\n<2de> a5 a6\n", "--checkpoint", checkpoint)).Output, output);
        (code, _, error) = await RunAsync(Text, "--checkpoint", checkpoint, "--to", "es");
        Assert.Equal(2, code);
        Assert.Contains("--to is es, and", error);
        Assert.Contains("knows de, fr", error);
        (code, _, error) = await RunAsync(Text, "--run", _run.Path, "--to", "fr");
        Assert.Equal(2, code);
        Assert.Contains("was trained without tags", error);
    }

    [Fact]
    public async Task Translate_AttentionAsJson_IsOneObjectALine()
    {
        var path = InFolder("look.json");
        Assert.Equal(0, (await RunAsync(Text, "--run", _run.Path, "--n-best", "2", "--attention", path)).Code);
        var lines = System.Text.Json.JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3], lines.Select(line => line.GetProperty("line").GetInt64()));
        Assert.Equal(["a1", "a2", "a3", "</s>"], lines[0].GetProperty("source").EnumerateArray().Select(t => t.GetString()));
        foreach (var hypothesis in lines[0].GetProperty("hypotheses").EnumerateArray())
        {
            var weights = hypothesis.GetProperty("weights").EnumerateArray().ToArray();
            Assert.Equal(hypothesis.GetProperty("target").GetArrayLength(), weights.Length);
            Assert.All(weights, row => Assert.Equal(1, row.EnumerateArray().Sum(w => w.GetDouble()), 1e-3));
        }

        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task Translate_AttentionAsPictures_IsValidXmlWithEveryToken()
    {
        var (code, _, error) = await RunAsync("a1 <&\"\u0001 \U0001F600 a2\n\na4\n", "--run", _run.Path, "--attention", InFolder("looks"));
        Assert.True(code == 0, error);
        Assert.Equal(["line-000001.svg", "line-000003.svg"], Directory.GetFiles(InFolder("looks")).Select(Path.GetFileName).Order());
        var picture = System.Xml.Linq.XDocument.Load(Path.Combine(InFolder("looks"), "line-000001.svg"));
        var texts = picture.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.Contains("a1", texts);
        Assert.Contains("\U0001F600", texts);
        Assert.Equal(2, texts.Count(t => t == "</s>"));
    }

    [Fact]
    public async Task Translate_LineTyped_IsAnsweredBeforeTheNextComes()
    {
        using var keyboard = new AnonymousPipeServerStream(PipeDirection.Out);
        using var terminal = new AnonymousPipeServerStream(PipeDirection.Out);
        using var screen = new StreamReader(new AnonymousPipeClientStream(PipeDirection.In, terminal.ClientSafePipeHandle));
        var translating = InvokeAsync(
            () => new AnonymousPipeClientStream(PipeDirection.In, keyboard.ClientSafePipeHandle),
            new StreamWriter(terminal) { NewLine = "\n" }, new StringWriter(), "--run", _run.Path);
        foreach (var line in new[] { "a1 a2", "", "a3" })
        {
            keyboard.Write(Encoding.UTF8.GetBytes(line + "\n"));
            Assert.Equal(Expected(line + "\n"), await screen.ReadLineAsync() + "\n");
        }

        keyboard.Dispose();
        Assert.Equal(0, await translating);
    }

    [Fact]
    public async Task Translate_InvalidUtf8_NamesTheLine_AndAFileLeavesNothingWritten()
    {
        byte[] bytes = [.. "a1\na2\n"u8, 0xC3, 0x28, (byte)'\n'];
        var (code, output, error) = await RunAsync(bytes, "--run", _run.Path);
        Assert.Equal((2, Expected("a1\na2\n")), (code, output));
        Assert.Contains("error: standard input: line 3: invalid UTF-8, byte 0xC3 at position 1", error);

        File.WriteAllBytes(InFolder("in"), bytes);
        (code, output, error) = await RunAsync("", "--run", _run.Path, "--input", InFolder("in"), "--output", InFolder("out"));
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"error: {InFolder("in")}: line 3: invalid UTF-8", error);
        Assert.False(File.Exists(InFolder("out")));
    }

    [Fact]
    public async Task Translate_DamagedCheckpoint_IsPassedOverWithAWarning()
    {
        using var run = new ToyRun(steps: 0);
        var older = run.WriteCheckpoint(1);
        File.AppendAllText(Path.Combine(run.WriteCheckpoint(2), "source.vocab"), "x");
        var (code, _, error) = await RunAsync("a1\n", "--run", run.Path);
        Assert.Equal(0, code);
        Assert.StartsWith("warning: ", error);
        Assert.Contains($"Translating with {older}", error);
    }

    [Theory]
    [InlineData("there is no such run folder", "--run", "{absent}")]
    [InlineData("has no checkpoint yet", "--run", "{folder}")]
    [InlineData("neither --run nor --checkpoint is given")]
    [InlineData("{absent}", "--checkpoint", "{absent}")]
    [InlineData("{absent}: no such file", "--run", "{run}", "--input", "{absent}")]
    [InlineData("{folder}: is a folder", "--run", "{run}", "--input", "{folder}")]
    [InlineData("{folder}\": is a folder", "--run", "{run}", "--output", "{folder}")]
    [InlineData("there is no folder {absent}", "--run", "{run}", "--output", "{absent}/x")]
    [InlineData("the beam is 0; it must be from 1 (greedy) to 1000", "--run", "{run}", "--beam", "0")]
    [InlineData("the number of best translations is 9; it must be from 1 to the beam, 3", "--run", "{run}", "--n-best", "9")]
    [InlineData("the batch size is 0", "--run", "{run}", "--batch-size", "0")]
    [InlineData("the coverage penalty is 11", "--run", "{run}", "--coverage-penalty", "11")]
    [InlineData("--top-p is for sampling", "--run", "{run}", "--top-p", "0.9")]
    [InlineData("the temperature is 0", "--run", "{run}", "--sample", "--temperature", "0")]
    [InlineData("{absent}: no such file", "--run", "{run}", "--dictionary", "{absent}")]
    [InlineData("{absent}: no such file", "--run", "{run}", "--prefix", "{absent}")]
    [InlineData("there is no folder {absent}", "--run", "{run}", "--attention", "{absent}/x.json")]
    [InlineData("is there already", "--run", "{run}", "--attention", "{run}")]
    [InlineData("has no line 1", "--run", "{run}", "--prefix", "/dev/null")]
    [InlineData("the length penalty is -1", "--run", "{run}", "--length-penalty", "-1")]
    public async Task Translate_BadInput_EndsWithOneLineAndCode2(string expected, params string[] arguments)
    {
        var (code, output, error) = await RunAsync("a1\n", [.. arguments.Select(Fill)]);
        Assert.Equal((2, ""), (code, output));
        var line = error.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("error: ", line);
        Assert.Contains(Fill(expected), line);
        Assert.Single(error.TrimEnd('\n').Split('\n'), l => l.StartsWith("error: ", StringComparison.Ordinal));

        string Fill(string text) => text.Replace("{absent}", InFolder("absent")).Replace("{folder}", _folder.FullName)
            .Replace("{run}", _run.Path);
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private string Expected(string text) =>
        string.Concat(new Translator(_run.Model).Translate(text[..^1].Split('\n')).Select(t => t.Text + "\n"));

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);

    private static Task<(int Code, string Output, string Error)> RunAsync(string input, params string[] arguments) =>
        RunAsync(Encoding.UTF8.GetBytes(input), arguments);

    private static async Task<(int Code, string Output, string Error)> RunAsync(byte[] input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await InvokeAsync(() => new MemoryStream(input), output, error, arguments);
        return (code, output.ToString(), error.ToString());
    }

    private static Task<int> InvokeAsync(Func<Stream> input, TextWriter output, TextWriter error, params string[] arguments) =>
        new RootCommand { TranslateCommand.Create(input) }.Parse(["translate", .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });

    /// <summary>A run of random weights with two checkpoints of them, the older one validated.</summary>
    public sealed class Run : IDisposable
    {
        private readonly ToyRun _toy = new(steps: 0);

        public Run()
        {
            Best = _toy.WriteCheckpoint(1, validationLoss: 1.5);
            Newest = _toy.WriteCheckpoint(2);
            Model = TranslationModel.Load(Best);
        }

        public string Path => _toy.Path;

        public string Best { get; }

        public string Newest { get; }

        public TranslationModel Model { get; }

        public void Dispose()
        {
            Model.Dispose();
            _toy.Dispose();
        }
    }
}
