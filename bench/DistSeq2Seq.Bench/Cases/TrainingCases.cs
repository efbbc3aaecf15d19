using DistSeq2Seq.Bench.Comparing;
using DistSeq2Seq.Bench.Corpora;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>Training steps and the exchange, against a plain PyTorch loop, DistributedDataParallel and gloo.</summary>
/// <param name="folder">Corpora.</param>
/// <param name="peers">Folder of the peers' scripts.</param>
internal sealed class TrainingCases(BenchFolder folder, string peers)
{
    /// <summary>
    /// Steps before those that are measured: methods are compiled for good only after they have run for seconds, and a training runs for
    /// hours.
    /// </summary>
    private const int Warmup = 8;

    private const int Rounds = 5;

    /// <summary>All-reduces, which take milliseconds.</summary>
    private const int SumWarmup = 40, SumRounds = 20;

    private const string InputFeeding = "--input-feeding";

    /// <summary>Batches differ in length: more of them.</summary>
    private const int CaptionRounds = 15;

    /// <summary>Steps of the reference case.</summary>
    public PeerCase Steps(string name, int workers, string against, double target) => new(
        name, $"{Workers(workers)}, training, against {against}", "tokens", Tokens(workers), target,
        () => OursAsync(workers), python => PeerAsync(python, workers, Rounds));

    /// <summary>Steps of the reference case with input feeding, where decoder steps wait for each other.</summary>
    public PeerCase FeedingSteps() => new(
        "feeding", "one worker, training with input feeding, against PyTorch", "tokens", Tokens(1), 1.5,
        () => ProcessGroup.OursAsync(1, [.. ReferenceArguments, InputFeeding]), python => PeerAsync(python, 1, Rounds, InputFeeding));

    /// <summary>Steps of sentences with Multi30k's lengths: both sides train on the same micro-batches.</summary>
    public PeerCase CaptionSteps(string name, int workers, string against, double target)
    {
        var file = Path.Combine(folder.New(name), "batches.jsonl");
        var configuration = ReferenceCase.Configuration(workers, ReferenceCase.CaptionLength);
        var tokens = BatchFile.Write(file, folder.Captions, configuration, Warmup, CaptionRounds);
        return new(name, $"{Workers(workers)}, Multi30k's lengths, against {against}", "tokens", tokens, target,
            () => ProcessGroup.OursAsync(workers, "train-member", "--corpus", folder.Captions, "--length", $"{ReferenceCase.CaptionLength}",
                "--warmup", $"{Warmup}", "--rounds", $"{CaptionRounds}"),
            python => PeerAsync(python, workers, CaptionRounds, "--batches", file));
    }

    /// <summary>
    /// Two workers against one on half the batch, each worker on a core of its own: per step both sides compute as much a worker, so
    /// the ratio is the share of the ideal rate that exchange and waiting leave.
    /// </summary>
    public PeerCase Scaling() => new(
        "scaling", "two workers against twice one worker on half the batch", "tokens", Tokens(2), 0.95,
        () => OursAsync(2), _ => OursAsync(1), PeerNeedsPython: false);

    /// <summary>
    /// The same two workers without any exchange: the most that <see cref="Scaling"/> can reach where cores share caches, memory and power.
    /// </summary>
    public PeerCase Apart() => new(
        "apart", "two workers that never meet against twice one worker", "tokens", Tokens(2), 1.0,
        () => ProcessGroup.StrangersAsync(2, ReferenceArguments), _ => OursAsync(1), PeerNeedsPython: false);

    /// <summary>
    /// A step's products in the step against the same amount of bare products of libtorch's: the share of their rate that a step reaches.
    /// </summary>
    public PeerCase Products() => new(
        "products", "products of a training step, one worker, against as many bare products", "Gflop", ReferenceCase.Gigaflops, 0.8,
        () => OursAsync(1), _ => ProcessGroup.AloneAsync("products-member", "--warmup", $"{Warmup}", "--rounds", $"{Rounds}"),
        PeerNeedsPython: false);

    /// <summary>Whether workers are better kept on a core each; two, on two cores.</summary>
    public PeerCase Pinning() => new(
        "pinning", "two workers free to move, against each on a core of its own", "tokens", Tokens(2), 1.0,
        () => ProcessGroup.OursAsync(pinned: false, 2, null, ReferenceArguments), _ => OursAsync(2), PeerNeedsPython: false);

    /// <summary>The exchange alone.</summary>
    public PeerCase AllReduce() => new(
        "allreduce", "all-reduce of 65 MB, two processes, against gloo", "MB", 65, 1.0,
        () => ProcessGroup.OursAsync(2, "allreduce-member", "--warmup", $"{SumWarmup}", "--rounds", $"{SumRounds}"),
        python => ProcessGroup.PeerAsync(python, Path.Combine(peers, "allreduce.py"), 2, "--warmup", $"{SumWarmup}", "--steps",
            $"{SumRounds}"));

    private static string Workers(int workers) => workers == 1 ? "one worker" : "two workers";

    private static double Tokens(int workers) => (double)workers * ReferenceCase.Sentences * ReferenceCase.Length;

    private string[] ReferenceArguments => ["train-member", "--corpus", folder.Reference, "--warmup", $"{Warmup}", "--rounds", $"{Rounds}"];

    private Task<Measurement> OursAsync(int workers) => ProcessGroup.OursAsync(workers, ReferenceArguments);

    private Task<Measurement> PeerAsync(string python, int workers, int rounds, params string[] more) =>
        ProcessGroup.PeerAsync(python, Path.Combine(peers, "train.py"), workers,
            ["--warmup", $"{Warmup}", "--steps", $"{rounds}", .. more]);
}
