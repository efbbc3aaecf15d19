using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Protocol.Cluster;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>What is lost, late or slow holds nothing up for ever.</summary>
public class LivenessTests
{
    [Fact]
    public void Checkpoint_DueWhileAnotherIsBeingWritten_TheNewestIsWrittenAfterIt()
    {
        var cluster = Quiet(2);
        cluster.HoldsCheckpoints = true;
        cluster.RunUntil(() => cluster.Machine.Committed >= 12);
        Assert.Equal([5], cluster.Log.OfType<Effect.WriteCheckpoint>().Select(c => c.Step));
        cluster.HoldsCheckpoints = false;
        cluster.RunUntil(() => cluster.Checkpoints.Max >= 11);
        Assert.Equal([5, 11], cluster.Checkpoints.Take(2)); // 7 and 10 were overtaken
        cluster.RunToEnd();
    }

    [Fact]
    public void Checkpoint_DueAfterARegrouping_IsWrittenFromACopyAlthoughTheStateMovesOn()
    {
        var cluster = Quiet(3);
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Validating);
        cluster.Kill(cluster.Alive[2]);
        cluster.HoldsCheckpoints = true;
        cluster.RunUntil(() => cluster.Machine.Committed >= 9);
        cluster.HoldsCheckpoints = false;
        cluster.RunUntil(() => cluster.Machine.LastCheckpoint >= 7);
        Assert.Contains(7, cluster.Checkpoints);
        cluster.RunToEnd();
    }

    [Fact]
    public void Straggler_IsNamedOnceAndAgainWhenItHasCaughtUp()
    {
        var cluster = Quiet(3);
        var slow = cluster.Alive[1];
        slow.Slowness = 5;
        cluster.RunUntil(() => cluster.Machine.Committed >= 22);
        Assert.Contains(slow.Id, Assert.Single(Texts(cluster, "is slow")), StringComparison.Ordinal);
        Assert.True(cluster.Machine.Workers.Single(w => w.Id == slow.Id).Straggles);
        slow.Slowness = 0.5;
        cluster.RunToEnd();
        Assert.Contains(slow.Id, Assert.Single(Texts(cluster, "is no longer slow")), StringComparison.Ordinal);
        Assert.Single(Texts(cluster, "is slow"));
    }

    [Fact]
    public void Announced_WithALostWelcomeOrAnswer_IsWelcomedAgain()
    {
        var cluster = new SimulatedCluster(5) { LossRate = 1 };
        cluster.Start();
        cluster.Start();
        var end = cluster.Now.AddSeconds(10);
        cluster.RunUntil(() => cluster.Now > end);
        Assert.All(cluster.Machine.Workers, w => Assert.Equal(WorkerPhase.Preparing, w.Phase));

        cluster.LossRate = 0;
        cluster.RunToEnd();
        Assert.Equal(40, cluster.Ledger.Count);
        Assert.Equal(0, cluster.Machine.WorkersLost);
    }

    [Fact]
    public void Announced_WhileAWorkerPrepares_IsNotWelcomedAgain()
    {
        var machine = new SimulatedCluster(1).Machine;
        var now = DateTime.UnixEpoch;
        Assert.True(machine.Announced(new JoinRequest { WorkerId = "a" }, "me", now));
        Assert.False(machine.Announced(new JoinRequest { WorkerId = "a" }, "me", now.AddSeconds(1))); // its answer may be on its way
        Assert.False(machine.Announced(new JoinRequest { WorkerId = "a", PreparingFor = "me" }, "me", now.AddSeconds(30)));
        Assert.True(machine.Announced(new JoinRequest { WorkerId = "a", PreparingFor = "another" }, "me", now.AddSeconds(30)));
    }

    [Fact]
    public void Ready_WhileRegroupingWithANewerGeneration_RaisesTheGenerationAboveIt()
    {
        var cluster = Quiet(3);
        cluster.RunUntil(() => cluster.Machine.Committed >= 3);
        cluster.Alive[0].Stopped = true;
        cluster.Kill(cluster.Alive[1]);
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Regrouping);
        var newcomer = cluster.Start();
        newcomer.Generation = 1000; // of a coordinator whose journal is lost
        cluster.RunUntil(() => cluster.Machine.Generation > 1000);
        Assert.True(cluster.Machine.Generation > 1000);
        cluster.Alive[0].Stopped = false;
        cluster.RunToEnd();
        Assert.Equal(40, cluster.Ledger.Count);
    }

    [Fact]
    public void Progress_OfALongValidation_KeepsItsWorker()
    {
        var cluster = new SimulatedCluster(1, SimulatedCluster.Options() with { HeartbeatTimeout = TimeSpan.FromHours(1) });
        for (var i = 0; i < 3; i++)
            cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Phase == RunPhase.Validating);
        var slow = cluster.Alive[2];
        slow.Stopped = true;
        var end = cluster.Now.AddSeconds(100); // the timeout is 30
        cluster.RunUntil(() =>
        {
            slow.Outbox.Clear();
            slow.Outbox.Enqueue(new Progress { WorkerId = slow.Id, Generation = slow.Generation });
            return cluster.Now > end;
        });
        Assert.Equal(0, cluster.Machine.WorkersLost);
        slow.Stopped = false;
        cluster.RunToEnd();
        Assert.Equal(0, cluster.Machine.WorkersLost);
    }

    [Fact]
    public void ExchangeFailed_GenerationAfterGeneration_PausesLongerAndLongerUpToALimit()
    {
        var cluster = Quiet(2);
        var moments = new List<DateTime>();
        for (var failure = 0; failure < 9; failure++)
        {
            cluster.RunUntil(() => cluster.Machine.Phase is RunPhase.Synchronizing);
            moments.Add(cluster.Now);
            var worker = cluster.Alive[failure % 2];
            worker.Outbox.Clear();
            worker.Outbox.Enqueue(new ExchangeFailed
            {
                WorkerId = worker.Id,
                Generation = cluster.Machine.Generation,
                Step = 1,
                Peer = "http://x:1",
                Reason = "unreachable",
            });
            cluster.RunUntil(() => cluster.Machine.Phase is RunPhase.Regrouping);
        }

        var pauses = moments.Zip(moments.Skip(1), (a, b) => (b - a).TotalSeconds).ToArray();
        Assert.True(pauses[^1] is > 15 and < 40, string.Join(", ", pauses));
        Assert.True(pauses[1] < 2, string.Join(", ", pauses));
        cluster.RunToEnd();
        Assert.Equal(40, cluster.Ledger.Count);
        Assert.Equal(0, cluster.Machine.WorkersLost);
    }

    private static IEnumerable<string> Texts(SimulatedCluster cluster, string part) =>
        cluster.Log.OfType<Effect.Log>().Select(e => e.Text).Where(t => t.Contains(part, StringComparison.Ordinal));

    private static SimulatedCluster Quiet(int workers)
    {
        var cluster = new SimulatedCluster(seed: 7, SimulatedCluster.Options(min: 2));
        for (var i = 0; i < workers; i++)
            cluster.Start();
        return cluster;
    }
}
