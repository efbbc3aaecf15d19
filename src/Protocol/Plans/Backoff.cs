namespace DistSeq2Seq.Protocol.Plans;

/// <summary>The pause before trying again: each time twice as long, so that repeated failures do not keep others busy.</summary>
/// <param name="First">Pause after the first failure.</param>
/// <param name="Longest">No pause is longer.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    private const int MostDoublings = 30; // fits an int

    /// <summary>The pause after so many failures in a row; none after 0.</summary>
    public TimeSpan After(int failures) => failures <= 0
        ? TimeSpan.Zero
        : First * Math.Min(1 << Math.Min(failures - 1, MostDoublings), Longest / First);
}
