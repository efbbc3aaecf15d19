using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Worker.Training;

/// <summary>An order to the training thread, which carries out its orders in turn.</summary>
/// <param name="Work">The work in a few words, for messages about its failure.</param>
/// <param name="Generation">The generation that the order belongs to: it is void in another. Null for an order outside of
/// generations.</param>
internal abstract record TrainingCommand(string Work, long? Generation)
{
    /// <summary>Map the corpus and build the model.</summary>
    public sealed record Prepare(Welcome Run) : TrainingCommand("preparing the run", null);

    /// <summary>Give up everything of older generations, then report the replica's position.</summary>
    public sealed record Quiesce(long Newest) : TrainingCommand($"regrouping for generation {Newest}", Newest);

    /// <summary>Take over the common state and open the exchange.</summary>
    public sealed record Synchronize(ExchangePlan Plan) : TrainingCommand($"taking over the state of step {Plan.Step}", Plan.Generation);

    /// <summary>Take a step.</summary>
    public sealed record Step(StepPlan Plan) : TrainingCommand($"step {Plan.Step}", Plan.Generation);

    /// <summary>Compute validation losses.</summary>
    public sealed record Validate(ValidationPlan Plan) : TrainingCommand($"the validation after step {Plan.Step}", Plan.Generation);
}
