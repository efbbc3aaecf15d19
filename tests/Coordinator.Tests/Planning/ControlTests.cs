using DistSeq2Seq.Coordinator.Planning;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>What people ask of a run under way changes when things happen, and nothing else.</summary>
public class ControlTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pause_UntilResume_TakesNoStepAndLosesNobody(int seed)
    {
        var cluster = Started(seed);
        cluster.RunUntil(() => cluster.Machine.Committed >= 3);
        cluster.Pause();
        cluster.RunUntil(() => cluster.Machine.IsAtRest);
        var (step, lost) = (cluster.Machine.Committed, cluster.Machine.WorkersLost);
        var later = cluster.Now + (3 * SimulatedCluster.Options().StepTimeout);
        cluster.RunUntil(() => cluster.Now > later, limit: 400_000);
        Assert.Equal((step, lost), (cluster.Machine.Committed, cluster.Machine.WorkersLost));

        cluster.Resume();
        cluster.RunToEnd();
        Assert.Equal(cluster.MaxSteps, cluster.Machine.Committed);
    }

    [Fact]
    public void Pause_MembersComeAndGo_StillTakesNoStep()
    {
        var cluster = Started(4);
        cluster.RunUntil(() => cluster.Machine.Committed >= 3);
        cluster.Pause();
        cluster.RunUntil(() => cluster.Machine.IsAtRest);
        var (step, generation) = (cluster.Machine.Committed, cluster.Machine.Generation);
        cluster.Kill(cluster.Alive[0]);
        cluster.Start();
        cluster.RunUntil(() => cluster.Machine.Generation > generation + 1 && cluster.Machine.IsAtRest
            && cluster.Machine.Members.Count == 3);
        Assert.Equal(step, cluster.Machine.Committed);
        cluster.Resume();
        cluster.RunToEnd();
    }

    [Fact]
    public void Pause_ThenStop_SavesWhereItRests()
    {
        var cluster = Started(5);
        cluster.RunUntil(() => cluster.Machine.Committed >= 3);
        cluster.Pause();
        cluster.RunUntil(() => cluster.Machine.IsAtRest);
        var step = cluster.Machine.Committed;
        cluster.Terminate();
        cluster.RunToEnd();
        Assert.Equal(step, cluster.Checkpoints.Max);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void AskCheckpoint_OfARunUnderWay_WritesTheNextStepThatIsPlanned(int seed)
    {
        var cluster = Started(seed);
        cluster.RunUntil(() => cluster.Machine.Committed >= 15);
        var step = cluster.AskCheckpoint();
        Assert.True(step > cluster.Machine.Committed);
        cluster.RunUntil(() => cluster.Machine.LastCheckpoint >= step);
        Assert.Contains(step, cluster.Checkpoints);
        cluster.RunToEnd();
    }

    [Fact]
    public void AskCheckpoint_OfARunAtRest_WritesWhereItIs()
    {
        var cluster = Started(9);
        cluster.RunUntil(() => cluster.Machine.Committed >= 11 && cluster.Machine.LastCheckpoint == 11);
        cluster.Pause();
        cluster.RunUntil(() => cluster.Machine.IsAtRest);
        var step = cluster.AskCheckpoint();
        Assert.Equal(cluster.Machine.Committed, step);
        cluster.RunUntil(() => cluster.Machine.LastCheckpoint == step);
        Assert.Equal(step, cluster.AskCheckpoint()); // it is there: nothing to wait for
        Assert.DoesNotContain(cluster.Log.OfType<Effect.WriteCheckpoint>().GroupBy(c => c.Step), written => written.Count() > 1);
        cluster.Resume();
        cluster.RunToEnd();
    }

    [Fact]
    public void AskCheckpoint_WhenTheGenerationEndsBeforeIt_IsWrittenInTheNext()
    {
        var cluster = Started(10);
        cluster.RunUntil(() => cluster.Machine.Committed >= 15);
        var step = cluster.AskCheckpoint();
        cluster.Kill(cluster.Alive[0]);
        cluster.RunUntil(() => cluster.Machine.LastCheckpoint >= step);
        Assert.Contains(cluster.Checkpoints, written => written >= step);
        cluster.RunToEnd();
    }

    private static SimulatedCluster Started(int seed)
    {
        var cluster = new SimulatedCluster(seed);
        for (var i = 0; i < 3; i++)
            cluster.Start();
        return cluster;
    }
}
