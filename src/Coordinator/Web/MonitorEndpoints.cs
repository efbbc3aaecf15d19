using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Protocol.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>The coordinator's HTTP endpoints for people and tools.</summary>
public static class MonitorEndpoints
{
    /// <summary>JSON of the status: the field names of monitor.proto.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Maps the endpoints.</summary>
    public static void Map(WebApplication app, StatusBoard board)
    {
        app.MapGet("/api/status", () => Results.Json(board.Current, Json));
        app.MapGet("/healthz/live", () => Results.Text("live\n"));
        app.MapGet("/healthz/ready", () => IsReady(board.Current) ? Results.Text("ready\n") : Results.Text($"not ready: {board.Current.State}\n", statusCode: 503));
    }

    /// <summary>Ready: it takes part in a run, or has finished one.</summary>
    private static bool IsReady(RunStatus status) => status.State is not "starting";
}
