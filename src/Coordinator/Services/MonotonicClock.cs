using System.Diagnostics;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>
/// A time that no setting of the wall clock moves. Only differences mean something: it begins somewhere near the machine's start.
/// </summary>
internal static class MonotonicClock
{
    /// <summary>Now.</summary>
    public static DateTime Now => DateTime.UnixEpoch + Stopwatch.GetElapsedTime(0);
}
