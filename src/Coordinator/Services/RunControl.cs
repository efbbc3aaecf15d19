using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>The orders that a run takes.</summary>
public enum ControlAction
{
    /// <summary>Plan no further steps.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Write a checkpoint.</summary>
    Checkpoint,

    /// <summary>Write a checkpoint, then end the run.</summary>
    Stop,
}

/// <summary>Passes clients' requests to the actor. The server starts before the actor, so early requests are refused.</summary>
public sealed class RunControl
{
    private volatile Action<Request>? _receiver;

    /// <summary>Sends later requests to <paramref name="receiver"/>.</summary>
    public void Attach(Action<Request> receiver) => _receiver = receiver;

    /// <summary>Sends a request to the run and waits for the reply.</summary>
    /// <exception cref="ControlException">The run cannot do it.</exception>
    public Task<ControlReply> AskAsync(ControlAction action, CancellationToken cancellation)
    {
        if (_receiver is not { } receiver)
            throw new ControlException("the coordinator is still starting; ask again in a moment");
        var request = new Request(action, new TaskCompletionSource<ControlReply>(TaskCreationOptions.RunContinuationsAsynchronously));
        receiver(request);
        return request.Answer.Task.WaitAsync(cancellation);
    }

    /// <param name="Action">The order.</param>
    /// <param name="Answer">To be completed.</param>
    public sealed record Request(ControlAction Action, TaskCompletionSource<ControlReply> Answer);
}

/// <summary>A run cannot do what a request asks for; the message says why.</summary>
public sealed class ControlException(string reason) : Exception(reason);
