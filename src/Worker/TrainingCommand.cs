using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Worker;

/// <summary>What the training thread is asked to do, in order.</summary>
internal abstract record TrainingCommand
{
    /// <summary>Map the corpus and build the model.</summary>
    public sealed record Prepare(Welcome Run) : TrainingCommand;

    /// <summary>Give up what belongs to older generations, then say where the replica is.</summary>
    public sealed record Quiesce(long Generation) : TrainingCommand;

    /// <summary>Take over the common state and open the exchange.</summary>
    public sealed record Synchronize(ExchangePlan Plan) : TrainingCommand;

    /// <summary>Take a step.</summary>
    public sealed record Step(StepPlan Plan) : TrainingCommand;

    /// <summary>Compute validation losses.</summary>
    public sealed record Validate(ValidationPlan Plan) : TrainingCommand;
}
