namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Finds members that hold the others up.</summary>
public sealed partial class RunMachine
{
    /// <summary>A member becomes a straggler when its time for a micro-batch is above this multiple of the median.</summary>
    private const double StragglerRatio = 1.5;

    /// <summary>A straggler has caught up below this multiple. The gap to <see cref="StragglerRatio"/> avoids repeated messages.</summary>
    private const double CaughtUpRatio = 1.25;

    /// <summary>Measured steps that a member needs before it is judged; its speed is smoothed over about ten steps.</summary>
    private const int StragglerSteps = 20;

    /// <summary>Logs members that have become slow, and members that are no longer slow.</summary>
    private void JudgeSpeeds()
    {
        if (_members.Count < 2 || _members.Any(m => m.Measured < StragglerSteps || m.Speed <= 0))
            return;
        // With an even number of members, the faster of the middle two: the slow one of two members must not be the median.
        var median = _members.Select(m => 1 / m.Speed).Order().ElementAt((_members.Count - 1) / 2);
        foreach (var member in _members)
        {
            var seconds = 1 / member.Speed;
            var ratio = seconds / median;
            if (!member.Straggles && ratio > StragglerRatio)
            {
                member.Straggles = true;
                Log(true, $"Worker {member.Id} (process {member.ProcessId} on {member.Host}) is slow: {seconds * 1000:F1} ms a "
                    + $"micro-batch, {ratio:F1} times the median "
                    + $"of {median * 1000:F1} ms. Every step waits for it; it gets fewer micro-batches when the membership changes next.");
            }
            else if (member.Straggles && ratio < CaughtUpRatio)
            {
                member.Straggles = false;
                Log(false, $"Worker {member.Id} (process {member.ProcessId} on {member.Host}) is no longer slow: {seconds * 1000:F1} ms a "
                    + $"micro-batch, the median is {median * 1000:F1} ms");
            }
        }
    }
}
