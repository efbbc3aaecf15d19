using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Model.Evaluation;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Monitoring;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>Runs under fire end as quiet ones do. Each case is a seed, so that a failure can be run again.</summary>
public class RunMachineFaultTests
{
    private const int Cases = 150;

    [Fact]
    public void Run_WithKillsJoinsAndLeaves_EndsAsAQuietOne() => ForEachSeed(seed =>
    {
        var cluster = new SimulatedCluster(seed);
        Disturb(cluster, new Random(seed ^ 0x5EED), restarts: false);
        AssertWhole(cluster);
    });

    [Fact]
    public void Run_WithCoordinatorRestartsToo_EndsAsAQuietOne() => ForEachSeed(seed =>
    {
        var cluster = new SimulatedCluster(seed);
        Disturb(cluster, new Random(seed ^ 0x5EED), restarts: true);
        AssertWhole(cluster);
    });

    /// <summary>
    /// The ledger is ahead of the newest checkpoint when all are lost; what it holds beyond that counts no more, also for steps that the
    /// next generation takes without telling before it ends.
    /// </summary>
    [Fact]
    public void Run_AfterAllWereLostAndAnotherLossOnTheWayBack_HasEveryStepOnceInTheLedger() => ForEachSeed(seed =>
    {
        var cluster = new SimulatedCluster(seed);
        StartWorkers(cluster, 3);
        cluster.RunUntil(() => cluster.Machine.Committed >= 4 && cluster.Machine.LastCheckpoint == 0);
        foreach (var worker in cluster.Alive)
            cluster.Kill(worker);
        cluster.RestartCoordinator();
        StartWorkers(cluster, 3);
        cluster.RunUntil(() => cluster.Machine.Generation > 1 && cluster.Alive.Any(w => w.Step > cluster.Machine.Committed));
        cluster.Kill(cluster.Alive.MinBy(w => w.Step)!);
        cluster.RunToEnd();
        AssertWhole(cluster);
    });

    /// <summary>The losses improve ever less, so the rate falls several times and training ends early.</summary>
    [Fact]
    public void Run_WithPlateauAndEarlyStopping_EndsAsAQuietOne() => ForEachSeed(seed =>
    {
        var options = SimulatedCluster.Options() with
        {
            Training = new()
            {
                ValidateEvery = new(3 * 80, SpanUnit.Tokens),
                Optimizer = new() { LearningRate = 0.5 },
                Schedule = new() { Name = ScheduleKind.Plateau, Patience = 1, Threshold = 0.12, Warmup = new(0.5, SpanUnit.Epochs) },
                EarlyStopping = new() { Patience = 3, Threshold = 0.1 },
            },
        };
        var quiet = new SimulatedCluster(1, options, maxSteps: 1000);
        StartWorkers(quiet, 3);
        quiet.RunToEnd();
        Assert.Contains("stopped early", quiet.End!.Value.Reason, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Types.State.StoppedEarly, StateTexts.Of(quiet.Machine));
        Assert.InRange(quiet.Ledger.Keys.Last(), 20, 100);
        Assert.Contains(quiet.Ledger.Values, s => s.LearningRate == 0.125);

        var cluster = new SimulatedCluster(seed, options, maxSteps: 1000);
        Disturb(cluster, new Random(seed ^ 0x5EED), restarts: true);
        Assert.Equal(ExitCodes.Success, cluster.End!.Value.Code);
        Assert.Equal(quiet.Ledger.Values.Select(s => (s.Step, s.LearningRate)),
            cluster.Ledger.Values.Select(s => (s.Step, s.LearningRate)));
        Assert.Equal(quiet.Validations, cluster.Validations);
        Assert.Equal(quiet.Checkpoints.Max, cluster.Checkpoints.Max);
    });

