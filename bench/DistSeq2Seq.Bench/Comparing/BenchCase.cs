namespace DistSeq2Seq.Bench.Comparing;

/// <summary>Something that both sides do.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="What">For the table.</param>
/// <param name="Unit">What <paramref name="Amount"/> counts.</param>
/// <param name="Amount">Units of one round; the table shows them per second.</param>
/// <param name="Target">Least ratio, ours to the peer's, that the project aims at.</param>
/// <param name="Ours">Measures this project.</param>
/// <param name="Peer">Measures the other side, given a Python with PyTorch.</param>
/// <param name="PeerNeedsPython">Whether the other side is PyTorch, and not this project in another setting.</param>
internal sealed record BenchCase(
    string Name, string What, string Unit, double Amount, double Target, Func<Task<Measurement>> Ours, Func<string, Task<Measurement>> Peer,
    bool PeerNeedsPython = true);

/// <summary>The cases.</summary>
/// <param name="corpus">The prepared synthetic corpus.</param>
/// <param name="peers">Folder of the peers' scripts.</param>
internal sealed class BenchCases(string corpus, string peers)
{
    private const string Warmup = "2", Rounds = "5", InputFeeding = "--input-feeding";

    /// <summary>All, in the order of the table.</summary>
    public IReadOnlyList<BenchCase> All =>
    [
        new("one", "one worker, training, against PyTorch", "tokens", Tokens(1), 1.5, () => OursAsync(1), python => PeerAsync(python, 1)),
        new("feeding", "one worker, training with input feeding, against PyTorch", "tokens", Tokens(1), 1.5,
            () => OursAsync(1, InputFeeding), python => PeerAsync(python, 1, InputFeeding)),
        new("two", "two workers, training, against DDP + gloo", "tokens", Tokens(2), 1.6, () => OursAsync(2), python => PeerAsync(python, 2)),
        new("scaling", "two workers against twice one worker on half the batch", "tokens", Tokens(2), 0.95,
            () => OursAsync(2), _ => OursAsync(1), PeerNeedsPython: false),
        new("allreduce", "all-reduce of 65 MB, two processes, against gloo", "MB", 65, 1.0,
            () => ProcessGroup.OursAsync(2, "allreduce-member", "--warmup", "3", "--rounds", "10"),
            python => ProcessGroup.PeerAsync(python, Path.Combine(peers, "allreduce.py"), 2, "--warmup", "3", "--steps", "10")),
    ];

    private static double Tokens(int workers) => (double)workers * ReferenceCase.Sentences * ReferenceCase.Length;

    private Task<Measurement> OursAsync(int workers, params string[] more) =>
        ProcessGroup.OursAsync(workers, ["train-member", "--corpus", corpus, "--warmup", Warmup, "--rounds", Rounds, .. more]);

    private Task<Measurement> PeerAsync(string python, int workers, params string[] more) =>
        ProcessGroup.PeerAsync(python, Path.Combine(peers, "train.py"), workers, ["--warmup", Warmup, "--steps", Rounds, .. more]);
}
