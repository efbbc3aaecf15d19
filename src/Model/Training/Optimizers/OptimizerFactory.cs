using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>Makes the optimizer that a configuration names.</summary>
public static class OptimizerFactory
{
    /// <summary>A new optimizer.</summary>
    /// <param name="configuration">Which one, and its constants.</param>
    /// <param name="elements">P, the elements of the flat parameters.</param>
    public static IOptimizer Create(OptimizerConfiguration configuration, int elements) => configuration.Name switch
    {
        OptimizerKind.Adam => new AdamOptimizer(elements, configuration.Beta1, configuration.Beta2, configuration.Epsilon),
        OptimizerKind.Adamw => new AdamOptimizer(elements, configuration.Beta1, configuration.Beta2, configuration.Epsilon,
            configuration.WeightDecay),
        OptimizerKind.Sgd => new SgdOptimizer(elements, configuration.Momentum, configuration.Nesterov),
        OptimizerKind.Rmsprop => new RmsPropOptimizer(elements, configuration.Decay, configuration.Epsilon, configuration.Momentum),
        OptimizerKind.Adagrad => new AdagradOptimizer(elements, configuration.Epsilon, configuration.InitialAccumulator),
        OptimizerKind.Adadelta => new AdadeltaOptimizer(elements, configuration.Decay, configuration.Epsilon),
        _ => throw new ArgumentOutOfRangeException(nameof(configuration), configuration.Name, "no such optimizer"),
    };
}
