using System.Runtime.ExceptionServices;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Async handlers: while one waits, system messages are handled and user messages wait.</summary>
internal sealed partial class ActorCell
{
    private ActorTaskScheduler _taskScheduler;
    private object _operation;

    /// <summary>The message whose handler waits.</summary>
    public Envelope AsyncEnvelope { get; private set; }

    private ActorTaskScheduler Tasks => _taskScheduler ??= new ActorTaskScheduler(this);

    public void RunAsync(Func<Task> handler)
    {
        var operation = new object();
        var envelope = _envelope;
        AsyncEnvelope = envelope;
        var outer = new Task<Task>(handler);
        outer.RunSynchronously(Tasks);
        var task = outer.IsCompletedSuccessfully ? outer.Result ?? Task.CompletedTask : outer;
        if (task.IsCompleted)
        {
            if (Error(task) is { } error) ExceptionDispatchInfo.Throw(error);
            return;
        }

        _operation = operation;
        task.ContinueWith(
            t => SendSystemMessage(new AsyncCompleted(operation, envelope, Error(t))),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private static Exception Error(Task task)
    {
        if (task.IsCanceled) return new TaskCanceledException(task);
        return task.Exception is { } error ? error.InnerException ?? error : null;
    }

    private void CompleteAsync(AsyncCompleted completed)
    {
        if (!ReferenceEquals(completed.Operation, _operation)) return;
        _operation = null;
        _envelope = completed.Envelope;
        CheckReceiveTimeout();
        if (completed.Cause != null) Fail(completed.Cause);
    }
}
