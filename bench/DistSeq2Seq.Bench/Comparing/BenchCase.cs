using DistSeq2Seq.Configuration;

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
/// <param name="WhyNot">Why it cannot be measured on this machine; null, or a result of null, where it can.</param>
internal sealed record BenchCase(
    string Name, string What, string Unit, double Amount, double Target, Func<Task<Measurement>> Ours, Func<string, Task<Measurement>> Peer,
    bool PeerNeedsPython = true, Func<string?>? WhyNot = null);

/// <summary>The cases.</summary>
/// <param name="folder">For what the cases write.</param>
/// <param name="peers">Folder of the peers' scripts.</param>
internal sealed class BenchCases(string folder, string peers)
{
    private const int Warmup = 2, Rounds = 5;

    private readonly Lazy<string> _reference = new(() => SyntheticCorpus.PrepareReference(folder));
    private readonly Lazy<string> _multi30K = new(() => SyntheticCorpus.PrepareMulti30K(folder));

    /// <summary>All, in the order of the table.</summary>
    public IReadOnlyList<BenchCase> All =>
    [
        new("one", "one worker, training, against PyTorch", "tokens", Tokens(1), 1.5, () => OursAsync(1), python => PeerAsync(python, 1)),
        new("two", "two workers, training, against DDP + gloo", "tokens", Tokens(2), 1.6, () => OursAsync(2), python => PeerAsync(python, 2)),
        new("scaling", "two workers against twice one worker on half the batch", "tokens", Tokens(2), 0.95,
            () => OursAsync(2), _ => OursAsync(1), PeerNeedsPython: false),
        new("allreduce", "all-reduce of 65 MB, two processes, against gloo", "MB", 65, 1.0,
            () => OursReducingAsync(2, Wire.Fp32), python => PeerReducingAsync(python, 2)),
        new("allreduce-1g", "the same across 1 Gbit/s links", "MB", 65, 1.0,
            () => AcrossLinksAsync(2, links => OursReducingAsync(2, Wire.Fp32, links)),
            python => AcrossLinksAsync(2, links => PeerReducingAsync(python, 2, links)), WhyNot: LimitedNetwork.WhyNot),
        new("allreduce-1g-bf16", "the same with the bf16 wire", "MB", 65, 1.8,
            () => AcrossLinksAsync(2, links => OursReducingAsync(2, Wire.Bf16, links)),
            python => AcrossLinksAsync(2, links => PeerReducingAsync(python, 2, links)), WhyNot: LimitedNetwork.WhyNot),
        new("allreduce-1g-four", "all-reduce of 65 MB across 1 Gbit/s links, four processes, against gloo", "MB", 65, 1.0,
            () => AcrossLinksAsync(4, links => OursReducingAsync(4, Wire.Fp32, links)),
            python => AcrossLinksAsync(4, links => PeerReducingAsync(python, 4, links)), WhyNot: LimitedNetwork.WhyNot),
        new("multi30k-1g", "four workers, Multi30k's lengths, across 1 Gbit/s links, against DDP + gloo", "tokens", Tokens(4), 1.3,
            () => AcrossLinksAsync(4, links => OursOnMulti30KAsync(4, Wire.Fp32, links)),
            python => AcrossLinksAsync(4, links => PeerOnMulti30KAsync(python, 4, links)), WhyNot: LimitedNetwork.WhyNot),
        new("multi30k-1g-bf16", "the same with the bf16 wire", "tokens", Tokens(4), 1.3,
            () => AcrossLinksAsync(4, links => OursOnMulti30KAsync(4, Wire.Bf16, links)),
            python => AcrossLinksAsync(4, links => PeerOnMulti30KAsync(python, 4, links)), WhyNot: LimitedNetwork.WhyNot),
    ];

    private static double Tokens(int workers) => (double)workers * ReferenceCase.Sentences * ReferenceCase.Length;

    private Task<Measurement> OursAsync(int workers) =>
        ProcessGroup.OursAsync(workers, "train-member", "--corpus", _reference.Value, "--warmup", $"{Warmup}", "--rounds", $"{Rounds}");

    private Task<Measurement> PeerAsync(string python, int workers) =>
        ProcessGroup.PeerAsync(python, Path.Combine(peers, "train.py"), workers, "--warmup", $"{Warmup}", "--steps", $"{Rounds}");

    private static Task<Measurement> OursReducingAsync(int workers, Wire wire, LimitedNetwork? links = null) =>
        ProcessGroup.OursAsync(workers, links, "allreduce-member", "--warmup", "3", "--rounds", "10", "--wire", $"{wire}");

    private Task<Measurement> PeerReducingAsync(string python, int workers, LimitedNetwork? links = null) =>
        ProcessGroup.PeerAsync(python, Path.Combine(peers, "allreduce.py"), workers, links, "--warmup", "3", "--steps", "10");

    private Task<Measurement> OursOnMulti30KAsync(int workers, Wire wire, LimitedNetwork links) => ProcessGroup.OursAsync(
        workers, links, "train-member", "--corpus", _multi30K.Value, "--warmup", $"{Warmup}", "--rounds", $"{Rounds}", "--wire", $"{wire}");

    private Task<Measurement> PeerOnMulti30KAsync(string python, int workers, LimitedNetwork links)
    {
        var batches = Path.Combine(folder, $"multi30k-{workers}.jsonl");
        if (!File.Exists(batches))
            SyntheticCorpus.WriteBatches(_multi30K.Value, batches, workers, Warmup + Rounds);
        return ProcessGroup.PeerAsync(python, Path.Combine(peers, "train.py"), workers, links,
            "--warmup", $"{Warmup}", "--steps", $"{Rounds}", "--batches", batches);
    }

    private static async Task<Measurement> AcrossLinksAsync(int hosts, Func<LimitedNetwork, Task<Measurement>> measure)
    {
        using var links = new LimitedNetwork(hosts);
        return await measure(links);
    }
}
