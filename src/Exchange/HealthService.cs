using DistSeq2Seq.Protocol.Health;
using Grpc.Core;
using static DistSeq2Seq.Protocol.Health.HealthCheckResponse.Types;

namespace DistSeq2Seq.Exchange;

/// <summary>The standard gRPC health service (grpc.health.v1): the process as a whole under the empty name, and each service it has.</summary>
public sealed class HealthService : Health.HealthBase
{
    private static readonly HashSet<string> Known = ["", "distseq2seq.exchange.Exchange", "distseq2seq.monitor.Monitor"];

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        Known.Contains(request.Service)
            ? Task.FromResult(new HealthCheckResponse { Status = ServingStatus.Serving })
            : throw new RpcException(new Status(StatusCode.NotFound, $"no service {request.Service} here"));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // The protocol: answer at once, then again at every change. While this process lives there is none.
        var status = Known.Contains(request.Service) ? ServingStatus.Serving : ServingStatus.ServiceUnknown;
        await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
