using System.Text.Json;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using Grpc.Core;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>What a run under way must not take: each is refused with a reason that names its sender, counted, and harms nothing.</summary>
public sealed class PoisonTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    private const string RefusedChunks = "distseq2seq_refused_chunks_total";
    private const string WorkersLost = "distseq2seq_workers_lost_total";
    private const int OversizedElements = (PeerChannels.MaxMessageBytes / sizeof(float)) + 1024;

    /// <summary>A distortion of an honest frame, and what the refusal says.</summary>
    private static readonly (string Name, Func<TensorFrame, int, TensorFrame> Distort, string Reason)[] Frames =
    [
        ("an old generation", (f, n) => Like(f, new float[n], generation: f.Generation - 1), "sent a chunk of generation"),
        ("a wrong shape", (f, n) => Like(f, new float[n - 1]), "which is no chunk of this owner"),
        ("a wrong checksum", (f, n) => Like(f, new float[n], checksum: f.Checksum ^ 1), "but they arrived with"),
        ("a place between two chunks", (f, n) => Like(f, new float[n], offset: 1), "which is no chunk of this owner"),
        ("an oversized message", (f, _) => Like(f, new float[OversizedElements]), "sent a message that cannot be read"),
    ];

    [Fact]
    public async Task Frames_OfAMember_AreRefusedNamingItAndTrainingIsUnharmed()
    {
        using var run = new ChaosRun(quiet, OneMachine.New(), ChaosRun.Endless, min: 2, max: 3, "cluster.topology=star");
        run.StartWorkers(2);
        await run.UntilMembersAsync(2);
        using var impostor = new Impostor(run);
        await impostor.JoinAsync();
        foreach (var (name, distort, reason) in Frames)
        {
            var step = await impostor.TakePartAsync();
            var before = await run.MetricAsync(RefusedChunks);
            run.Note($"impostor {impostor.WorkerId} sends {name}");

            var answer = await Impostor.SendAsync(impostor.Plan.Owners[0].GrpcAddress, impostor.WorkerId, step.Generation,
                impostor.Frame(step, distort));

            Assert.True(answer.StatusCode == StatusCode.FailedPrecondition, $"{name}: {answer}\n{run.Describe()}");
            Assert.Contains($"worker {impostor.WorkerId}", answer.Detail, StringComparison.Ordinal);
            Assert.Contains(reason, answer.Detail, StringComparison.Ordinal);
            await run.UntilMetricAsync(RefusedChunks, before + 1);
            await run.UntilAsync(() => run.Coordinator.Output.Contains(answer.Detail, StringComparison.Ordinal),
                $"the coordinator's log has: {answer.Detail}");
            output.WriteLine($"{name}: {answer.Detail}");
        }

        impostor.FallSilent();
        await run.UntilMembersAsync(2);
        await run.UntilStepAsync(run.Steps + 1);
        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Strangers_WithAnotherModelOrCorpusOrGeneration_AreRefusedNamingThem()
    {
        // A worker that a busy machine lets wait would end the generation that none of them may end.
        using var run = new ChaosRun(quiet, OneMachine.New(), ChaosRun.Endless, min: 1, max: 3, "cluster.topology=star",
            "cluster.timeouts.heartbeat=60");
        run.StartWorkers(1);
        var training = await run.UntilMembersAsync(1);
        var generation = training.GetProperty("generation").GetInt64();
        var owner = JsonSerializer.Deserialize<CoordinatorEndpoints>(File.ReadAllText(Path.Combine(run.Folder, "coordinator.json")))!.Grpc;

        var before = await run.MetricAsync(RefusedChunks);
        run.Note("mallory, who is no member, opens streams of two generations");
        Assert.Contains("worker mallory is no member of generation", (await Impostor.SendAsync(owner, "mallory", generation)).Detail,
            StringComparison.Ordinal);
        Assert.Contains("worker mallory comes with generation 0", (await Impostor.SendAsync(owner, "mallory", 0)).Detail,
            StringComparison.Ordinal);
        await run.UntilMetricAsync(RefusedChunks, before + 2);

        using var stranger = new Impostor(run);
        await AssertRefusedAsync(run, stranger, ready => ready.Layout[0].Shape[0]++, "its model or corpus differs from this run's");
        await AssertRefusedAsync(run, stranger, ready => ready.CorpusDigest = new string('0', ready.CorpusDigest.Length),
            "its model or corpus differs from this run's");
        await AssertRefusedAsync(run, stranger, ready => ready.Arithmetic = "another machine's", "it computes with another machine's");

        before = await run.MetricAsync(RefusedChunks);
        run.Note("mallory asks to join without a position");
        stranger.Say(new JoinRequest { WorkerId = "mallory" });
        Assert.Contains("JoinRequest of worker mallory has no position", (await stranger.HearAsync<Refused>()).Reason,
            StringComparison.Ordinal);
        await run.UntilMetricAsync(RefusedChunks, before + 1);

        // None of them made a generation end.
        Assert.Equal(generation, (await run.UntilMembersAsync(1)).GetProperty("generation").GetInt64());
        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    /// <summary>Products by another branch of MKL have other bits: such a worker is refused, whose corpus and model are right.</summary>
    [Fact]
    public async Task Worker_WhoseProductsHaveOtherBits_IsRefusedNamingBothAndEnds()
    {
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, ChaosRun.Endless, min: 1, max: 2, "cluster.timeouts.heartbeat=60");
        run.StartWorkers(1);
        await run.UntilMembersAsync(1);

        run.Note($"a worker with {MathLibrary.ModeVariable}=COMPATIBLE joins");
        (await ProgramRunner.RunAsync(ProgramPlace.Here.With(MathLibrary.ModeVariable, "COMPATIBLE"), "worker",
            "--seed", run.CoordinatorAddress, "--device", "cpu")).Expect(ExitCodes.BadInput, () => run.Describe());

        var coordinator = run.Coordinator.Output + run.Coordinator.Error;
        Assert.Contains("it computes with ", coordinator, StringComparison.Ordinal);
        Assert.Contains("COMPATIBLE", coordinator, StringComparison.Ordinal);
        Assert.Contains(MathLibrary.Describe(), coordinator, StringComparison.Ordinal);
        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Worker_WithTheStateOfAnotherRun_IsRefusedAndEnds()
    {
        LongVariant.RequireOrSkip();
        var machine = OneMachine.New();
        using var other = new ChaosRun(quiet, machine, ChaosRun.Endless, min: 1, max: 1);
        other.StartWorkers(1);
        await other.UntilStepAsync(3);
        other.Coordinator.Kill();
        var runId = JsonDocument.Parse(File.ReadAllText(Path.Combine(other.Folder, "run.json"))).RootElement.GetProperty("run_id")
            .GetString()!;

        // A run of another folder comes to where the worker looks for its own.
        using var run = new ChaosRun(quiet, machine, QuietRun.ValidateEvery, min: 1, max: 1);

        await other.AssertEndedAsync(other.Workers[0], ExitCodes.BadInput);
        Assert.Contains($"it holds a replica of run {runId}, but this is run", other.Workers[0].Output + other.Workers[0].Error,
            StringComparison.Ordinal);
        run.StartWorkers(1);
        await run.AssertEndsAsQuietAsync();
    }

    private static async Task AssertRefusedAsync(ChaosRun run, Impostor stranger, Action<WorkerReady> distort, string reason)
    {
        var before = await run.MetricAsync(WorkersLost);
        await stranger.JoinAsync(distort);
        run.Note($"impostor {stranger.WorkerId} joined with what must be refused: {reason}");
        var refused = await stranger.HearAsync<Refused>();
        stranger.FallSilent();
        Assert.True(refused.Final);
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        await run.UntilAsync(
            () => run.Coordinator.Output.Split('\n').Any(line => line.Contains(stranger.WorkerId, StringComparison.Ordinal)
                && line.Contains(reason, StringComparison.Ordinal)),
            $"the coordinator's log names {stranger.WorkerId}: {reason}");
        await run.UntilMetricAsync(WorkersLost, before + 1);
    }

    private static TensorFrame Like(TensorFrame frame, float[] values, long? generation = null, uint? checksum = null,
        long? offset = null) => new(values)
        {
            Generation = generation ?? frame.Generation,
            Step = frame.Step,
            Node = frame.Node,
            Offset = offset ?? frame.Offset,
            Checksum = checksum ?? TensorFrame.ChecksumOf(values),
        };
}
