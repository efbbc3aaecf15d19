using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>Going back on purpose: replicas that differ, and gradients that are not finite.</summary>
public class RewindTests
{
    [Fact]
    public void Replica_ThatDiffersOnce_IsNamedAndEverybodyGoesBackToTheLastCheckpoint()
    {
        var cluster = Start(3, SimulatedCluster.Options() with { CheckReplicasEvery = 3 });
        cluster.RunUntil(() => cluster.Checkpoints.Max == 11);
        var faulty = cluster.Alive[1];
        faulty.Fault = "-but-wrong";
        cluster.RunUntil(() => cluster.Rewinds.Count > 0);

        var rewind = cluster.Rewinds[0];
        Assert.Equal(1, rewind.RateFactor);
        Assert.InRange(rewind.Step, 11, rewind.From);
        Assert.Contains(faulty.Id, Texts(cluster, "differs at step").First(), StringComparison.Ordinal);
        Assert.True(cluster.Machine.Workers.Single(w => w.Id == faulty.Id).Differed);
        cluster.RunToEnd();
        AssertComplete(cluster);
        Assert.Single(cluster.Rewinds);
        Assert.Equal(0, cluster.Machine.WorkersLost);
        Assert.All(cluster.Ledger.Values, s => Assert.Equal(0.5, s.LearningRate));
    }

    [Fact]
    public void Replica_ThatDiffersAgain_IsRefusedForGood()
    {
        var cluster = Start(3);
        cluster.RunUntil(() => cluster.Machine.Committed == 2);
        var faulty = cluster.Alive[1];
        (faulty.Fault, faulty.IsFaultPermanent) = ("-but-wrong", true);
        cluster.RunToEnd();
        AssertComplete(cluster);
        Assert.Contains(cluster.Log, e => e is Effect.Tell(var id, Refused { Final: true }) && id == faulty.Id);
        Assert.DoesNotContain(cluster.Machine.Members, m => m.Id == faulty.Id);
    }

    [Fact]
    public void Nan_TooOftenInARow_StopsNamingStepWorkerAndSentences()
    {
        var cluster = Start(2, SimulatedCluster.Options() with
        {
            MaxSkippedSteps = 4,
            DescribeMicroBatch = (place, micro) => $"Its pairs: {place.Batch}/{micro}.",
        });
        cluster.IsNan = (step, _) => step is 3 or >= 12;
        cluster.RunToEnd();
        Assert.Equal(ExitCodes.Failure, cluster.End!.Value.Code);
        Assert.Contains("up to step 15", cluster.End.Value.Reason, StringComparison.Ordinal);
        Assert.Contains($"worker {cluster.Alive[0].Id}", cluster.End.Value.Reason, StringComparison.Ordinal);
        Assert.Contains("Its pairs: 3/0.", cluster.End.Value.Reason, StringComparison.Ordinal);
        Assert.Contains("Step 3 is skipped", Texts(cluster, "(1 in a row").First(), StringComparison.Ordinal);
        Assert.Equal(11, cluster.Checkpoints.Max); // what leads to these gradients is not saved, though steps 14 and 15 were due
    }

    [Fact]
    public void Nan_TooOftenInARow_GoesBackBeforeThemWithALowerRate()
    {
        var cluster = Start(2, Rollback);
        cluster.IsNan = (step, history) => history == 0 && step >= 12;
        cluster.RunToEnd();
        AssertComplete(cluster);
        Assert.Equal([(11, 15, 0.25)], cluster.Rewinds.Select(r => (r.Step, r.From, r.RateFactor)));
        Assert.All(cluster.Ledger.Values, s => Assert.Equal(s.Step <= 11 ? 0.5 : 0.125, s.LearningRate));
        Assert.DoesNotContain(cluster.Ledger.Values, s => s.Skipped);
    }

    [Fact]
    public void Nan_MetAgain_GoesBackFurther()
    {
        var cluster = Start(2, Rollback);
        cluster.IsNan = (step, history) => history < 2 && step >= 12;
        cluster.RunToEnd();
        AssertComplete(cluster);
        Assert.Equal([11, 10], cluster.Rewinds.Select(r => r.Step));
        Assert.All(cluster.Ledger.Values, s => Assert.Equal(s.Step <= 10 ? 0.5 : 0.5 / 16, s.LearningRate));
    }

