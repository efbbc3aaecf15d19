using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Monitoring;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

public class RunMachineTests
{
    [Fact]
    public void Run_Quiet_WritesACheckpointAtEachStepThatIsDue()
    {
        var cluster = Quiet(2);
        cluster.RunToEnd();
        // Every 5 steps, every 7 (validations), at the ends of epochs (11, 23, 36), and at the end.
        Assert.Equal([5, 7, 10, 11, 14, 15, 20, 21, 23, 25, 28, 30, 35, 36, 40], cluster.Log.OfType<Effect.WriteCheckpoint>()
            .Select(c => c.Step));
        // its own figures, not later ones
        Assert.All(cluster.Log.OfType<Effect.WriteCheckpoint>(), c => Assert.Equal(c.Step, c.Taken?.Step));
        Assert.Equal([7, 14, 21, 28, 35, 40], cluster.Validations.Keys);
        Assert.Equal(1, cluster.Machine.Generation);
        Assert.All(cluster.Ledger.Values, s => Assert.Equal(80, s.Tokens));
        Assert.All(cluster.Alive, w => Assert.Equal(0, w.ExitCode ?? 0));
    }

    [Fact]
    public void Run_Quiet_PlansNothingBeyondAStepWhoseValidationIsDue()
    {
        var cluster = Quiet(2);
        cluster.RunToEnd();
        var validated = new HashSet<long>();
        foreach (var effect in cluster.Log)
        {
            if (effect is Effect.RecordValidation validation)
                validated.Add(validation.Step);
            if (effect is Effect.Tell(_, StepPlan plan))
                Assert.All(new long[] { 7, 14, 21, 28, 35 }.Where(due => due < plan.Step), due => Assert.Contains(due, validated));
        }
    }

    [Fact]
    public void Run_Quiet_KeepsCopiesOnlyAsLongAsTheyAreNeeded()
    {
        var cluster = Quiet(3);
        cluster.RunToEnd();
        foreach (var worker in cluster.Alive)
        {
            while (worker.Inbox.TryDequeue(out var message))
                worker.Receive(message);
            Assert.True(worker.Snapshots.Count <= 1, $"{worker.Id} keeps copies of {string.Join(", ", worker.Snapshots)}");
        }
    }

    [Fact]
    public void Regroup_BelowTheMinimum_WaitsAndSaysSo()
    {
        var cluster = Quiet(2);
        cluster.RunUntil(() => cluster.Machine.Committed >= 3);
        cluster.Kill(cluster.Alive[0]);
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Waiting);
        Assert.Contains(cluster.Log, e => e is Effect.Log { Text: "1 of at least 2 workers are there: waiting for more" });

