using System.Diagnostics;

namespace DistSeq2Seq.Worker.Hosting;

/// <summary>How long this process has been without a coordinator; outlives actor systems. It begins without one.</summary>
internal sealed class CoordinatorAbsence
{
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Time without a coordinator; zero while there is one. By the monotonic clock.</summary>
    public TimeSpan Length => Interlocked.Read(ref _since) is > 0 and var since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>A coordinator was found.</summary>
    public void End() => Interlocked.Exchange(ref _since, 0);

    /// <summary>The coordinator is gone, or out of reach.</summary>
    public void Begin() => Interlocked.CompareExchange(ref _since, Stopwatch.GetTimestamp(), 0);
}
