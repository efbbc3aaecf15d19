using DistSeq2Seq.Bench.Comparing;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>The cases by name, in the order of the table; a case is made when it is asked for.</summary>
internal sealed class BenchCases
{
    private const string Loop = "PyTorch", Parallel = "DDP + gloo";

    private readonly (string Name, Func<BenchCase> Make)[] _all;

    /// <param name="folder">Corpora and runs.</param>
    /// <param name="peers">Folder of the peers' scripts, bench/peers of the source tree.</param>
    public BenchCases(BenchFolder folder, string peers)
    {
        var training = new TrainingCases(folder, peers);
        var links = new LinkCases(folder, peers);
        var root = Path.GetFullPath(Path.Combine(peers, "../.."));
        var runs = new RunCases(folder, root);
        Costs = new CostsCase(folder, root);
        _all =
        [
            ("one", () => training.Steps("one", 1, Loop, 1.5)),
            ("feeding", training.FeedingSteps),
            ("two", () => training.Steps("two", 2, Parallel, 1.6)),
            ("scaling", training.Scaling),
            ("apart", training.Apart),
            ("products", training.Products),
            ("allreduce", training.AllReduce),
            ("allreduce-1g", () => links.AllReduce("allreduce-1g", 2, Wire.Fp32, 1.0)),
            ("allreduce-1g-bf16", () => links.AllReduce("allreduce-1g-bf16", 2, Wire.Bf16, 1.8)),
            ("allreduce-1g-four", () => links.AllReduce("allreduce-1g-four", 4, Wire.Fp32, 1.0)),
            ("one-captions", () => training.CaptionSteps("one-captions", 1, Loop, 1.5)),
            ("two-captions", () => training.CaptionSteps("two-captions", 2, Parallel, 1.6)),
            ("captions-1g", () => links.CaptionSteps("captions-1g", Wire.Fp32)),
            ("captions-1g-bf16", () => links.CaptionSteps("captions-1g-bf16", Wire.Bf16)),
            ("captions-1g-half", () => links.CaptionSteps("captions-1g-half", Wire.Bf16, half: true)),
            ("pinning", training.Pinning),
            ("coordinator", CoordinatorCase.Create),
            ("checkpoint", runs.Checkpoint),
            ("beam", () => new BeamCase(folder, peers).Create()),
            ("start", runs.Start),
        ];
    }

    /// <summary>The cost model's check, which has a table of its own.</summary>
    public CostsCase Costs { get; }

    /// <summary>Names of all cases.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "one", "feeding", "two", "scaling", "apart", "products", "allreduce", "allreduce-1g", "allreduce-1g-bf16", "allreduce-1g-four",
        "one-captions", "two-captions", "captions-1g",
        "captions-1g-bf16", "captions-1g-half", "pinning", "coordinator", "checkpoint", "beam", "start", CostsCase.Name,
    ];

    /// <summary>The cases of these names.</summary>
    public IEnumerable<BenchCase> Of(IReadOnlyCollection<string> names) => _all.Where(c => names.Contains(c.Name)).Select(c => c.Make());
}
