using DistSeq2Seq.Protocol.Monitoring;
using Grpc.Core;
using Monitor = DistSeq2Seq.Protocol.Monitoring.Monitor;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>The run's status over gRPC (monitor.proto).</summary>
public sealed class MonitorService(StatusBoard board) : Monitor.MonitorBase
{
    /// <inheritdoc/>
    public override Task<RunStatus> GetStatus(StatusRequest request, ServerCallContext context) => Task.FromResult(board.Current);

    /// <inheritdoc/>
    public override async Task WatchStatus(StatusRequest request, IServerStreamWriter<RunStatus> responseStream, ServerCallContext context)
    {
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var next = board.NextChange;
            await responseStream.WriteAsync(board.Current, context.CancellationToken).ConfigureAwait(false);
            await next.WaitAsync(context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
