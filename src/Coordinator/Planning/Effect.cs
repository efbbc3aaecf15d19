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

    /// <summary>Own the shards of this generation (star topology).</summary>
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

    /// <summary>Find the newest valid checkpoint of a step below this one, and report it to the state machine.</summary>
    public sealed record SeekCheckpoint(long Below) : Effect;

    /// <summary>Make a rewind durable before any worker hears of it, and remove the checkpoints that it makes void.</summary>
    public sealed record RecordRewind(Rewind Rewind) : Effect;

    /// <summary>End the run.</summary>
    public sealed record Finish(string Reason, int ExitCode) : Effect;

    /// <summary>Write a line to the log.</summary>
    public sealed record Log(bool Warning, string Text) : Effect;
}

/// <summary>A step that every member has applied.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">Index of the global batch in the epoch, from 0.</param>
/// <param name="LossSum">Sum of the losses of the target tokens in the reported micro-batches, in nats.</param>
/// <param name="Tokens">Target tokens of the reported micro-batches.</param>
/// <param name="GradientNorm">Norm before clipping.</param>
/// <param name="Skipped">Whether nothing was applied because the gradient was not finite.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="Generation">Generation of the membership that committed the step.</param>
public sealed record CommittedStep(
    long Step, int Epoch, int Batch, double LossSum, long Tokens, double GradientNorm, bool Skipped, double LearningRate, long Generation);
