using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Reads and writes <c>state.json</c>. Doubles survive exactly, infinities and NaN included.</summary>
internal static class StateFile
{
    public const string Name = "state.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // A field that this build does not know may matter to an exact resume, so it is refused rather than lost.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    public static byte[] Render(CheckpointState state) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(state, Options), (byte)'\n'];

    /// <exception cref="CheckpointException">The bytes are not a state of the form that this build reads.</exception>
    public static CheckpointState Parse(string path, ReadOnlySpan<byte> json)
    {
        try
        {
            using (var document = JsonDocument.Parse(json.ToArray()))
                CheckFormat(path, document.RootElement);
            return JsonSerializer.Deserialize<CheckpointState>(json, Options)
                ?? throw new CheckpointException(path, "holds null instead of a checkpoint's state");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(path, $"is not the state of a checkpoint: {e.Message}", e);
        }
    }

    private static void CheckFormat(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format)
            || !format.TryGetInt32(out var number))
        {
            throw new CheckpointException(path, "has no number 'format': it is not the state of a checkpoint");
        }
        if (number != CheckpointState.CurrentFormat)
        {
            throw new CheckpointException(path, $"is of format {number}; this build reads format "
                + $"{CheckpointState.CurrentFormat}. Use the version of the program that wrote it.");
        }
    }
}
