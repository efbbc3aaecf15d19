using System.Diagnostics;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>
/// A time that does not depend on the wall clock. Only differences have a meaning; the origin is near the machine's start.
/// </summary>
internal static class MonotonicClock
{
    /// <summary>The current time.</summary>
    public static DateTime Now => DateTime.UnixEpoch + Stopwatch.GetElapsedTime(0);
}
