using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Coordinator.Hosting;

/// <summary>How a coordinator process ends. The first call decides; later ones change nothing.</summary>
/// <param name="exitWhenFinished">Whether success ends the process; else it goes on to show the finished run.</param>
internal sealed class CoordinatorEnd(bool exitWhenFinished)
{
    private readonly TaskCompletionSource<(int, bool)> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// The exit code (<see cref="ExitCodes"/>), once the process is to end, and whether the actor or its system ended before anything
    /// else ended the process.
    /// </summary>
    public Task<(int Code, bool ActorFailed)> Task => _end.Task;

    /// <summary>Ends the process with a code.</summary>
    public void Exit(int code)
    {
        if (exitWhenFinished || code != ExitCodes.Success)
            _end.TrySetResult((code, false));
    }

    /// <summary>
    /// The actor or its system has ended. If nothing has ended the process before, it failed. It is not built anew, because the values
    /// that it would start from are out of date.
    /// </summary>
    public void ActorEnded() => _end.TrySetResult((ExitCodes.Failure, true));
}
