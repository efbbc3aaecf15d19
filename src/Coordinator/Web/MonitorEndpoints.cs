using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>The coordinator's HTTP endpoints for people and tools. They are read-only.</summary>
public static class MonitorEndpoints
{
    /// <summary>Maps the page, <c>/api/status</c>, <c>/api/events</c>, <c>/metrics</c> and <c>/healthz/*</c>.</summary>
    public static void Map(WebApplication app, IStatusSource source)
    {
        var json = new StatusJson();
        var events = new EventStream(source, json);
        app.MapGet("/api/status", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return Results.Bytes(json.Of(source.Current), "application/json; charset=utf-8");
        });
        app.MapGet("/api/events", (HttpContext context) => events.ServeAsync(context, app.Lifetime.ApplicationStopping));
        app.MapGet("/metrics", () => Results.Text(RunMetrics.Render(source.Current), MetricsText.ContentType));
        app.MapGet("/healthz/live", () => Results.Text("live\n"));
        app.MapGet("/healthz/ready", () => Readiness(source.Current));
        PageFiles.Map(app);
    }

    /// <summary>Null while the coordinator takes part in a run or has finished one; otherwise the reason why it is not ready.</summary>
    public static string? WhyNotReady(RunStatus status) => status.State == RunStatus.Types.State.Starting ? status.State.Name() : null;

    private static IResult Readiness(RunStatus status) => WhyNotReady(status) is { } reason
        ? Results.Text($"not ready: {reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
        : Results.Text("ready\n");
}
