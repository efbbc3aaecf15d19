using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>
/// Builds a page of metrics in Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
/// </summary>
public sealed class MetricsText
{
    /// <summary>The content type that the format asks for.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _family = "";

    /// <summary>Begins a gauge: a value that may go up and down. Add its samples next.</summary>
    public MetricsText Gauge(string name, string help) => Begin(name, help, "gauge");

    /// <summary>Begins a counter, which only grows until the process restarts; its name ends in <c>_total</c>.</summary>
    public MetricsText Counter(string name, string help) => Begin(name, help, "counter");

    /// <summary>Adds a sample to the family begun last.</summary>
    public MetricsText Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_family);
        for (var i = 0; i < labels.Length; i++)
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(EscapeLabel(labels[i].Value)).Append('"');
        if (labels.Length > 0)
            _text.Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
        return this;
    }

    /// <summary>The page so far.</summary>
    public override string ToString() => _text.ToString();

    private MetricsText Begin(string name, string help, string type)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", @"\\").Replace("\n", @"\n")).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private static string EscapeLabel(string value) => value.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n");

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
