using System.Globalization;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>
/// What a test did to the processes of a run, and what they said: by it, a test that fails explains itself. It sees signals by itself;
/// of other faults it is told.
/// </summary>
internal sealed class RunStory
{
    /// <summary>As many processes are quoted: more would bury the two that matter.</summary>
    private const int Few = 8;

    private readonly Func<long>? _step;
    private readonly int? _seed;
    private readonly List<string> _faults = [];
    private readonly List<Followed> _processes = [];

    /// <param name="step">The run's last step now, so that a fault has its place in the run; null where that cannot be known.</param>
    /// <param name="seed">From which the test draws faults; null where nothing is random.</param>
    public RunStory(Func<long>? step = null, int? seed = null)
    {
        (_step, _seed) = (step, seed);
        if (seed is { } known)
            Print(ChaosSeed.Describe(known));
    }

    /// <summary>The folder of a run whose processes write log files; null where all is on their standard output.</summary>
    public string? RunFolder { get; init; }

    /// <summary>Makes a process part of the story.</summary>
    /// <param name="name">For people; with the process number, by which the coordinator's log names workers.</param>
    /// <param name="process">The process.</param>
    /// <param name="isCoordinator">Whether it knows of all others: its log is part of every message.</param>
    public void Follow(string name, IRunProcess process, bool isCoordinator = false)
    {
        _processes.Add(new Followed(name, process, Now(), isCoordinator));
        process.Explanation = () => Tell(process);
        process.Signalled += signal => Note($"{signal} to {name}");
    }

    /// <summary>Enters a fault that is injected now.</summary>
    /// <param name="fault">What is done, and to whom.</param>
    public void Note(string fault)
    {
        var line = $"{Now()}{(_step is null ? "" : $" step {_step()}")}: {fault}";
        _faults.Add(line);
        Print(line);
    }

    /// <summary>Waits for a process's end and fails the test, with all that may explain it, unless it has this exit code.</summary>
    /// <param name="process">One that is followed.</param>
    /// <param name="expected">Its exit code.</param>
    /// <param name="atMost">How long to wait; <see cref="Patience.Long"/> unless given.</param>
    public async Task AssertEndedAsync(IRunProcess process, int expected, TimeSpan? atMost = null)
    {
        var name = _processes.Find(p => p.Process == process)?.Name ?? "a process that nobody follows";
        int seen;
        try
        {
            seen = await process.WaitAsync(atMost);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name} has not ended within {atMost ?? Patience.Long}, expected its end with "
                + $"{Signals.DescribeExit(expected)}\n{Tell(process)}");
        }

        if (seen != expected)
            Assert.Fail($"{name} ended with {Signals.DescribeExit(seen)}, expected {Signals.DescribeExit(expected)}\n{Tell(process)}");
    }

    /// <summary>Seed, faults and the last lines of logs.</summary>
    /// <param name="about">The process whose log is to come first; null for none.</param>
    public string Tell(IRunProcess? about = null)
    {
        var text = _seed is { } seed ? $"{ChaosSeed.Describe(seed)}\n" : "";
        text += _faults.Count == 0 ? "No fault was injected.\n" : $"Faults{(_step is null ? "" : ", with the run's last step then")}:\n"
            + string.Concat(_faults.Select(fault => $"  {fault}\n"));
        var coordinator = _processes.FindLast(p => p.IsCoordinator);
        var shown = _processes.AsEnumerable().Reverse() // the newest first, where nothing else decides
            .OrderByDescending(p => p.Process == about).ThenByDescending(p => p == coordinator)
            .ThenByDescending(p => p.Process.ExitCode is null).Take(Few).ToArray();
        text += string.Concat(shown.Select(p => LogTail.Of(Describe(p), p.Process.Output, p.Process.Error)));
        if (_processes.Count > shown.Length)
            text += $"--- {_processes.Count - shown.Length} processes more, most of which ended before\n";
        return RunFolder is null ? text : text + LogTail.OfFolder(RunFolder);
    }

    private static string Describe(Followed process) =>
        $"{process.Name}, started {process.Started}, {Signals.DescribeEnd(process.Process.ExitCode)}";

    // A test's output stands below its message: whichever assert fails, seed and faults are there.
    private static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    // As logs say it, so that a fault can be found in them.
    private static string Now() => DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private sealed record Followed(string Name, IRunProcess Process, string Started, bool IsCoordinator);
}
