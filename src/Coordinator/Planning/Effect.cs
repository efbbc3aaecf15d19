using DistSeq2Seq.Protocol.Cluster;
using Google.Protobuf;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>An action that the state machine asks for. The actor carries actions out in order.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Send a message to a worker.</summary>
    public sealed record Tell(string WorkerId, IMessage Message) : Effect;

    /// <summary>Make a generation durable before any worker hears of it.</summary>
    public sealed record RecordGeneration(long Generation) : Effect;

    /// <summary>Refuse exchange streams of older generations.</summary>
    public sealed record AbandonExchange(long Generation) : Effect;

    /// <summary>Own shards of this generation (star).</summary>
    public sealed record OwnShards(ExchangePlan Plan) : Effect;

    /// <summary>Enter a committed step into the ledger.</summary>
    public sealed record RecordStep(CommittedStep Step) : Effect;

    /// <summary>Enter a validation into the journal.</summary>
    public sealed record RecordValidation(long Step, double Loss, long Tokens, double? Bleu = null) : Effect;

    /// <summary>Fetch the state of a step from a worker and write it down.</summary>
    /// <param name="Step">Of the state.</param>
    /// <param name="WorkerId">The worker that keeps the copy.</param>
    /// <param name="ReplicaDigest">What it must be; empty while unknown.</param>
    /// <param name="Taken">The figures of that very step; null where this process has not seen it.</param>
    /// <param name="History">How often the run has gone back before.</param>
    public sealed record WriteCheckpoint(long Step, string WorkerId, string ReplicaDigest, CommittedStep? Taken = null, int History = 0)
        : Effect;

    /// <summary>Look for the newest checkpoint of a step below this one that verifies, and tell of it.</summary>
    public sealed record SeekCheckpoint(long Below) : Effect;

    /// <summary>Make a rewind durable before any worker hears of it, and remove the checkpoints that it makes void.</summary>
    public sealed record RecordRewind(Rewind Rewind) : Effect;

    /// <summary>The training is over.</summary>
    public sealed record Finish(string Reason, int ExitCode) : Effect;

    /// <summary>Say something in the log.</summary>
    public sealed record Log(bool Warning, string Text) : Effect;
}

/// <summary>A step that every member has applied.</summary>
/// <param name="Step">The first is 1.</param>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">From 0.</param>
/// <param name="LossSum">Nats, over target tokens, of the micro-batches reported.</param>
/// <param name="Tokens">Target tokens of the micro-batches reported.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Skipped">Nothing was applied: the gradient was not finite.</param>
/// <param name="LearningRate">Step size.</param>
/// <param name="Generation">Membership that took it.</param>
public sealed record CommittedStep(
    long Step, int Epoch, int Batch, double LossSum, long Tokens, double GradientNorm, bool Skipped, double LearningRate, long Generation);
