using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>
/// Serialises a status as JSON with the field names of monitor.proto. The last result is kept, so that one serialisation serves many
/// viewers of the same status.
/// </summary>
public sealed class StatusJson
{
    /// <summary>
    /// Names are as in monitor.proto. NaN and infinities become strings, as in Protobuf's JSON. Reading ignores unknown fields.
    /// </summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        Converters = { StateTexts.JsonNames },
        PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate, // lists of a status have no setter: the reader fills them
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private volatile Entry? _last;

    /// <summary>The status as UTF-8, one line.</summary>
    public ReadOnlyMemory<byte> Of(RunStatus status)
    {
        var last = _last;
        if (last is null || !ReferenceEquals(last.Status, status))
            _last = last = new Entry(status, JsonSerializer.SerializeToUtf8Bytes(status, Options));
        return last.Utf8;
    }

    private sealed record Entry(RunStatus Status, byte[] Utf8);
}
