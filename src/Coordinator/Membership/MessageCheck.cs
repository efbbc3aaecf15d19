using DistSeq2Seq.Protocol.Cluster;
using Google.Protobuf;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>Checks the values of workers' messages, because a peer may run another version or another program.</summary>
/// <param name="microBatches">Micro-batches of a step.</param>
/// <param name="validationPieces">Pieces of the validation split.</param>
internal sealed class MessageCheck(int microBatches, int validationPieces)
{
    /// <summary>Upper limit of generations: far more than any run has, and far below the largest number.</summary>
    private const long MostGenerations = 1L << 48;

    /// <summary>The problem of a message, with the sender's name; null when there is none.</summary>
    public string? Problem(IMessage message) => message switch
    {
        JoinRequest join => Of(join, join.WorkerId, PositionProblem(join.Position) ?? GenerationProblem(join.HighestGeneration)
            ?? AddressProblem(join.GrpcAddress)),
        WorkerReady ready => Of(ready, ready.WorkerId, PositionProblem(ready.Position) ?? GenerationProblem(ready.HighestGeneration)),
        Regrouped answer => Of(answer, answer.WorkerId, PositionProblem(answer.Position)),
        StepReport report => Of(report, report.WorkerId,
            IndexProblem("micro-batch", report.MicroBatches.Select(m => m.Index).Concat(report.NotFinite), microBatches)
            ?? TimeProblem(report)),
        ValidationReport report => Of(report, report.WorkerId, IndexProblem("piece", report.Pieces.Select(p => p.Piece), validationPieces)),
        _ => null,
    };

    private static string? Of(IMessage message, string worker, string? problem)
    {
        problem = worker.Length == 0 ? "names no worker" : problem;
        return problem is null ? null : $"{message.GetType().Name} of worker {worker} {problem}; its program may be another version";
    }

    private static string? PositionProblem(ReplicaPosition? position) =>
        position is null ? "has no position" : position.Step < 0 ? $"gives the step {position.Step}, expected 0 or more" : null;

    private static string? GenerationProblem(long generation) =>
        generation is >= 0 and < MostGenerations ? null : $"gives the generation {generation}, expected 0 to {MostGenerations - 1}";

    private static string? AddressProblem(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
        ? null
        : $"gives the gRPC address `{address}`, expected http://HOST:PORT";

    private static string? IndexProblem(string what, IEnumerable<int> indices, int count)
    {
        foreach (var index in indices)
        {
            if (index < 0 || index >= count)
                return $"has {what} {index}, expected 0 to {count - 1}";
        }

        return null;
    }

    private static string? TimeProblem(StepReport report) =>
        double.IsFinite(report.ComputeSeconds) && report.ComputeSeconds >= 0
        ? null
        : $"took {report.ComputeSeconds} s to compute, expected 0 or more";
}
