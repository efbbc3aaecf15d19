using System.Globalization;
using System.Text.RegularExpressions;

namespace DistSeq2Seq.Coordinator.Tests.Web;

/// <summary>A sample of a page of metrics.</summary>
internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4, as far as gauges and counters go: a family is one HELP line, one
/// TYPE line and its samples in one block; names are legal; no series comes twice; every line ends with a line feed.
/// </summary>
internal sealed partial class PrometheusText
{
    private readonly List<MetricSample> _samples = [];
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<string, string> _helps = [];

    public IReadOnlyList<MetricSample> Samples => _samples;

    public IReadOnlyDictionary<string, string> Types => _types;

    public IReadOnlyDictionary<string, string> Helps => _helps;

    public static PrometheusText Parse(string text)
    {
        var page = new PrometheusText();
        if (!text.EndsWith('\n'))
            throw new FormatException("The last line does not end with a line feed.");
        var family = "";
        var series = new HashSet<string>();
        foreach (var line in text[..^1].Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                family = help.Groups[1].Value;
                if (!page._helps.TryAdd(family, Unescape(help.Groups[2].Value, quotes: false)))
                    throw new FormatException($"A second HELP of {family}.");
            }
            else if (TypeLine().Match(line) is { Success: true } type)
            {
                if (type.Groups[1].Value != family || !page._types.TryAdd(family, type.Groups[2].Value))
                    throw new FormatException($"TYPE out of place: {line}");
            }
            else
            {
                var sample = page.ParseSample(line);
                if (sample.Name != family || !page._types.ContainsKey(family))
                    throw new FormatException($"A sample outside its family: {line}");
                if (!series.Add(line[..line.LastIndexOf(' ')]))
                    throw new FormatException($"A series comes twice: {line}");
                page._samples.Add(sample);
            }
        }

        return page;
    }

    /// <summary>The value of the one series with this name and these labels.</summary>
    public double Value(string name, params (string Name, string Value)[] labels) =>
        _samples.Single(s => s.Name == name && labels.All(l => s.Labels.TryGetValue(l.Name, out var value) && value == l.Value)).Value;

    private MetricSample ParseSample(string line)
    {
        var match = SampleLine().Match(line);
        if (!match.Success)
            throw new FormatException($"Not a sample: {line}");
        var labels = new Dictionary<string, string>();
        for (var i = 0; i < match.Groups["label"].Captures.Count; i++)
            labels.Add(match.Groups["label"].Captures[i].Value, Unescape(match.Groups["text"].Captures[i].Value, quotes: true));
        return new MetricSample(match.Groups["name"].Value, labels, Number(match.Groups["value"].Value));
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture),
    };

    private static string Unescape(string text, bool quotes) => Escape().Replace(text, escape => escape.Value switch
    {
        @"\\" => "\\",
        @"\n" => "\n",
        "\\\"" when quotes => "\"",
        _ => throw new FormatException($"Not an escape: {escape.Value}"),
    });

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<text>([^"\\]|\\.)*)"(,(?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<text>([^"\\]|\\.)*)")*\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();
}
