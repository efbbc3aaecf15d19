using System.Globalization;
using System.Text;

namespace Akka.Configuration;

/// <summary>An immutable tree of settings. Paths are dotted; an element that holds a dot stands in quotes.</summary>
public class Config
{
    internal static readonly Config Empty = new(new HoconObject());

    internal Config(HoconObject root) => Root = root;

    internal HoconObject Root { get; }

    /// <summary>Whether there is no key at all.</summary>
    public virtual bool IsEmpty => Root.Fields.Count == 0;

    /// <summary>This configuration, with <paramref name="fallback"/>'s values where this one has none.</summary>
    public virtual Config WithFallback(Config fallback) =>
        fallback == null || fallback.IsEmpty ? this : new Config(fallback.Root.MergedWith(Root));

    /// <summary>Whether a value stands at the path.</summary>
    public virtual bool HasPath(string path) => Find(path) != null;

    /// <summary>The object at the path as a configuration; empty if there is none.</summary>
    public virtual Config GetConfig(string path) => Find(path) is HoconObject o ? new Config(o) : Empty;

    /// <summary>Text at the path, or the default.</summary>
    public virtual string GetString(string path, string @default = null)
    {
        return Find(path) is HoconLiteral literal && !IsNull(literal) ? literal.Text : @default;
    }

    /// <summary>A whole number, or the default.</summary>
    /// <exception cref="ConfigurationException">The value is no whole number.</exception>
    public virtual int GetInt(string path, int @default = 0) => checked((int)GetLong(path, @default));

    /// <summary>A whole number of 64 bits, or the default.</summary>
    /// <exception cref="ConfigurationException">The value is no whole number.</exception>
    public virtual long GetLong(string path, long @default = 0)
    {
        var text = GetString(path);
        if (text == null) return @default;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ConfigurationException($"Configuration: '{path}' is '{text}', which is no whole number.");
    }

    /// <summary>A number, or the default.</summary>
    /// <exception cref="ConfigurationException">The value is no number.</exception>
    public virtual double GetDouble(string path, double @default = 0)
    {
        var text = GetString(path);
        if (text == null) return @default;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ConfigurationException($"Configuration: '{path}' is '{text}', which is no number.");
    }

    /// <summary><c>on</c>, <c>true</c>, <c>yes</c> or their opposites, or the default.</summary>
    /// <exception cref="ConfigurationException">The value is none of these.</exception>
    public virtual bool GetBoolean(string path, bool @default = false)
    {
        var text = GetString(path);
        return text?.ToLowerInvariant() switch
        {
            null => @default,
            "on" or "true" or "yes" => true,
            "off" or "false" or "no" => false,
            _ => throw new ConfigurationException($"Configuration: '{path}' is '{text}'. Write 'on' or 'off'."),
        };
    }

    /// <summary>A duration such as <c>500ms</c> or <c>5 s</c>, or the default (zero if none is given).</summary>
    /// <exception cref="ConfigurationException">The value is no duration.</exception>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true)
    {
        var text = GetString(path);
        return text == null ? @default.GetValueOrDefault() : HoconUnits.Duration(path, text, allowInfinite);
    }

    /// <summary>A size in bytes, such as <c>128000b</c>, or the default.</summary>
    /// <exception cref="ConfigurationException">The value is no size.</exception>
    public virtual long? GetByteSize(string path, long? @default = null)
    {
        var text = GetString(path);
        return text == null ? @default : HoconUnits.Bytes(path, text);
    }

    /// <summary>A list of texts; empty if there is none at the path.</summary>
    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    /// <summary>A list of texts, or the default.</summary>
    public virtual IList<string> GetStringList(string path, string[] defaultPaths)
    {
        return Find(path) is HoconArray array
            ? array.Items.OfType<HoconLiteral>().Select(l => l.Text).ToList()
            : defaultPaths.ToList();
    }

    /// <summary>The configuration as HOCON.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, Root, 0);
        return text.ToString();
    }

    internal IEnumerable<KeyValuePair<string, string>> Texts() =>
        from field in Root.Fields
        where field.Value is HoconLiteral
        select new KeyValuePair<string, string>(field.Key, ((HoconLiteral)field.Value).Text);

    private static bool IsNull(HoconLiteral literal) => !literal.Quoted && literal.Text == "null";

    private static void Write(StringBuilder text, HoconValue value, int depth)
    {
        switch (value)
        {
            case HoconObject o:
                foreach (var (key, field) in o.Fields)
                {
                    text.Append(' ', 2 * depth).Append('"').Append(key).Append("\" ");
                    text.Append(field is HoconObject ? "{\n" : "= ");
                    Write(text, field, depth + 1);
                    if (field is HoconObject) text.Append(' ', 2 * depth).Append('}');
                    text.Append('\n');
                }

                break;
            case HoconArray a:
                text.Append('[');
                for (var i = 0; i < a.Items.Count; i++)
                {
                    if (i > 0) text.Append(", ");
                    Write(text, a.Items[i], depth);
                }

                text.Append(']');
                break;
            case HoconLiteral l:
                var escaped = l.Text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
                text.Append('"').Append(escaped).Append('"');
                break;
        }
    }

    private HoconValue Find(string path) => HoconPath.Find(Root, HoconPath.Split(path));
}
