using System.Globalization;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Counts of skipped steps, which belong to a replica's state like its tensors and its step. They travel in the response headers.
/// </summary>
/// <param name="Skipped">Steps that changed nothing because their gradient was not finite.</param>
/// <param name="SkippedInRow">Steps skipped in a row up to the last step.</param>
public readonly record struct StepCounts(long Skipped, long SkippedInRow)
{
    private const string SkippedHeader = "skipped-steps";
    private const string SkippedInRowHeader = "skipped-in-row";

    /// <summary>Writes the counts as response headers.</summary>
    internal Metadata ToHeaders() => new()
    {
        { SkippedHeader, Skipped.ToString(CultureInfo.InvariantCulture) },
        { SkippedInRowHeader, SkippedInRow.ToString(CultureInfo.InvariantCulture) },
    };

    /// <summary>Reads the counts from response headers; 0 where one is missing.</summary>
    internal static StepCounts From(Metadata headers) => new(Number(headers, SkippedHeader), Number(headers, SkippedInRowHeader));

    private static long Number(Metadata headers, string name) =>
        long.TryParse(headers.GetValue(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
