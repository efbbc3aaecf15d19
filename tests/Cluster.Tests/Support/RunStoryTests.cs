using System.Globalization;
using Xunit;
using Xunit.Sdk;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>A failed test's message says enough to begin with.</summary>
public sealed class RunStoryTests
{
    [Fact]
    public async Task AssertEnded_WithAnotherCode_SaysProcessCodesSeedFaultsAndLastLinesOfBothSides()
    {
        long step = 0;
        var story = new RunStory(() => step, seed: 417);
        var (coordinator, worker) = (new Process("the coordinator's line\n"), new Process(Lines(100), "a line of trouble\n"));
        story.Follow("coordinator (process 1)", coordinator, isCoordinator: true);
        story.Follow("worker 0 (process 2)", worker);
        step = 17;
        story.Note("the link of worker 0 is cut");
        step = 23;
        worker.Strike("SIGTERM");
        worker.ExitCode = 137;

        var message = (await Assert.ThrowsAsync<FailException>(() => story.AssertEndedAsync(worker, 143))).Message;

        Assert.StartsWith("worker 0 (process 2) ended with 137 (128 + SIGKILL), expected 143 (128 + SIGTERM)\n"
            + "DISTSEQ2SEQ_CHAOS_SEED=417\n", message, StringComparison.Ordinal);
        Assert.Matches(@"\n  \d\d:\d\d:\d\d\.\d{3} step 17: the link of worker 0 is cut\n"
            + @"  \d\d:\d\d:\d\d\.\d{3} step 23: SIGTERM to worker 0 \(process 2\)\n", message);
        Assert.Matches(@"\n--- worker 0 \(process 2\), started [\d:.]+, ended with 137 \(128 \+ SIGKILL\); its last lines:\n"
            + @"\(80 lines before these\)\nline 81\n(line \d+\n){18}line 100\non standard error:\na line of trouble\n"
            + @"--- coordinator \(process 1\), started [\d:.]+, runs; its last lines:\nthe coordinator's line\n$", message);
    }

    [Fact]
    public async Task AssertEnded_WithTheCodeExpected_SaysNothing()
    {
        var story = new RunStory();
        var process = new Process("") { ExitCode = 143 };
        story.Follow("worker", process);

        await story.AssertEndedAsync(process, 143);
    }

    [Fact]
    public async Task AssertEnded_NotInTime_SaysTheSame()
    {
        var story = new RunStory(seed: 5);
        var process = new Process("a line of it\n");
        story.Follow("worker 3", process);

        var message = (await Assert.ThrowsAsync<TimeoutException>(() => story.AssertEndedAsync(process, 0))).Message;

        Assert.StartsWith($"worker 3 has not ended within {Patience.Long}, expected its end with 0\nDISTSEQ2SEQ_CHAOS_SEED=5\n"
            + "No fault was injected.\n", message, StringComparison.Ordinal);
        Assert.Contains(", runs; its last lines:\na line of it\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tell_OfManyProcesses_QuotesTheOneTheCoordinatorAndThoseThatRun()
    {
        var story = new RunStory();
        story.Follow("coordinator", new Process("") { ExitCode = 0 }, isCoordinator: true);
        var workers = Enumerable.Range(0, 20).Select(i => new Process("") { ExitCode = i == 4 ? null : 137 }).ToArray();
        for (var i = 0; i < workers.Length; i++)
            story.Follow($"worker {i}", workers[i]);

        var told = story.Tell(workers[2]).Split('\n').Where(line => line.StartsWith("--- ", StringComparison.Ordinal))
            .Select(line => line[4..].Split(',')[0]);

        Assert.Equal(["worker 2", "coordinator", "worker 4", "worker 19", "worker 18", "worker 17", "worker 16", "worker 15",
            "13 processes more"], told);
    }

    [Fact]
    public void Tell_OfARunFolder_QuotesItsLogFiles()
    {
        using var run = new TinyRun();
        var story = new RunStory { RunFolder = run.RunFolder };
        Assert.EndsWith($"--- no logs in {run.RunFolder}\n", story.Tell(), StringComparison.Ordinal);
        var logs = Directory.CreateDirectory(Path.Combine(run.RunFolder, "logs"));
        File.WriteAllText(Path.Combine(logs.FullName, "worker-1.log"), Lines(21));

        Assert.EndsWith("--- worker-1.log; its last lines:\n(1 lines before these)\n" + Lines(21)["line 1\n".Length..], story.Tell(),
            StringComparison.Ordinal);
    }

    /// <summary>A real process, whose signals enter themselves.</summary>
    [Fact]
    public async Task AssertEnded_OfTheProgram_SaysWhatItWroteAndWhatWasDoneToIt()
    {
        var story = new RunStory();
        using var killed = ProgramRunner.Start("worker", "--seed", "127.0.0.1:9", "--device", "cpu");
        using var helpful = ProgramRunner.Start("--help");
        story.Follow("killed", killed);
        story.Follow("helpful", helpful);
        killed.Kill();

        await story.AssertEndedAsync(killed, 137);
        var message = (await Assert.ThrowsAsync<FailException>(() => story.AssertEndedAsync(helpful, 1))).Message;

        Assert.StartsWith("helpful ended with 0, expected 1\n", message, StringComparison.Ordinal);
        Assert.Contains(": SIGKILL to killed\n", message, StringComparison.Ordinal);
        Assert.Contains(helpful.Output.TrimEnd('\n').Split('\n')[^1], message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expect_AnotherCode_SaysCommandCodesAndLastLines()
    {
        var end = await ProgramRunner.RunAsync("inspect", "--run", "/nonexistent");

        Assert.Same(end, end.Expect(2));
        var message = Assert.Throws<FailException>(() => end.Expect(0, () => "and more")).Message;

        Assert.StartsWith("`inspect --run /nonexistent` ended with 2, expected 0\n", message, StringComparison.Ordinal);
        Assert.EndsWith("and more", message, StringComparison.Ordinal);
        Assert.Contains("on standard error:\n" + end.Error, message, StringComparison.Ordinal);
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(1, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"line {i}\n")));

    /// <summary>A process that is none.</summary>
    private sealed class Process(string output, string error = "") : IRunProcess
    {
        public event Action<string>? Signalled;

        public string Output => output;

        public string Error => error;

        public int? ExitCode { get; set; }

        public Func<string>? Explanation { get; set; }

        public void Strike(string signal) => Signalled?.Invoke(signal);

        public Task<int> WaitAsync(TimeSpan? atMost = null) => ExitCode is { } code
            ? Task.FromResult(code)
            : Task.FromException<int>(new TimeoutException());
    }
}
