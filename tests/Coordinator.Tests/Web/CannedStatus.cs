using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Tests.Web;

/// <summary>A status as two workers in the middle of a training would give it.</summary>
internal static class CannedStatus
{
    public static RunStatus Training(long step = 1234)
    {
        var status = new RunStatus
        {
            RunId = "0f8e2d61-4f0b-4f6e-9a3b-2f2a4c1f8f11",
            RunFolder = "runs/quickstart",
            State = RunStatus.Types.State.Training,
            Tone = Tone.Good,
            Message = "two workers in the exchange",
            Step = step,
            TotalSteps = 4000,
            Epoch = 3,
            MaxEpochs = 10,
            Loss = 1.5,
            TokensPerSecond = 18250.5,
            Tokens = 4_567_890,
            ElapsedSeconds = 250,
            RemainingSeconds = 561,
            Generation = 2,
            Topology = "sharded",
            GradientNorm = 0.875,
            SkippedSteps = 1,
            LearningRate = 0.001,
            ReplicaDigest = "5c2f0a9be1d34877a6c0e2f4b8d19033",
            LastCheckpointStep = 1200,
            MicroBatches = 8,
            Parameters = 12_345_678,
            StaleMessages = 4,
            WorkersLost = 1,
            Refusals = { ["generation"] = 4, ["model"] = 2 },
        };
        status.Workers.Add(Worker(0, 4101, 0, 5, step, 0.142, 0.021, 0.004));
        status.Workers.Add(Worker(1, 4102, 5, 8, step, 0.117, 0.024, 0.026));
        for (var i = 1; i * 4 <= step; i++)
            status.Losses.Add(new LossPoint { Step = i * 4, Loss = 1.2 + 6.5 * Math.Exp(-i / 70.0) + 0.22 * Math.Sin(i * 12.9898) });
        for (var at = 200; at <= step; at += 200)
            status.Validations.Add(new ValidationPoint { Step = at, Loss = 1.45 + 6.2 * Math.Exp(-at / 290.0), Bleu = -1 });
        return status;
    }

    private static WorkerStatus Worker(int rank, int process, int first, int end, long step, double compute, double exchange,
        double wait) => new()
        {
            WorkerId = $"worker-{rank}",
            Address = $"http://10.0.0.{rank + 1}:5051",
            State = WorkerStatus.Types.State.Training,
            Tone = Tone.Good,
            Rank = rank,
            FirstMicroBatch = first,
            EndMicroBatch = end,
            Step = step,
            ComputeSeconds = compute,
            ExchangeSeconds = exchange,
            WaitSeconds = wait,
            ProcessId = process,
            Host = $"node-{rank}",
            ResidentBytes = 734_003_200,
            LiveTensors = 412,
        };
}
