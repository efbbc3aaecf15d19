using System.Globalization;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>
/// The seed from which a randomized test draws its faults: a new one each time, or the one that a failed test's message named.
/// </summary>
internal static class ChaosSeed
{
    /// <summary>The environment variable by which all randomized tests get the same seed.</summary>
    public const string Variable = "DISTSEQ2SEQ_CHAOS_SEED";

    /// <summary>Seeds stay short enough to be typed.</summary>
    private const int Limit = 1000;

    /// <summary>Draws one, unless the environment gives one.</summary>
    public static int Draw() => Draw(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Draws one, unless one is given.</summary>
    /// <param name="given">The variable's value; null or empty where it is not set.</param>
    public static int Draw(string? given)
    {
        if (string.IsNullOrEmpty(given))
            return Random.Shared.Next(Limit);
        // No sign, no space: what cannot be the number of a message is more likely a slip than a seed.
        return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new FormatException($"{Variable} is `{given}`, but a seed is a whole number from 0 to {int.MaxValue}; "
                + "set it to the one in the message of a failed test, or unset it to draw a new one");
    }

    /// <summary>How a message names the seed: as whoever tries again sets it.</summary>
    public static string Describe(int seed) => $"{Variable}={seed}";
}
