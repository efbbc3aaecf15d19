using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>
/// What <c>doctor --plan</c> is told about a cluster that may not exist yet; the defaults are docs/PERFORMANCE.md's reference case.
/// </summary>
internal sealed class PlanArguments
{
    private const double BitsPerGigabit = 1e9, BitsPerByte = 8;

    private readonly Option<double> _gradient = Positive("--gradient-mb", 65,
        "With --plan: megabytes of the gradient, 4 bytes a parameter.");
    private readonly Option<double> _compute = Positive("--step-seconds", 40,
        "With --plan: seconds that one worker alone takes to compute a step.");
    private readonly Option<double> _network = Positive("--gigabits", 10, "With --plan: gigabits a second of each host's network link.");
    private readonly Option<Wire> _wire = new("--wire")
    {
        Description = "With --plan: how gradients travel (cluster.wire).",
        DefaultValueFactory = _ => Wire.Fp32,
    };
    private readonly Option<int> _perHost = new("--per-host")
    {
        Description = "With --plan: workers, and cores for them, on each host.",
        DefaultValueFactory = _ => 1,
    };

    public PlanArguments() => AtLeastOne(_perHost);

    /// <summary>The largest number of workers; no table without it.</summary>
    public Option<int?> Plan { get; } =
        AtLeastOne(new Option<int?>("--plan")
        {
            Description = "Predict the time of a step for 1 to N workers, and what limits it.",
            HelpName = "N",
        });

    /// <summary>Adds them to the verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (IEnumerable<Option>)[Plan, _gradient, _compute, _network, _wire, _perHost])
            command.Add(option);
    }

    /// <summary>The table, or null where none was asked for.</summary>
    public IReadOnlyList<string>? Table(ParseResult parsed)
    {
        if (parsed.GetValue(Plan) is not { } most)
            return null;
        var cluster = new ClusterConfiguration();
        var work = new StepWork
        {
            MicroBatches = most,
            MicroBatchSeconds = parsed.GetValue(_compute) / most,
            GradientElements = (long)Math.Max(1, parsed.GetValue(_gradient) * 1e6 / sizeof(float)),
            BucketElements = cluster.BucketBytes / sizeof(float),
            ChunkElements = cluster.ChunkBytes / sizeof(float),
            WireBytesPerElement = parsed.GetValue(_wire) == Wire.Bf16 ? sizeof(ushort) : sizeof(float),
        };
        var rates = new HostRates { NetworkBytesPerSecond = parsed.GetValue(_network) * BitsPerGigabit / BitsPerByte };
        return PlanTable.Of(new CostModel(work, rates), most, parsed.GetValue(_perHost));
    }

    private static Option<double> Positive(string name, double value, string description)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is var given && !(given > 0 && double.IsFinite(given)))
                result.AddError($"{name} is {given}; it takes a number above 0");
        });
        return option;
    }

    private static Option<T> AtLeastOne<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is int and (< 1 or > MostWorkers))
                result.AddError($"{option.Name} is {result.GetValueOrDefault<T>()}; it takes 1 to {MostWorkers}");
        });
        return option;
    }

    /// <summary>As <c>cluster.workers.max</c>.</summary>
    private const int MostWorkers = 4096;
}
