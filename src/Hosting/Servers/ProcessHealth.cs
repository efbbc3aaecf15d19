using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DistSeq2Seq.Hosting.Servers;

/// <summary>
/// What a process says of its health by the standard gRPC service (grpc.health.v1): under the empty name that it lives, under the name of
/// each of its services whether it takes part in a run. Probes of a pod ask the first for liveness and a service for readiness.
/// </summary>
public static class ProcessHealth
{
    private const string Live = "live", Ready = "ready";

    /// <summary>How soon a client that watches hears of a change.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    /// <summary>Registers the checks.</summary>
    /// <param name="builder">The process's server.</param>
    /// <param name="services">Full names of the gRPC services that this process has.</param>
    /// <param name="whyNotReady">Null while it takes part in a run, else why not.</param>
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
