namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Finds members that hold the others up.</summary>
public sealed partial class RunMachine
{
    /// <summary>A member straggles whose micro-batches take this many times the median's time.</summary>
    private const double StragglerRatio = 1.5;

    /// <summary>And no more when it is below this: between them nothing is said twice.</summary>
    private const double CaughtUpRatio = 1.25;

    /// <summary>Steps that a member's time is taken from before it is judged; its speed is smoothed over about ten.</summary>
    private const int StragglerSteps = 20;

    /// <summary>Names members that have become slow, and those that are no longer.</summary>
    private void JudgeSpeeds()
    {
        if (_members.Count < 2 || _members.Any(m => m.Measured < StragglerSteps || m.Speed <= 0))
            return;
        // Of an even number the faster of the middle two, so that of two members the slow one can be told.
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
