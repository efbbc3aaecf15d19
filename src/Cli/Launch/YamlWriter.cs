using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>Writes JSON nodes as YAML: texts of several lines as blocks, and quotes wherever a reader could mistake a text.</summary>
public static partial class YamlWriter
{
    /// <summary>The objects as one stream of documents parted by <c>---</c>, ready for <c>kubectl apply -f -</c>.</summary>
    public static string Write(IEnumerable<KubernetesObject> objects) =>
        string.Join("---\n", objects.Select(item => Write(item.Json)));

    /// <summary>One document, with a newline at its end.</summary>
    public static string Write(JsonNode node)
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        // Without a width limit the emitter would fold long texts, which is right but hard to read and to compare.
        var emitter = new Emitter(writer, EmitterSettings.Default.WithBestWidth(int.MaxValue).WithNewLine("\n"));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(true));
        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject mapping:
                emitter.Emit(new MappingStart(default, default, true,
                    mapping.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in mapping)
                {
                    EmitText(emitter, key);
                    Emit(emitter, value);
                }
                emitter.Emit(new MappingEnd());
                break;
            case JsonArray sequence:
                emitter.Emit(new SequenceStart(default, default, true,
                    sequence.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in sequence)
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                EmitText(emitter, value.GetValue<string>());
                break;
            default:
                emitter.Emit(new Scalar(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static void EmitText(Emitter emitter, string text)
    {
        var style = PlainText().IsMatch(text) && !YamlReader.NeedsQuotes(text)
            ? ScalarStyle.Plain
            : BlockText().IsMatch(text) ? ScalarStyle.Literal
            : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(default, default, text, style, style == ScalarStyle.Plain, style != ScalarStyle.Plain));
    }

    // Digits first would be right too, where they make no number, but few readers of the YAML would know.
    [GeneratedRegex(@"^(--)?[A-Za-z/$]([A-Za-z0-9_./$()=:-]*[A-Za-z0-9_./$()=-])?\z")]
    private static partial Regex PlainText();

    // Several lines of which the first starts with a visible character, none ends in a blank, and exactly one newline
    // ends the last: then every YAML reader takes the same text from a literal block.
    [GeneratedRegex(@"^[^\s\p{C}](([^\p{C}\p{Zl}\p{Zp}\u0085\ufeff]*[^\s\p{C}])?\n)+\z")]
    private static partial Regex BlockText();
}
