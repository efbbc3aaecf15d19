using DistSeq2Seq.Protocol.Monitoring;
using Grpc.Core;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Requests of people to a run, over gRPC (monitor.proto).</summary>
public sealed class ControlService(RunControl control) : Control.ControlBase
{
    /// <inheritdoc/>
    public override Task<ControlReply> Pause(ControlRequest request, ServerCallContext context) => AskAsync(ControlAction.Pause, context);

    /// <inheritdoc/>
    public override Task<ControlReply> Resume(ControlRequest request, ServerCallContext context) => AskAsync(ControlAction.Resume, context);

    /// <inheritdoc/>
    public override Task<ControlReply> Checkpoint(ControlRequest request, ServerCallContext context) =>
        AskAsync(ControlAction.Checkpoint, context);

    /// <inheritdoc/>
    public override Task<ControlReply> Stop(ControlRequest request, ServerCallContext context) => AskAsync(ControlAction.Stop, context);

    private async Task<ControlReply> AskAsync(ControlAction action, ServerCallContext context)
    {
        try
        {
            return await control.AskAsync(action, context.CancellationToken).ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
    }
}
