using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using DistSeq2Seq.Cli.Translate;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Translate;

public sealed class HeatMapTests : IDisposable
{
    /// <summary>What the JSON's four decimals and the picture's three round off together.</summary>
    private const double Rounding = 6e-4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-heatmap-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Translate_AttentionAsPicture_HasEveryWeightInItsCell()
    {
        using var run = new ToyRun(steps: 150);
        var checkpoint = run.WriteCheckpoint(1);
        foreach (var output in new[] { "look.json", "looks" })
        {
            var outcome = await Verb.RunAsync(
                TranslateCommand.Create(() => new MemoryStream(Encoding.UTF8.GetBytes("a1 a2 a3 a4 a5\n"))),
                "--checkpoint", checkpoint, "--max-length", "3", "--attention", InFolder(output));
            Assert.True(outcome.Code == 0, outcome.Error);
        }

        using var json = JsonDocument.Parse(File.ReadAllText(InFolder("look.json")));
        var line = json.RootElement[0];
        var (source, hypothesis) = (Texts(line.GetProperty("source")), line.GetProperty("hypotheses")[0]);
        var target = Texts(hypothesis.GetProperty("target"));
        double[][] weights = [.. hypothesis.GetProperty("weights").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(w => w.GetDouble()).ToArray())];
        Assert.Equal((4, 6), (target.Length, source.Length));
        Assert.True(weights.Max(row => row.Max()) > 0.3, "attention that is everywhere alike shows nothing");

        var picture = XDocument.Load(Path.Combine(InFolder("looks"), "line-000001.svg")).Root!;
        var rectangles = picture.Elements().Where(element => element.Name.LocalName == "rect").ToArray();
        var frame = Assert.Single(rectangles, element => (string?)element.Attribute("fill") == "none");
        var (width, height) = (Number(frame, "width") / source.Length, Number(frame, "height") / target.Length);
        var cells = rectangles.Where(element => element.Attribute("fill-opacity") is not null)
            .ToDictionary(cell => ((Number(cell, "y") - Number(frame, "y")) / height, (Number(cell, "x") - Number(frame, "x")) / width));
        for (var row = 0; row < target.Length; row++)
        {
            for (var column = 0; column < source.Length; column++)
            {
                if (!cells.Remove((row, column), out var cell))
                {
                    Assert.InRange(weights[row][column], 0, 0.005 + Rounding);
                    continue;
                }

                Assert.Equal(weights[row][column], Number(cell, "fill-opacity"), Rounding);
                Assert.Equal((width, height), (Number(cell, "width"), Number(cell, "height")));
                Assert.StartsWith($"{target[row]} / {source[column]}: ", cell.Value);
            }
        }

        Assert.Empty(cells);
        var labels = picture.Elements().Where(element => element.Name.LocalName == "text").Select(element => element.Value);
        Assert.Equal([.. source, .. target], labels);
    }

    private static string[] Texts(JsonElement tokens) => [.. tokens.EnumerateArray().Select(token => token.GetString()!)];

    private static double Number(XElement element, string attribute) => double.Parse((string)element.Attribute(attribute)!,
        CultureInfo.InvariantCulture);

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);
}
