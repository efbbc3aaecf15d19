using DistSeq2Seq.Bench.Comparing;
using DistSeq2Seq.Bench.Corpora;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>
/// Processes that stand for hosts, joined by links of 1 Gbit/s: the exchange alone and whole steps, against gloo and DDP.
/// </summary>
/// <param name="folder">Corpora.</param>
/// <param name="peers">Folder of the peers' scripts.</param>
internal sealed class LinkCases(BenchFolder folder, string peers)
{
    private const int StepHosts = 4, Warmup = 6, Rounds = 8;

    /// <summary>All-reduces, which take half a second or a whole one.</summary>
    private const int SumWarmup = 10, SumRounds = 10;

    /// <summary>The all-reduce of 65 MB.</summary>
    public PeerCase AllReduce(string name, int hosts, Wire wire, double target) => new(
        name, $"all-reduce of 65 MB, {hosts} hosts on 1 Gbit/s links{Named(wire)}, against gloo", "MB", 65, target,
        () => AcrossLinksAsync(hosts, links => ProcessGroup.OursAsync(
            true, hosts, links, ["allreduce-member", "--warmup", $"{SumWarmup}", "--rounds", $"{SumRounds}", "--wire", $"{wire}"])),
        python => AcrossLinksAsync(hosts, links => ProcessGroup.PeerAsync(
            python, Path.Combine(peers, "allreduce.py"), hosts, links, ["--warmup", $"{SumWarmup}", "--steps", $"{SumRounds}"])),
        WhyNot: LimitedNetwork.WhyNot);

    /// <summary>Steps of four workers on sentences of Multi30k's lengths; both sides train on the same micro-batches.</summary>
    /// <param name="name">Of the case.</param>
    /// <param name="wire">How our gradients travel.</param>
    /// <param name="half">Whether DDP's travel as float16.</param>
    public PeerCase CaptionSteps(string name, Wire wire, bool half = false)
    {
        var file = Path.Combine(folder.New(name), "batches.jsonl");
        var configuration = ReferenceCase.Configuration(StepHosts, ReferenceCase.CaptionLength);
        var tokens = BatchFile.Write(file, folder.Captions, configuration, Warmup, Rounds);
        string[] ours = ["train-member", "--corpus", folder.Captions, "--length", $"{ReferenceCase.CaptionLength}",
            "--warmup", $"{Warmup}", "--rounds", $"{Rounds}", "--wire", $"{wire}"];
        string[] theirs = ["--warmup", $"{Warmup}", "--steps", $"{Rounds}", "--batches", file, .. half ? ["--half"] : (string[])[]];
        return new(
            name, $"four workers, Multi30k's lengths, on 1 Gbit/s links{Named(wire)}, against DDP + gloo{(half ? " in float16" : "")}",
            "tokens", tokens, 1.3,
            () => AcrossLinksAsync(StepHosts, links => ProcessGroup.OursAsync(true, StepHosts, links, ours)),
            python => AcrossLinksAsync(StepHosts, links => ProcessGroup.PeerAsync(python, Path.Combine(peers, "train.py"), StepHosts,
                links, theirs)),
            WhyNot: LimitedNetwork.WhyNot);
    }

    private static string Named(Wire wire) => wire == Wire.Bf16 ? ", bf16 wire" : "";

    private static async Task<Measurement> AcrossLinksAsync(int hosts, Func<LimitedNetwork, Task<Measurement>> measure)
    {
        using var links = new LimitedNetwork(hosts);
        return await measure(links);
    }
}
