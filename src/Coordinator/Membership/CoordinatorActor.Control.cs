using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>Orders of people: pause, resume, checkpoint, stop.</summary>
public sealed partial class CoordinatorActor
{
    private readonly List<(long Step, TaskCompletionSource<ControlReply> Answer)> _awaitedCheckpoints = [];

    private void Obey(RunControl.Request request)
    {
        if (_machine.Phase == RunPhase.Finished || _terminating)
        {
            request.Answer.TrySetException(new ControlException(_terminating
                ? "the run has been asked to stop already"
                : "the run is finished"));
            return;
        }

        switch (request.Action)
        {
            case ControlAction.Pause:
                Do(_machine.Pause());
                Answer(request, "pauses once the steps that are planned are taken; resume lets it go on");
                break;
            case ControlAction.Resume:
                Do(_machine.Resume(Now));
                Answer(request, $"goes on behind step {_machine.Committed}");
                break;
            case ControlAction.Checkpoint:
                var (step, effects) = _machine.AskCheckpoint();
                _awaitedCheckpoints.Add((step, request.Answer));
                Do(effects);
                AnswerCheckpoints(null);
                break;
            case ControlAction.Stop:
                StopRun();
                Answer(request, "writes a checkpoint and ends; the same command goes on from there");
                break;
        }

        Publish();
    }

    private void Answer(RunControl.Request request, string message) =>
        request.Answer.TrySetResult(new ControlReply { Step = _machine.Committed, Message = message });

    /// <summary>Answers those who wait for a checkpoint. A checkpoint of a later step answers them, too.</summary>
    /// <param name="written">The checkpoint that was just written, or could not be written; null for none.</param>
    private void AnswerCheckpoints(CheckpointWritten? written)
    {
        foreach (var (step, answer) in _awaitedCheckpoints)
        {
            if (step <= _machine.LastCheckpoint)
                answer.TrySetResult(new ControlReply
                {
                    Step = _machine.LastCheckpoint,
                    Message = $"the checkpoint of step {_machine.LastCheckpoint} is written",
                });
            else if (written?.Failure is { } failure && step == written.Step)
                answer.TrySetException(new ControlException($"the checkpoint of step {step} could not be written: {failure}"));
        }

        _awaitedCheckpoints.RemoveAll(a => a.Answer.Task.IsCompleted);
    }

    private void RefuseWaiting()
    {
        foreach (var (_, answer) in _awaitedCheckpoints)
            answer.TrySetException(new ControlException("the run ended before its next checkpoint"));
    }
}
