using System.Numerics;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// xoshiro256** (Blackman, Vigna: Scrambled Linear Pseudorandom Number Generators, 2018). It is implemented here because the runtime's
/// generator may change with the .NET version, and the order of an epoch must not. Not for cryptography; for one thread.
/// </summary>
public sealed class DeterministicRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Seeds the generator; its state is four outputs of SplitMix64, as its authors advise.</summary>
    /// <param name="seed">Any number.</param>
    public DeterministicRandom(ulong seed)
    {
        _s0 = SeedMixer.Mix(seed, 0);
        _s1 = SeedMixer.Mix(seed, 1);
        _s2 = SeedMixer.Mix(seed, 2);
        _s3 = SeedMixer.Mix(seed, 3);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>
    /// A number from 0 to <paramref name="bound"/> - 1, each equally likely (Lemire: Fast Random Integer Generation in
    /// an Interval, 2019).
    /// </summary>
    /// <param name="bound">At least 1.</param>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (ulong)bound;
        var high = Math.BigMul(Next(), range, out var low);
        if (low < range)
        {
            var threshold = unchecked(0 - range) % range;
            while (low < threshold)
                high = Math.BigMul(Next(), range, out low);
        }
        return (int)high;
    }

    /// <summary>Puts the items in a random order (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