    [Fact]
    public void Run_ComparedByBleu_EndsAsAQuietOne() => ForEachSeed(seed =>
    {
        var options = SimulatedCluster.Options() with
        {
            Training = new()
            {
                ValidateEvery = 4,
                ValidationMetric = ValidationMetric.Bleu,
                EarlyStopping = new() { Patience = 3, Threshold = 0.05 },
            },
        };
        var quiet = new SimulatedCluster(1, options, maxSteps: 1000);
        StartWorkers(quiet, 3);
        quiet.RunToEnd();
        Assert.Contains(" BLEU in 3 in a row", quiet.End!.Value.Reason, StringComparison.Ordinal);
        foreach (var (step, validation) in quiet.Validations)
        {
            var counts = Enumerable.Range(0, options.ValidationPieces).Select(piece => quiet.BleuCountsOf(step, piece))
                .Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);
            Assert.Equal(Bleu.Corpus(counts).Score, validation.Bleu);
        }

        var cluster = new SimulatedCluster(seed, options, maxSteps: 1000);
        Disturb(cluster, new Random(seed ^ 0x5EED), restarts: true);
        Assert.Equal(quiet.Validations, cluster.Validations);
        Assert.Equal(quiet.Checkpoints.Max, cluster.Checkpoints.Max);
    });

    [Fact]
    public void Validated_PieceThatIsNone_IsLeftOutAndSaid()
    {
        var cluster = new SimulatedCluster(3);
        StartWorkers(cluster, 2);
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Validating);
        var report = new ValidationReport
        {
            WorkerId = cluster.Alive[0].Id,
            Generation = cluster.Machine.Generation,
            Step = cluster.Machine.Committed,
        };
        report.Pieces.Add(new PieceResult { Piece = 99, LossSum = 1, Tokens = 1 });
        report.Pieces.Add(new PieceResult { Piece = -1, LossSum = 1, Tokens = 1 });
        var effects = cluster.Machine.Validated(report, cluster.Now);
        Assert.Equal(2, effects.OfType<Effect.Log>().Count(log => log.Text.EndsWith("left out.", StringComparison.Ordinal)));
        cluster.RunToEnd();
        Assert.Equal(0, cluster.End!.Value.Code);
    }

    [Fact]
    public void Run_WithFailingCheckpoints_EndsAsAQuietOne() => ForEachSeed(seed =>
    {
        var cluster = new SimulatedCluster(seed) { CheckpointFailureRate = 0.3 };
        Disturb(cluster, new Random(seed ^ 0x5EED), restarts: true);
        AssertWhole(cluster);
    });

    [Fact]
    public void Run_WithLostMessages_EndsAsAQuietOne() => ForEachSeed(seed =>
    {
        var cluster = new SimulatedCluster(seed) { LossRate = 0.02 };
        StartWorkers(cluster, 3);
        cluster.RunUntil(() => cluster.Machine.Committed > 30, limit: 400_000);
        cluster.LossRate = 0; // the last checkpoint's outcome is no message
        cluster.RunToEnd();
        AssertWhole(cluster);
    });

    [Fact]
    public void Terminate_AtAnyMoment_SavesTheStateAndASecondRunGoesOn() => ForEachSeed(seed =>
    {
        var random = new Random(seed);
        var cluster = new SimulatedCluster(seed);
        StartWorkers(cluster, 3);
        var moment = random.Next(1, 39);
        cluster.RunUntil(() => cluster.Machine.Committed >= moment);
        cluster.Terminate();
        if (random.Next(2) == 0)
            cluster.Kill(cluster.Alive[random.Next(3)]);
        cluster.RunToEnd();

        Assert.Equal(cluster.Machine.Committed >= cluster.MaxSteps ? ExitCodes.Success : ExitCodes.Terminated, cluster.End!.Value.Code);
        Assert.Equal(cluster.Machine.Committed >= cluster.MaxSteps ? RunStatus.Types.State.Finished : RunStatus.Types.State.Stopped,
            StateTexts.Of(cluster.Machine));
        Assert.True(cluster.Checkpoints.Max >= moment, $"asked to stop at step {moment}, the newest checkpoint is "
            + $"of {cluster.Checkpoints.Max}");
        Assert.All(cluster.Validations.Keys, step => Assert.True(step <= cluster.Checkpoints.Max));
    });

    /// <summary>Starts workers, and does something to them at random moments, until there has been enough of it.</summary>
    private static void Disturb(SimulatedCluster cluster, Random random, bool restarts)
    {
        StartWorkers(cluster, random.Next(2, 5));
        for (var fault = random.Next(1, 12); fault > 0 && cluster.End is null; fault--)
        {
            var events = random.Next(1, 120);
            cluster.RunUntil(() => events-- == 0);
            var alive = cluster.Alive;
            var worker = alive.Count > 0 ? alive[random.Next(alive.Count)] : null;
            switch (random.Next(restarts ? 6 : 5))
            {
                case 0 when worker is not null: cluster.Kill(worker); break;
                case 1: cluster.Start(); break;
                case 2 when worker is not null: cluster.Leave(worker); break;
                case 3 when worker is not null: worker.Stopped = !worker.Stopped; break;
                case 4:
                    foreach (var each in alive.Where(_ => random.Next(2) == 0))
                        cluster.Kill(each);
                    break;
                case 5: cluster.RestartCoordinator(); break;
            }
        }

        foreach (var worker in cluster.Alive)
            worker.Stopped = false;
        StartWorkers(cluster, 2);
        cluster.RunToEnd();
    }

    private static void AssertWhole(SimulatedCluster cluster)
    {
        var quiet = new SimulatedCluster(1, maxSteps: cluster.MaxSteps);
        StartWorkers(quiet, 3);
        quiet.RunToEnd();

        Assert.Equal(ExitCodes.Success, cluster.End!.Value.Code);
        Assert.Equal(Enumerable.Range(1, (int)cluster.MaxSteps).Select(s => (long)s), cluster.Ledger.Keys);
        Assert.Equal(
            quiet.Ledger.Values.Select(s => (s.Step, s.Epoch, s.Batch, s.LearningRate)),
            cluster.Ledger.Values.Select(s => (s.Step, s.Epoch, s.Batch, s.LearningRate)));
        Assert.Equal(quiet.Validations, cluster.Validations);
        Assert.Equal(cluster.MaxSteps, cluster.Checkpoints.Max);
    }

    private static void StartWorkers(SimulatedCluster cluster, int count)
    {
        for (var i = 0; i < count; i++)
            cluster.Start();
    }

    private static void ForEachSeed(Action<int> check)
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            try
            {
                check(seed);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {e.Message}", e);
            }
        }
    }
}
