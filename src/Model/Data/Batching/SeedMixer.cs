namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// Derives seeds from numbers, without state: the random numbers of a step depend on nothing but the step. Each number is added in turn,
/// and the sum passes through the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014;
/// constants by Stafford, variant 13), a bijection in which each input bit changes about half of the output bits.
/// </summary>
public static class SeedMixer
{
    /// <summary>SplitMix64's increment: 2^64 divided by the golden ratio, made odd.</summary>
    public const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>SplitMix64's finalizer: a bijection of 64-bit numbers.</summary>
    public static ulong Finalize(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>
    /// Mixes a further number into a seed: <c>Finalize(seed + GoldenGamma × (value + 1))</c>; for a fixed seed, a
    /// bijection of the value.
    /// </summary>
    public static ulong Mix(ulong seed, ulong value) => Finalize(unchecked(seed + GoldenGamma * (value + 1)));

    /// <summary>The seed of one micro-batch of one step, for dropout and all other random choices there.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">Global step.</param>
    /// <param name="microBatch">Index of the micro-batch in its global batch.</param>
    public static ulong Mix(long seed, long step, int microBatch) =>
        Mix(Mix(Finalize((ulong)seed), (ulong)step), (ulong)microBatch);
}
