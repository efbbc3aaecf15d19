using Akka.Actor;
using Akka.Event;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>Carries out what the run machine decided.</summary>
public sealed partial class CoordinatorActor
{
    private void Do(IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
            Do(effect);
        if (effects.Count > 0)
            Publish();
    }

    private void Do(Effect effect)
    {
        switch (effect)
        {
            case Effect.Tell(var worker, var message):
                if (_refs.TryGetValue(worker, out var actor))
                    actor.Tell(message);
                break;
            case Effect.RecordGeneration(var generation):
                _run.Journal.Write(new JournalEntry(generation, null, DateTimeOffset.UtcNow));
                break;
            case Effect.AbandonExchange(var generation):
                _services.Owner.Abandon(generation);
                break;
            case Effect.OwnShards(var plan):
                OwnShards(plan);
                break;
            case Effect.RecordStep(var step):
                _run.Journal.Write(step);
                _services.Board.Add(step, _machine.DigestOf(step.Step), live: true);
                break;
            case Effect.RecordValidation(var step, var loss, var tokens, var bleu):
                _run.Journal.Write(new JournalEntry(null, new JournalValidation(step, loss, tokens, bleu), DateTimeOffset.UtcNow));
                _log.Info("Step {0}: validation loss {1:F4}, perplexity {2:F2}{3}", step, loss, Math.Exp(loss), bleu is { } score
                    ? FormattableString.Invariant($", BLEU {score:F2}") : "");
                break;
            case Effect.WriteCheckpoint order:
                Write(order);
                break;
            case Effect.SeekCheckpoint(var below):
                Seek(below);
                break;
            case Effect.RecordRewind(var rewind):
                _run.Journal.Write(new JournalEntry(null, null, DateTimeOffset.UtcNow, rewind));
                _services.Checkpoints.DiscardVoid(_machine.Rewinds);
                break;
            case Effect.Finish(var reason, var code):
                End(reason, code);
                break;
            case Effect.Log(var warning, var text):
                _services.Board.Say(text);
                if (warning)
                    _log.Warning("{0}", text);
                else
                    _log.Info("{0}", text);
                break;
        }
    }

    private void OwnShards(ExchangePlan plan)
    {
        var map = new ShardMap(_admission.Layout!.Count, plan.BucketElements, plan.ChunkElements, plan.Owners.Count);
        var members = plan.Members.ToDictionary(m => m.WorkerId, m => new MicroBatchRange(m.FirstMicroBatch, m.EndMicroBatch));
        _services.Owner.Begin(new OwnerPlan(plan.Generation, 0, map, new SummationTree(plan.MicroBatches), members, plan.Wire), "", null);
    }

    private void Write(Effect.WriteCheckpoint order)
    {
        if (_machine.Workers.FirstOrDefault(w => w.Id == order.WorkerId) is not { } worker)
        {
            Self.Tell(new CheckpointWritten(order.Step, $"worker {order.WorkerId}, which kept the copy of the state, is gone", null));
            return;
        }

        var next = _run.Schedule.Locate(order.Step + 1);
        var validations = _machine.Validations.Where(v => v.Step <= order.Step)
            .Select(v => new ValidationPoint(v.Step, v.Loss, v.Tokens, Math.Exp(v.Loss)) { Bleu = v.Bleu }).ToArray();
        _services.Checkpoints
            .WriteAsync(order, worker.GrpcAddress, _admission.Layout!, _admission.Slots, next, validations,
                _machine.DescribeCourse(order.Step), _stopped.Token)
            .PipeTo(Self, Self, kept => new CheckpointWritten(order.Step, null, kept),
                e => new CheckpointWritten(order.Step, e.Message, null));
    }

    private void Seek(long below) =>
        Task.Run(() => _services.Checkpoints.Store.NewestValid(damage => _log.Warning("A damaged checkpoint is passed over: {0}", damage),
            below)?.Step ?? 0)
            .PipeTo(Self, Self, step => new CheckpointFound(step), e => new SeekFailed(e.Message));

    private void Written(CheckpointWritten written)
    {
        if (written.Kept is { } why)
            _log.Warning("The checkpoint of step {0} is written, but older ones could not be removed: {1}. That is tried again after the "
                + "next one.", written.Step, why);
        Do(_machine.CheckpointDone(written.Step, written.Failure, Now));
        AnswerCheckpoints(written);
    }
}
