using System.Diagnostics;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Worker.Training;

/// <summary>
/// The work that failed on this worker, how often in a row, and the pause before the worker tries again. The pause grows, so that a
/// worker that cannot work does not make the others regroup again and again.
/// </summary>
/// <remarks><see cref="Pause"/> may be read from any thread; the rest belongs to the training thread.</remarks>
internal sealed class RepeatedFailures
{
    /// <summary>Failures of the same work after which the worker gives up.</summary>
    public const int Most = 5;

    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));

    private string _work = "";
    private long _resumeAt;

    /// <summary>How often the same work has failed in a row.</summary>
    public int Count { get; private set; }

    /// <summary>The rest of the pause after the last failure; zero when it is over.</summary>
    public TimeSpan Pause => Volatile.Read(ref _resumeAt) is var at && Stopwatch.GetTimestamp() is var now && at > now
        ? Stopwatch.GetElapsedTime(now, at) : TimeSpan.Zero;

    /// <summary>Some work failed.</summary>
    /// <param name="work">Name of the work: the same text for the same work.</param>
    /// <returns>Whether it has failed too often.</returns>
    public bool Add(string work)
    {
        Count = work == _work ? Count + 1 : 1;
        _work = work;
        var pause = Pauses.After(Count);
        Volatile.Write(ref _resumeAt, Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency));
        return Count >= Most;
    }

    /// <summary>A step was taken.</summary>
    public void Clear() => (_work, Count) = ("", 0);
}
