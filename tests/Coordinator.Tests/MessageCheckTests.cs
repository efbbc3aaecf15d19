using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Protocol.Cluster;
using Google.Protobuf;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

public class MessageCheckTests
{
    private static readonly MessageCheck Check = new(microBatches: 4, validationPieces: 3);

    public static TheoryData<string, IMessage> Malformed => new()
    {
        { "JoinRequest of worker w has no position", new JoinRequest { WorkerId = "w", GrpcAddress = "http://h:1" } },
        {
            "JoinRequest of worker w gives the gRPC address `h:1`, expected http://HOST:PORT",
            new JoinRequest { WorkerId = "w", GrpcAddress = "h:1", Position = new() }
        },
        {
            "JoinRequest of worker w gives the step -1, expected 0 or more",
            new JoinRequest { WorkerId = "w", GrpcAddress = "http://h:1", Position = new() { Step = -1 } }
        },
        {
            "JoinRequest of worker w gives the generation 9223372036854775807",
            new JoinRequest { WorkerId = "w", GrpcAddress = "http://h:1", Position = new(), HighestGeneration = long.MaxValue }
        },
        { "WorkerReady of worker w gives the generation -1", new WorkerReady { WorkerId = "w", Position = new(), HighestGeneration = -1 } },
        { "WorkerReady of worker  names no worker", new WorkerReady { Position = new() } },
        { "Regrouped of worker w has no position", new Regrouped { WorkerId = "w" } },
        {
            "StepReport of worker w has micro-batch 4, expected 0 to 3",
            new StepReport { WorkerId = "w", MicroBatches = { new MicroBatchResult { Index = 4 } } }
        },
        { "StepReport of worker w has micro-batch -1, expected 0 to 3", new StepReport { WorkerId = "w", NotFinite = { -1 } } },
        { "StepReport of worker w took NaN s to compute", new StepReport { WorkerId = "w", ComputeSeconds = double.NaN } },
        {
            "ValidationReport of worker w has piece 3, expected 0 to 2",
            new ValidationReport { WorkerId = "w", Pieces = { new PieceResult { Piece = 0 }, new PieceResult { Piece = 3 } } }
        },
        {
            "ValidationReport of worker w has piece -1, expected 0 to 2",
            new ValidationReport { WorkerId = "w", Pieces = { new PieceResult { Piece = -1 } } }
        },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Problem_OfAMalformedMessage_NamesSenderAndWhatIsWrong(string expected, IMessage message) =>
        Assert.StartsWith(expected, Check.Problem(message), StringComparison.Ordinal);

    [Fact]
    public void Problem_OfWhatWorkersSend_IsNone()
    {
        IMessage[] messages =
        [
            new JoinRequest { WorkerId = "w", GrpcAddress = "http://h:1", Position = new() { Step = 7 }, HighestGeneration = 12 },
            new WorkerReady { WorkerId = "w", Position = new() },
            new Regrouped { WorkerId = "w", Position = new() },
            new StepReport
            {
                WorkerId = "w",
                MicroBatches = { new MicroBatchResult(), new MicroBatchResult { Index = 3 } },
                NotFinite = { 3 },
                ComputeSeconds = 0.1,
            },
            new ValidationReport { WorkerId = "w", Pieces = { new PieceResult(), new PieceResult { Piece = 2 } } },
            new Progress { WorkerId = "w" },
        ];
        Assert.All(messages, message => Assert.Null(Check.Problem(message)));
    }
}
