using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

public class WorkerAdmissionTests
{
    private readonly WorkerAdmission _admission = new("this-run", "corpus-1");

    [Theory]
    [InlineData("")]
    [InlineData("this-run")]
    public void Judge_WithNoStateOrThisRuns_IsTaken(string run) => Assert.Null(_admission.Judge(Announcement(run)));

    [Fact]
    public void Judge_WithTheStateOfAnotherRun_NamesBoth()
    {
        var refusal = _admission.Judge(Announcement("another-run"))!;
        Assert.Equal(RefusalReasons.Run, refusal.Kind);
        Assert.Contains("another-run", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains("this-run", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OfABuildThatSpeaksOtherwise_SaysWhichVersionsMeet()
    {
        var announcement = Announcement("");
        announcement.ProtocolVersion = 0; // one from before there was a number
        var refusal = _admission.Judge(announcement)!;
        Assert.Equal(RefusalReasons.Version, refusal.Kind);
        Assert.Contains($"version 0 of the protocol between processes, this coordinator version {ProtocolVersion.Current}", refusal.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TheFirstThatFits_DecidesModelSlotsAndArithmetic()
    {
        // What is refused decides nothing.
        Assert.Equal(RefusalReasons.Model, _admission.Judge(Ready(corpus: "corpus-2", size: 9))!.Kind);
        Assert.Null(_admission.Layout);

        Assert.Null(_admission.Judge(Ready()));
        Assert.Equal(6, _admission.Layout!.Count);
        Assert.Equal(["adam.m"], _admission.Slots);

        Assert.Null(_admission.Judge(Ready()));
        var model = _admission.Judge(Ready(size: 4))!;
        Assert.Equal(RefusalReasons.Model, model.Kind);
        Assert.Contains($"expected {_admission.Layout.Digest[..8]}", model.Reason, StringComparison.Ordinal);
        var arithmetic = _admission.Judge(Ready(arithmetic: "abacus"))!;
        Assert.Equal(RefusalReasons.Arithmetic, arithmetic.Kind);
        Assert.Contains("abacus, the others with avx2", arithmetic.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_AModelThatCannotBe_IsRefused()
    {
        var ready = Ready();
        ready.Layout.Add(ready.Layout[0].Clone()); // the same name twice
        Assert.Contains("a model that cannot be", _admission.Judge(ready)!.Reason, StringComparison.Ordinal);
    }

    private static JoinRequest Announcement(string run) => new()
    {
        WorkerId = "w",
        ProtocolVersion = ProtocolVersion.Current,
        Position = new ReplicaPosition { RunId = run },
    };

    private static WorkerReady Ready(string corpus = "corpus-1", int size = 3, string arithmetic = "avx2") => new()
    {
        WorkerId = "w",
        CorpusDigest = corpus,
        Arithmetic = arithmetic,
        Slots = { "adam.m" },
        Position = new ReplicaPosition(),
        Layout = { new TensorShape { Name = "weight", Shape = { 2, size } } },
    };
}
