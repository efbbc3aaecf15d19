using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol.Exchange;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>The part of the configuration that the state machine uses.</summary>
public sealed record RunOptions
{
    /// <summary>Minimum number of members.</summary>
    public required int MinWorkers { get; init; }

    /// <summary>Maximum number of members.</summary>
    public required int MaxWorkers { get; init; }

    /// <summary>Micro-batches of a step.</summary>
    public required int MicroBatches { get; init; }

    /// <summary>Steps planned ahead of the slowest member.</summary>
    public required int PlanAhead { get; init; }

    /// <summary>Which processes finish sums.</summary>
    public required Topology Topology { get; init; }

    /// <summary>Elements of a bucket.</summary>
    public required long BucketElements { get; init; }

    /// <summary>Elements of a chunk.</summary>
    public required int ChunkElements { get; init; }

    /// <summary>Type of the gradients' elements on the network.</summary>
    public ElementType Wire { get; init; }

    /// <summary>Learning rate, validations and length of the training.</summary>
    public required TrainingConfiguration Training { get; init; }

    /// <summary>Pieces of the validation split; 0 for none.</summary>
    public required int ValidationPieces { get; init; }

    /// <summary>Length between checkpoints; 0 for checkpoints after each epoch only.</summary>
    public required TrainingSpan CheckpointEvery { get; init; }

    /// <summary>Silence after which a worker counts as lost.</summary>
    public required TimeSpan HeartbeatTimeout { get; init; }

    /// <summary>Time without any report after which a step counts as stuck.</summary>
    public required TimeSpan StepTimeout { get; init; }

    /// <summary>Steps between comparisons of the replicas; 0 to compare at checkpoints only.</summary>
    public long CheckReplicasEvery { get; init; }

    /// <summary>Reaction to gradients that are not finite.</summary>
    public OnNan OnNan { get; init; }

    /// <summary>Number of skipped steps in a row at which the run stops or goes back.</summary>
    public long MaxSkippedSteps { get; init; } = long.MaxValue;

    /// <summary>Factor of the learning rate at a rewind because of skipped steps.</summary>
    public double RollbackFactor { get; init; } = 1;

    /// <summary>Describes the sentences of a micro-batch, for messages; null where they are not known.</summary>
    public Func<StepPlace, int, string>? DescribeMicroBatch { get; init; }

    /// <summary>The coordinator's own gRPC address.</summary>
    public required string GrpcAddress { get; init; }

    /// <summary>Identity of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>Takes the options of a run's configuration.</summary>
    public static RunOptions From(RunConfiguration configuration, string runId, string grpcAddress, int validationPieces) => new()
    {
        MinWorkers = configuration.Cluster.Workers.Min,
        MaxWorkers = configuration.Cluster.Workers.Max,
        MicroBatches = configuration.Training.MicroBatches,
        PlanAhead = configuration.Cluster.PlanAhead,
        Topology = configuration.Cluster.Topology,
        BucketElements = configuration.Cluster.BucketBytes / sizeof(float),
        ChunkElements = configuration.Cluster.ChunkBytes / sizeof(float),
        Wire = configuration.Cluster.Wire == Configuration.Wire.Bf16 ? ElementType.Bfloat16 : ElementType.Float32,
        Training = configuration.Training,
        ValidationPieces = validationPieces,
        CheckpointEvery = configuration.Checkpoints.Every,
        HeartbeatTimeout = TimeSpan.FromSeconds(configuration.Cluster.Timeouts.Heartbeat),
        StepTimeout = TimeSpan.FromSeconds(configuration.Cluster.Timeouts.Step),
        CheckReplicasEvery = configuration.Cluster.CheckReplicasEvery,
        OnNan = configuration.Training.OnNan,
        MaxSkippedSteps = configuration.Training.MaxSkippedSteps,
        RollbackFactor = configuration.Training.RollbackFactor,
        GrpcAddress = grpcAddress,
        RunId = runId,
    };
}
