using System.Text;
using System.Text.Json;
using DistSeq2Seq.Cli.Translate;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Translate;

/// <summary>A model that knows nothing to say but the unknown token.</summary>
public sealed class UnknownWordsTests : IDisposable
{
    private readonly ToyRun _run = new(steps: 0);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-unknown-");
    private readonly string _checkpoint;

    public UnknownWordsTests()
    {
        using (var layout = LoadedCheckpoint.Open(_run.WriteCheckpoint(1), CheckpointScope.ModelOnly))
            _run.Parameters[layout.Layout.Tensors.Single(tensor => tensor.Name == "decoder.output.bias").Offset + Vocabulary.Unknown] = 100;
        _checkpoint = _run.WriteCheckpoint(2);
    }

    public void Dispose()
    {
        _run.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Translate_UnknownWord_StaysIsCopiedOrLookedUp()
    {
        var dictionary = InFolder("words.tsv");
        File.WriteAllText(dictionary, "Rome\tRom\nParis\tLutetia\n");
        string[] once = ["--max-length", "1"];
        Assert.Equal("<unk>\n<unk>\n", await TranslateAsync("Paris\nOslo\n", once));
        Assert.Equal("Paris\nOslo\n", await TranslateAsync("Paris\nOslo\n", [.. once, "--replace-unknown"]));
        Assert.Equal("Lutetia\nOslo\n", await TranslateAsync("Paris\nOslo\n", [.. once, "--dictionary", dictionary]));
    }

    [Fact]
    public async Task Translate_UnknownWords_AreThoseThatAttentionLooksAtMost()
    {
        var output = await TranslateAsync("Paris a1 Oslo a2 Rome\n", "--max-length", "4", "--replace-unknown", "--attention",
            InFolder("look.json"));
        using var json = JsonDocument.Parse(File.ReadAllText(InFolder("look.json")));
        var line = json.RootElement[0];
        string[] source = [.. line.GetProperty("source").EnumerateArray().Select(token => token.GetString()!)];
        var expected = line.GetProperty("hypotheses")[0].GetProperty("weights").EnumerateArray().SkipLast(1) // that of the end
            .Select(row => row.EnumerateArray().SkipLast(1).Select((weight, at) => (weight: weight.GetDouble(), at))
                .MaxBy(look => look.weight).at)
            .Select(at => source[at]);
        Assert.Equal(string.Join(' ', expected) + "\n", output);
        Assert.Equal(4, output.Split(' ').Length);
    }

    private async Task<string> TranslateAsync(string text, params string[] options)
    {
        var outcome = await Verb.RunAsync(TranslateCommand.Create(() => new MemoryStream(Encoding.UTF8.GetBytes(text))),
            ["--checkpoint", _checkpoint, .. options]);
        Assert.True(outcome.Code == 0, outcome.Error);
        return outcome.Output;
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);
}
