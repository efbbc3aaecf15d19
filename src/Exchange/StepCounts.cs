using System.Globalization;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>What belongs to a replica's state besides its tensors and its step; travels with it in the headers of the answer.</summary>
/// <param name="Skipped">Steps that changed nothing because their gradient was not finite.</param>
/// <param name="SkippedInRow">How many of the last steps these are.</param>
public readonly record struct StepCounts(long Skipped, long SkippedInRow)
{
    private const string SkippedHeader = "skipped-steps";
    private const string SkippedInRowHeader = "skipped-in-row";

    /// <summary>As response headers.</summary>
    internal Metadata ToHeaders() => new()
    {
        { SkippedHeader, Skipped.ToString(CultureInfo.InvariantCulture) },
        { SkippedInRowHeader, SkippedInRow.ToString(CultureInfo.InvariantCulture) },
    };

    /// <summary>From response headers; zero where they are missing.</summary>
    internal static StepCounts From(Metadata headers) => new(Number(headers, SkippedHeader), Number(headers, SkippedInRowHeader));

    private static long Number(Metadata headers, string name) =>
        long.TryParse(headers.GetValue(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
