using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DistSeq2Seq.Hosting.Servers;

/// <summary>
/// Reports a process's health through the standard gRPC service (grpc.health.v1). The empty service name is healthy while the process
/// lives; the name of each gRPC service is healthy while the process takes part in a run. Liveness probes of a pod ask for the empty name,
/// readiness probes for a service.
/// </summary>
public static class ProcessHealth
{
    private const string Live = "live", Ready = "ready";

    /// <summary>Longest delay before a watching client gets a change.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    /// <summary>Registers the checks.</summary>
    /// <param name="builder">The process's server.</param>
    /// <param name="services">Full names of the process's gRPC services.</param>
    /// <param name="whyNotReady">Returns null while the process takes part in a run, otherwise the reason why it does not.</param>
    public static void AddProcessHealth(this WebApplicationBuilder builder, IReadOnlyList<string> services, Func<string?> whyNotReady)
    {
        builder.Services.AddGrpcHealthChecks(health =>
        {
            health.Services.Map("", check => check.Tags.Contains(Live));
            foreach (var service in services)
                health.Services.Map(service, check => check.Tags.Contains(Ready));
        })
        .AddCheck(Live, () => HealthCheckResult.Healthy(), [Live])
        .AddCheck(Ready, () => whyNotReady() is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy(), [Ready]);
        builder.Services.Configure<HealthCheckPublisherOptions>(publisher => (publisher.Delay, publisher.Period) =
            (TimeSpan.Zero, WatchInterval));
    }
}