        cluster.Start();
        cluster.RunToEnd();
        Assert.Equal(40, cluster.Ledger.Count);
    }

    [Fact]
    public void Join_WhileTraining_CostsNoStepAndTheNewcomerTakesPart()
    {
        var cluster = Quiet(2);
        cluster.RunUntil(() => cluster.Machine.Committed >= 5);
        var newcomer = cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Members.Any(m => m.Id == newcomer.Id) && cluster.Machine.Phase == RunPhase.Training);
        Assert.Equal(0, cluster.Machine.WorkersLost);
        cluster.RunToEnd();
        Assert.All(cluster.Ledger.Values, s => Assert.Equal(80, s.Tokens)); // every step had all its reports
    }

    [Fact]
    public void Join_BeyondTheMaximum_WaitsAsASpareAndReplacesALostMember()
    {
        var cluster = new SimulatedCluster(3, SimulatedCluster.Options(2, 2));
        cluster.Start();
        cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Committed >= 2);
        var spare = cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Committed >= 12);
        Assert.DoesNotContain(cluster.Machine.Members, m => m.Id == spare.Id);
        cluster.Kill(cluster.Alive.First(w => w != spare));
        cluster.RunToEnd();
        Assert.Contains(cluster.Machine.Members, m => m.Id == spare.Id);
        Assert.Equal(40, cluster.Ledger.Count);
    }

    [Fact]
    public void Leaving_OfOne_LetsItGoWithTheTerminatedCodeAndLosesNothing()
    {
        var cluster = Quiet(3);
        cluster.RunUntil(() => cluster.Machine.Committed >= 4);
        var leaver = cluster.Alive[1];
        cluster.Leave(leaver);
        cluster.RunUntil(() => leaver.ExitCode is not null);
        Assert.Equal(ExitCodes.Terminated, leaver.ExitCode);
        cluster.RunToEnd();
        Assert.All(cluster.Ledger.Values, s => Assert.Equal(80, s.Tokens));
    }

    [Fact]
    public void Leaving_WhileRegrouping_DoesNotHoldTheOthersUp()
    {
        var cluster = Quiet(3);
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Regrouping);
        cluster.Leave(cluster.Alive[0]);
        cluster.Alive[0].Stopped = true; // it never answers
        cluster.RunToEnd();
        Assert.Equal(ExitCodes.Success, cluster.End!.Value.Code);
    }

    [Fact]
    public void Leaving_OfAll_SavesTheStateFirst()
    {
        var cluster = Quiet(3);
        cluster.RunUntil(() => cluster.Machine.Committed >= 13);
        foreach (var worker in cluster.Alive)
            cluster.Leave(worker);
        cluster.RunUntil(() => cluster.Alive.All(w => w.ExitCode is not null));
        Assert.Equal(cluster.Machine.Committed, cluster.Checkpoints.Max);
    }

    [Fact]
    public void Terminate_WhileTraining_WritesACheckpointAndEndsWith143()
    {
        var cluster = Quiet(2);
        cluster.RunUntil(() => cluster.Machine.Committed == 16);
        cluster.Terminate();
        cluster.RunToEnd();
        Assert.Equal(143, cluster.End!.Value.Code);
        Assert.Equal(cluster.Machine.Committed, cluster.Checkpoints.Max);
        Assert.True(cluster.Machine.Committed <= 16 + 3, "it planned further steps");
    }

    [Fact]
    public void Terminate_WhenEverybodyDies_EndsAllTheSame()
    {
        var cluster = Quiet(2);
        cluster.RunUntil(() => cluster.Machine.Committed == 6);
        cluster.Terminate();
        foreach (var worker in cluster.Alive)
            cluster.Kill(worker);
        cluster.RunToEnd();
        Assert.Equal(143, cluster.End!.Value.Code);
        Assert.Contains("the newest checkpoint is of step 5", cluster.End.Value.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_OfTheCoordinator_GoesOnFromTheMostAdvancedWorker()
    {
        var cluster = Quiet(3);
        cluster.RunUntil(() => cluster.Machine.Committed == 18);
        var ahead = cluster.Alive.Max(w => w.Step);
        var generation = cluster.Machine.Generation;
        cluster.RestartCoordinator();
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Training);
        Assert.True(cluster.Machine.Committed >= ahead, $"a worker is at {ahead}, the run goes on from {cluster.Machine.Committed}");
        Assert.True(cluster.Machine.Generation > generation);
        cluster.RunToEnd();
        Assert.Equal(40, cluster.Ledger.Count);
    }

    [Fact]
    public void Restart_AfterTheEnd_IsFinishedAtOnce()
    {
        var cluster = Quiet(2);
        cluster.RunToEnd();
        Assert.Equal(RunStatus.Types.State.Finished, StateTexts.Of(cluster.Machine));
        cluster.RestartCoordinator();
        Assert.Equal(RunPhase.Finished, cluster.Machine.Phase);
        Assert.Equal(RunStatus.Types.State.Finished, StateTexts.Of(cluster.Machine));
    }

    [Fact]
    public void Replicas_ThatDifferWithoutAMajority_StopTheRunAndNameTheWorkers()
    {
        var cluster = Quiet(2);
        cluster.RunUntil(() => cluster.Machine.Committed == 2);
        cluster.Alive[1].Fault = "-but-wrong";
        cluster.RunToEnd();
        Assert.Equal(ExitCodes.Failure, cluster.End!.Value.Code);
        Assert.Equal(RunStatus.Types.State.Failed, StateTexts.Of(cluster.Machine));
        Assert.Contains("replicas differ at step 5", cluster.End.Value.Reason, StringComparison.Ordinal);
        Assert.Contains(cluster.Alive[1].Id, cluster.End.Value.Reason, StringComparison.Ordinal);
        Assert.Empty(cluster.Checkpoints); // a state that nobody vouches for is not saved
    }

    [Fact]
    public void Replicas_ThatDifferFromTheStart_StopTheRun()
    {
        var cluster = Quiet(2);
        cluster.Alive[0].Fault = "-but-wrong";
        cluster.RunToEnd();
        Assert.Contains("replicas differ at step 0", cluster.End!.Value.Reason, StringComparison.Ordinal);
        Assert.Equal(RunPhase.Finished, cluster.Machine.Phase);
    }

    [Fact]
    public void Validation_WithAStoppedMember_DropsThatMember()
    {
        var cluster = new SimulatedCluster(1, SimulatedCluster.Options() with { HeartbeatTimeout = TimeSpan.FromHours(1) });
        for (var i = 0; i < 3; i++)
            cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Validating);
        var stopped = cluster.Alive[2];
        stopped.Stopped = true;
        cluster.RunUntil(() => cluster.Machine.WorkersLost > 0);
        Assert.DoesNotContain(cluster.Machine.Workers, w => w.Id == stopped.Id);
        cluster.RunToEnd();
        Assert.Equal(1, cluster.Machine.WorkersLost);
    }

    [Fact]
    public void Ranges_AfterAChange_FollowTheSpeeds()
    {
        var cluster = Quiet(2);
        cluster.RunUntil(() => cluster.Machine.Committed >= 6);
        cluster.Leave(cluster.Start());
        cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Generation > 1 && cluster.Machine.Phase == RunPhase.Training);
        Assert.Equal(8, cluster.Machine.Members.Sum(m => m.Range.Count));
        Assert.All(cluster.Machine.Members, m => Assert.True(m.Range.Count >= 1));
    }

    private static SimulatedCluster Quiet(int workers)
    {
        var cluster = new SimulatedCluster(seed: 7, SimulatedCluster.Options(min: 2));
        for (var i = 0; i < workers; i++)
            cluster.Start();
        return cluster;
    }
}
