using System.Globalization;
using System.Security;
using System.Text;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Translate.Attention;

/// <summary>Attention as a heat map in SVG 1.1: source tokens above, target tokens at the left, the darker the more weight.</summary>
internal static class HeatMap
{
    /// <summary>Cells with less weight are left out: they would look white, and long sentences have millions of them.</summary>
    private const float LeastVisible = 0.005f;

    private const int Cell = 22;
    private const int FontSize = 13;
    private const int Gap = 6;
    private const int LongestLabel = 30;

    /// <summary>About the width of a letter of the font, in font sizes.</summary>
    private const double LetterWidth = 0.62;

    /// <summary>Draws a heat map; every cell's title says its weight.</summary>
    public static string ToSvg(AttentionMatrix attention)
    {
        var (columns, rows) = (attention.Source.Count, attention.Target.Count);
        int left = LabelRoom(attention.Target), top = LabelRoom(attention.Source);
        int width = left + (columns * Cell) + Gap, height = top + (rows * Cell) + Gap;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" "
            + $"font-family=\"sans-serif\" font-size=\"{FontSize}\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        for (var column = 0; column < columns; column++)
        {
            var x = left + (column * Cell) + (Cell / 2.0) + (FontSize / 3.0);
            svg.Append(CultureInfo.InvariantCulture,
                $"<text transform=\"translate({x:0.#} {top - Gap}) rotate(-90)\">{Label(attention.Source[column])}</text>\n");
        }

        for (var row = 0; row < rows; row++)
        {
            var y = top + (row * Cell) + (Cell / 2.0) + (FontSize / 3.0);
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{left - Gap}\" y=\"{y:0.#}\" text-anchor=\"end\">{Label(attention.Target[row])}</text>\n");
            for (var column = 0; column < columns; column++)
                Append(svg, attention, row, column, left, top);
        }

        svg.Append(CultureInfo.InvariantCulture,
            $"<rect x=\"{left}\" y=\"{top}\" width=\"{columns * Cell}\" height=\"{rows * Cell}\" fill=\"none\" "
            + $"stroke=\"#999\"/>\n</svg>\n");
        return svg.ToString();
    }

    private static void Append(StringBuilder svg, AttentionMatrix attention, int row, int column, int left, int top)
    {
        var weight = attention.Weights[row][column];
        if (!(weight >= LeastVisible))
            return;
        svg.Append(CultureInfo.InvariantCulture,
            $"<rect x=\"{left + (column * Cell)}\" y=\"{top + (row * Cell)}\" width=\"{Cell}\" height=\"{Cell}\" fill=\"#08306b\" "
            + $"fill-opacity=\"{weight:0.###}\">");
        svg.Append(CultureInfo.InvariantCulture,
            $"<title>{Label(attention.Target[row])} / {Label(attention.Source[column])}: {weight:0.000}</title></rect>\n");
    }

    private static int LabelRoom(IReadOnlyList<string> labels) =>
        (2 * Gap) + (int)Math.Ceiling(labels.Max(label => Columns(Shorten(label))) * FontSize * LetterWidth);

    /// <summary>Letters as wide as Latin ones; those of East Asia and pictures count twice.</summary>
    private static int Columns(string label) => label.EnumerateRunes().Sum(rune => rune.Value >= 0x1100 ? 2 : 1);

    private static string Label(string token) => SecurityElement.Escape(Shorten(token));

    // XML 1.0 has no way to say control characters and lone surrogates.
    private static string Shorten(string token)
    {
        var runes = token.EnumerateRunes().Select(rune => Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF
            ? new Rune('\uFFFD')
            : rune).ToArray();
        return string.Concat(runes.Length <= LongestLabel
            ? runes.Select(r => r.ToString())
            : [.. runes.Take(LongestLabel - 1).Select(r => r.ToString()), "…"]);
    }
}
