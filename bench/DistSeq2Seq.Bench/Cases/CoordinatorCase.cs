using DistSeq2Seq.Bench.Comparing;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>What planning and reports of many workers take of the coordinator.</summary>
internal static class CoordinatorCase
{
    private const int Workers = 256, Steps = 2000;

    /// <summary>Twenty seconds: until then methods are still being compiled for good, and a run takes hours.</summary>
    private const int Warmup = 6000;

    /// <summary>256 workers, sharded owners.</summary>
    public static LimitCase Create() => new(
        "coordinator", $"coordinator, a step of {Workers} simulated workers, 99th percentile", 0.005,
        () => MeasureAsync(Workers, Steps));

    /// <summary>Measures steps of a number of workers.</summary>
    public static Task<Measurement> MeasureAsync(int workers, int steps) =>
        ProcessGroup.OursAsync(2, "coordinator-member", "--simulated", $"{workers}", "--warmup", $"{Warmup}", "--rounds", $"{steps}");
}
