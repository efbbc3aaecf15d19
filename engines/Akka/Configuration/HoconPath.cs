using System.Text;

namespace Akka.Configuration;

/// <summary>Splits <c>a.b."c.d"</c> into its elements.</summary>
internal static class HoconPath
{
    public static List<string> Split(string path)
    {
        var elements = new List<string>();
        var current = new StringBuilder();
        var quoted = false;
        foreach (var c in path)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                elements.Add(current.ToString().Trim());
                current.Clear();
            }
            else
            {
                current.Append(c);
            }
        }

        elements.Add(current.ToString().Trim());
        return elements;
    }

    public static HoconValue Find(HoconObject root, IReadOnlyList<string> elements)
    {
        HoconValue value = root;
        foreach (var element in elements)
        {
            if (value is not HoconObject o) return null;
            value = o.Find(element);
        }

        return value;
    }
}
