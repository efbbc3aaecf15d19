using System.Diagnostics;
using Akka.Configuration;

namespace Akka.Remote;

/// <summary>
/// Suspects a peer whose heartbeats stay away, by how unusual the silence is. Source: Hayashibara, Défago, Yared and Katayama,
/// "The φ Accrual Failure Detector", 2004. φ = -log10 of the probability that a heartbeat comes even later than now, for normally
/// distributed intervals; a logistic function stands for the normal distribution's.
/// </summary>
internal sealed class PhiAccrualFailureDetector
{
    private readonly Queue<double> _intervals = new();
    private readonly Func<TimeSpan> _clock;
    private readonly double _threshold;
    private readonly int _maxSamples;
    private readonly double _minStandardDeviation;
    private readonly double _acceptablePause;
    private double _sum;
    private double _squaredSum;
    private TimeSpan? _last;

    public PhiAccrualFailureDetector(Config config, Func<TimeSpan> clock = null)
    {
        _clock = clock ?? (() => Stopwatch.GetElapsedTime(0));
        _threshold = config.GetDouble("threshold");
        _maxSamples = config.GetInt("max-sample-size");
        _minStandardDeviation = config.GetTimeSpan("min-std-deviation").TotalMilliseconds;
        _acceptablePause = config.GetTimeSpan("acceptable-heartbeat-pause").TotalMilliseconds;

        // Two guesses stand for the intervals that nobody has seen yet: the configured one, a quarter less and more.
        var first = config.GetTimeSpan("heartbeat-interval").TotalMilliseconds;
        Add(first * 0.75);
        Add(first * 1.25);
    }

    /// <summary>Whether any heartbeat has been counted.</summary>
    public bool IsMonitoring => _last != null;

    /// <summary>Whether the peer is not suspected.</summary>
    public bool IsAvailable => Phi() < _threshold;

    /// <summary>How suspicious the silence is; 0 before the first heartbeat.</summary>
    public double Phi()
    {
        if (_last is not { } last) return 0;
        var mean = _sum / _intervals.Count;
        var deviation = Math.Max(Math.Sqrt(Math.Max(0, (_squaredSum / _intervals.Count) - (mean * mean))), _minStandardDeviation);
        var silence = (_clock() - last).TotalMilliseconds;
        var expected = mean + _acceptablePause;
        var y = (silence - expected) / deviation;
        var e = Math.Exp(-y * (1.5976 + (0.070566 * y * y)));
        return silence > expected ? -Math.Log10(e / (1 + e)) : -Math.Log10(1 - (1 / (1 + e)));
    }

    /// <summary>Counts a heartbeat.</summary>
    public void Heartbeat()
    {
        var now = _clock();

        // An interval in which the peer was suspected says nothing about its usual ones.
        if (_last is { } last && IsAvailable) Add((now - last).TotalMilliseconds);
        _last = now;
    }

    private void Add(double interval)
    {
        _intervals.Enqueue(interval);
        _sum += interval;
        _squaredSum += interval * interval;
        if (_intervals.Count <= Math.Max(2, _maxSamples)) return;
        var oldest = _intervals.Dequeue();
        _sum -= oldest;
        _squaredSum -= oldest * oldest;
    }
}
