using DistSeq2Seq.Protocol.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>The coordinator's HTTP endpoints for people and tools; all of them only read.</summary>
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

    /// <summary>Ready: it takes part in a run, or has finished one.</summary>
    private static IResult Readiness(RunStatus status) => status.State is "starting"
        ? Results.Text($"not ready: {status.State}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
        : Results.Text("ready\n");
}
