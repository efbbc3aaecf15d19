using System.Globalization;
using System.Text.Json;
using DistSeq2Seq.Cluster.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>What a test waits for and asks. Whatever does not happen in time is explained.</summary>
internal sealed partial class ChaosRun
{
    /// <summary>Waits until the ledger holds a step.</summary>
    public Task UntilStepAsync(long step) => UntilAsync(() => Steps >= step, $"step {step}");

    /// <summary>Waits until a random number of further steps was taken.</summary>
    /// <param name="atMost">Their largest number.</param>
    public Task UntilFurtherStepsAsync(int atMost) => UntilStepAsync(Steps + Random.Next(1, atMost + 1));

    /// <summary>Waits until the coordinator's status is as wanted.</summary>
    public async Task<JsonElement> UntilStatusAsync(Func<JsonElement, bool> condition, string what)
    {
        var seen = default(JsonElement);
        var end = DateTime.UtcNow + Patience.Long;
        while (DateTime.UtcNow < end)
        {
            if (await StatusAsync() is { } status && condition(seen = status))
                return status;
            AssertRuns(what);
            await Task.Delay(20);
        }

        throw new TimeoutException($"not within {Patience.Long}: {what}; the status is {seen}\n{Describe()}");
    }

    /// <summary>The coordinator's status; null when it does not answer.</summary>
    public async Task<JsonElement?> StatusAsync()
    {
        try
        {
            return JsonDocument.Parse(await GetTextAsync("/api/status")).RootElement;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Asks the coordinator over HTTP.</summary>
    /// <param name="path">Such as <c>/metrics</c>.</param>
    public Task<string> GetTextAsync(string path) => _http.GetStringAsync(_hosts.Http + path);

    /// <summary>A sample without labels of the coordinator's metrics.</summary>
    public async Task<double> MetricAsync(string name)
    {
        try
        {
            var line = (await GetTextAsync("/metrics")).Split('\n').Single(l => l.StartsWith(name + " ", StringComparison.Ordinal));
            return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new InvalidOperationException($"the coordinator does not say its metrics: {e.Message}\n{Describe(Coordinator)}", e);
        }
    }

    /// <summary>
    /// Waits until a sample without labels has grown to a value; metrics follow what happens at the next change of the status.
    /// </summary>
    public async Task UntilMetricAsync(string name, double atLeast)
    {
        double seen = 0;
        var end = DateTime.UtcNow + Patience.Long;
        while ((seen = await MetricAsync(name)) < atLeast)
        {
            AssertRuns($"{name} is at least {atLeast}");
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"not within {Patience.Long}: {name} is {seen}, expected at least {atLeast}\n{Describe()}");
            await Task.Delay(20);
        }
    }

    /// <summary>Process ids of the members.</summary>
    public static int[] Members(JsonElement status) =>
        [.. status.GetProperty("workers").EnumerateArray().Where(w => w.GetProperty("rank").GetInt32() >= 0)
            .Select(w => w.GetProperty("process_id").GetInt32())];

    /// <summary>Waits until so many workers train.</summary>
    /// <param name="count">How many.</param>
    /// <param name="but">None of them is this one.</param>
    public Task<JsonElement> UntilMembersAsync(int count, ProgramRunner? but = null) => UntilStatusAsync(
        s => s.GetProperty("state").GetString() == "training" && Members(s) is var members && members.Length == count
        && !members.Contains(but?.Id ?? 0),
        $"{count} members train");

    /// <summary>Waits until something is so, at the latest at the coordinator's end.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        await Patience.UntilAsync(() => condition() || Coordinator.HasExited, () => $"{what}; step {Steps}\n{Describe()}");
        if (!condition())
            AssertRuns(what);
    }

    /// <summary>Fails a test that waits for what only a running coordinator can bring about.</summary>
    private void AssertRuns(string what)
    {
        if (Coordinator.ExitCode is { } code)
            Assert.Fail($"the coordinator ended with {Signals.DescribeExit(code)} before this: {what}\n{Describe(Coordinator)}");
    }
}
