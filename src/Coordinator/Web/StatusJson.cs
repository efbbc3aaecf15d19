using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>
/// A status as JSON with the field names of monitor.proto. The last one is kept, so that many viewers of one change
/// cost one serialisation.
/// </summary>
public sealed class StatusJson
{
    /// <summary>
    /// Names as in monitor.proto; a number that is none (a loss of NaN) becomes a string, as in Protobuf's JSON. What a reader of it does
    /// not know is passed over.
    /// </summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        Converters = { StateTexts.JsonNames },
        PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate, // lists of a status have no setter: a reader fills them
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
