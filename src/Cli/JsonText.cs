using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DistSeq2Seq.Cli;

/// <summary>JSON for standard output.</summary>
internal static class JsonText
{
    // Sentences and labels stay readable; the text is not put into a web page.
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints an object.</summary>
    public static void Write(TextWriter output, JsonObject content) => output.WriteLine(content.ToJsonString(Options));

    /// <summary>A number; null where it is not finite, which JSON has no word for.</summary>
    public static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