    [Fact]
    public void Nan_WhateverTheRate_EndsAtTheBeginning()
    {
        var cluster = Start(2, Rollback);
        cluster.IsNan = (step, _) => step >= 12;
        cluster.RunToEnd();
        Assert.Equal(ExitCodes.Failure, cluster.End!.Value.Code);
        Assert.Equal(0, cluster.Rewinds[^1].Step);
        Assert.Contains("beginning", cluster.End.Value.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rewind_WorkerThatWasAwayMeanwhile_DoesNotBringTheOldStateBack()
    {
        var cluster = Start(3, Rollback);
        cluster.IsNan = (step, history) => history == 0 && step >= 12;
        cluster.RunUntil(() => cluster.Machine.Committed == 14);
        var away = cluster.Alive[2];
        cluster.RunUntil(() => away.Step == 15);
        away.Stopped = true; // with the state of step 15 of the history that is given up
        cluster.RunUntil(() => cluster.Rewinds.Count == 1 && cluster.Machine.Phase == RunPhase.Training);
        away.Stopped = false;
        cluster.RunToEnd();
        AssertComplete(cluster);
        Assert.DoesNotContain(cluster.Ledger.Values, s => s.Skipped);
    }

    [Fact]
    public void Run_WithNanKillsAndRestarts_EndsWhole()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var random = new Random(seed);
            var cluster = new SimulatedCluster(seed, Rollback with { CheckReplicasEvery = 4 })
            { IsNan = (step, history) => history == 0 && step is >= 17 and < 27 };
            for (var i = 0; i < 4; i++)
                cluster.Start();
            for (var fault = random.Next(1, 8); fault > 0 && cluster.End is null; fault--)
            {
                var events = random.Next(1, 150);
                cluster.RunUntil(() => events-- == 0);
                switch (random.Next(3))
                {
                    case 0: cluster.Kill(cluster.Alive[random.Next(cluster.Alive.Count)]); cluster.Start(); break;
                    case 1: cluster.RestartCoordinator(); break;
                    case 2 when cluster.Alive.Count > 3 && cluster.Alive.All(w => w.Fault.Length == 0):
                        cluster.Alive[0].Fault =
                        "-but-wrong"; break;
                }
            }

            cluster.Start();
            cluster.Start();
            cluster.RunUntil(() => false);
            // Two members may differ without a majority; otherwise it ends well.
            if (cluster.End!.Value.Code == ExitCodes.Failure)
                Assert.Contains("No majority", cluster.End.Value.Reason, StringComparison.Ordinal);
            else
                Assert.True(cluster.Ledger.Keys.SequenceEqual(Enumerable.Range(1, 40).Select(s => (long)s)), $"seed {seed}");
        }
    }

    private static RunOptions Rollback => SimulatedCluster.Options() with
    {
        MaxSkippedSteps = 4,
        OnNan = OnNan.Rollback,
        RollbackFactor = 0.25,
    };

    private static SimulatedCluster Start(int workers, RunOptions? options = null)
    {
        var cluster = new SimulatedCluster(7, options);
        for (var i = 0; i < workers; i++)
            cluster.Start();
        return cluster;
    }

    private static IEnumerable<string> Texts(SimulatedCluster cluster, string part) =>
        cluster.Log.OfType<Effect.Log>().Select(e => e.Text).Where(t => t.Contains(part, StringComparison.Ordinal));

    private static void AssertComplete(SimulatedCluster cluster)
    {
        Assert.True(cluster.End!.Value.Code == ExitCodes.Success, cluster.End.Value.Reason);
        Assert.Equal(Enumerable.Range(1, 40).Select(s => (long)s), cluster.Ledger.Keys);
        Assert.Equal([7, 14, 21, 28, 35, 40], cluster.Validations.Keys);
        Assert.Equal(40, cluster.Checkpoints.Max);
    }
}
