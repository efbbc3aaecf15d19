using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Model.Data.Text;

namespace DistSeq2Seq.Model.Data;

/// <summary>
/// The form of the JSON files in prepared folders: snake_case names, indented, unknown members refused, text unescaped.
/// </summary>
internal static class DataJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The text of a JSON file.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options) + "\n";

    /// <summary>Reads a JSON file.</summary>
    /// <exception cref="DataException">It is missing or has another form.</exception>
    public static T Read<T>(string path, string what)
        where T : class
    {
        InputFile.Look(path);
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options)
                ?? throw new DataException($"{path}: not {what}: the file says null.");
        }
        catch (JsonException error)
        {
            throw new DataException($"{path}: not {what}: {error.Message}", error);
        }
    }
}
