using System.Diagnostics;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Bench.Runs;

/// <summary>A whole `./dist train` as a user starts it, watched through the ledger of its run folder.</summary>
internal sealed class TrainRun : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _ledger;
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly long _started = Stopwatch.GetTimestamp();

    private TrainRun(string ledger, Process process)
    {
        (_ledger, _process) = (ledger, process);
        _error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync(); // nobody reads it, but a full pipe would stop the run
    }

    /// <summary>Runs a verb of the program to its end.</summary>
    /// <param name="root">The source tree, where <c>dist</c> lies.</param>
    /// <param name="arguments">Verb and options.</param>
    public static async Task CallAsync(string root, params string[] arguments)
    {
        using var process = Launch(root, arguments);
        _ = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"./dist {string.Join(' ', arguments)} ended with "
                + $"code {process.ExitCode}:\n{error.Trim()}");
    }

    /// <summary>Starts training.</summary>
    /// <param name="root">The source tree, where <c>dist</c> lies.</param>
    /// <param name="configuration">The run.</param>
    /// <param name="file">The same, written down.</param>
    public static TrainRun Start(string root, RunConfiguration configuration, string file) =>
        new(Path.Combine(configuration.Run, "steps.jsonl"), Launch(root, ["train", file]));

    /// <summary>Waits until a step is in the ledger.</summary>
    /// <returns>Seconds since the start.</returns>
    public async Task<double> WaitForStepAsync(int step)
    {
        while (Steps() < step)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"the training ended before step {step}:\n{(await _error).Trim()}");
            if (Stopwatch.GetElapsedTime(_started) > Patience)
                throw new TimeoutException($"step {step} did not come within {Patience.TotalMinutes} minutes");
            await Task.Delay(LookInterval);
        }

        return Stopwatch.GetElapsedTime(_started).TotalSeconds;
    }

    /// <summary>Processor time of all its processes so far: the command, the coordinator and the workers.</summary>
    public double ProcessorSeconds() => ProcessTree.ProcessorSeconds(_process.Id);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Process Launch(string root, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(root, "dist"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("could not start ./dist");
    }

    private int Steps()
    {
        if (!File.Exists(_ledger))
            return 0;
        using var reader = new StreamReader(new FileStream(_ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = 0;
        for (var next = reader.Read(); next >= 0; next = reader.Read())
            lines += next == '\n' ? 1 : 0;
        return lines;
    }
}
