using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Configuration;

/// <summary>Writes configurations: the effective one into the run folder, the documented one into <c>examples/reference.yaml</c>.</summary>
public static class ConfigurationWriter
{
    /// <summary>Every key with its value, as YAML that <see cref="ConfigurationReader"/> reads back to an equal record.</summary>
    public static string ToYaml(RunConfiguration configuration)
    {
        var text = new StringBuilder();
        WriteSection(text, configuration, "", documented: false);
        return text.ToString();
    }

    /// <summary>Every key with its default and, above it, what it means and which values it takes.</summary>
    public static string Reference()
    {
        var text = new StringBuilder("# Every key of a run's configuration, with its default value. Keys left out of a file keep these "
            + "values.\n# Written by the project itself (a test compares); override on the command line with --set a.b=c.\n");
        WriteSection(text, new RunConfiguration(), "", documented: true);
        return text.ToString();
    }

    /// <summary>
    /// The keys whose values differ although a resumed run must keep them, each with the old and the new value.
    /// </summary>
    public static IReadOnlyList<string> ForbiddenChanges(RunConfiguration before, RunConfiguration after) =>
        [.. SettingSchema.Flatten(before).Zip(SettingSchema.Flatten(after))
            .Where(pair => !pair.First.Setting.MayChangeOnResume && !Equals(pair.First.Value, pair.Second.Value))
            .Select(pair => $"{pair.First.Key} was {Scalar(pair.First.Value)}, is {Scalar(pair.Second.Value)}")];

    private static void WriteSection(StringBuilder text, object section, string indent, bool documented)
    {
        foreach (var key in SettingSchema.KeysOf(section.GetType()))
        {
            var value = key.Property.GetValue(section)!;
            if (documented)
            {
                if (indent.Length == 0)
                    text.Append('\n');
                var mayChange = key.Setting.MayChangeOnResume && !key.IsSection ? " May change on resume." : "";
                text.Append(CultureInfo.InvariantCulture, $"{indent}# {key.Setting.Description}{mayChange}\n");
            }

            if (key.IsSection)
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}{key.Name}:\n");
                WriteSection(text, value, indent + "  ", documented);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}{key.Name}: {Scalar(value)}\n");
            }
        }
    }

    private static string Scalar(object value) => value switch
    {
        string s => Quote(s),
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        Enum e => SettingSchema.SnakeCase(e.ToString()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') && char.IsAsciiLetter(text[0])
        && text is not ("true" or "false" or "null")
            ? text
            : $"\"{string.Concat(text.Select(Escape))}\"";

    /// <summary>
    /// Escapes a character for a double-quoted YAML string (YAML 1.2, section 5.7). Characters that could break a line become their
    /// numbers.
    /// </summary>
    private static string Escape(char c) => c switch
    {
        '\\' or '"' => $"\\{c}",
        '\n' => "\\n",
        '\t' => "\\t",
        _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
        _ => c.ToString(),
    };
}
