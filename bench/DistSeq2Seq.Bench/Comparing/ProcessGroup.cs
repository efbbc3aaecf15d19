using System.Diagnostics;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>Processes of one side, each pinned to the core of its rank and told to use one thread.</summary>
internal static class ProcessGroup
{
    /// <summary>
    /// Large blocks stay with the process instead of going back to the system and being cleared anew each step: our kernels ask for
    /// this themselves (native/kernels/src/memory.cpp), and PyTorch gains a tenth.
    /// </summary>
    private static readonly string[] KeptMemory = ["MALLOC_MMAP_THRESHOLD_=1073741824", "MALLOC_TRIM_THRESHOLD_=2147483647"];

    /// <summary>Starts our members, tells them each other's addresses and takes their measurements.</summary>
    public static Task<Measurement> OursAsync(int workers, params IReadOnlyList<string> arguments) =>
        OursAsync(true, workers, null, arguments);

    /// <summary>The same, wherever the system puts each process, and each on a host of its own where there is a network.</summary>
    /// <param name="pinned">Whether each process is kept on a core of its own.</param>
    /// <param name="workers">Processes.</param>
    /// <param name="network">Their hosts; null for this one.</param>
    /// <param name="arguments">What all are told.</param>
    public static async Task<Measurement> OursAsync(bool pinned, int workers, LimitedNetwork? network, IReadOnlyList<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "distseq2seq-bench.dll");
        using var group = new Running(
            workers,
            rank =>
            [
                .. network?.Prefix(rank) ?? [], "dotnet", program, .. arguments, "--rank", $"{rank}", "--workers", $"{workers}",
                .. network is null ? (string[])[] : ["--bind", network.Address(rank), "--apart"],
            ],
            pinned);
        var addresses = new string[workers];
        for (var rank = 0; rank < workers; rank++)
            addresses[rank] = await group.ReadLineAsync(rank);
        for (var rank = 0; rank < workers; rank++)
            await group.WriteLineAsync(rank, string.Join(' ', addresses));
        return await group.MeasurementAsync();
    }

    /// <summary>Starts our members side by side, each of which believes that it is alone.</summary>
    public static async Task<Measurement> StrangersAsync(int workers, params IReadOnlyList<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "distseq2seq-bench.dll");
        using var group = new Running(workers, _ => ["dotnet", program, .. arguments, "--rank", "0", "--workers", "1"]);
        for (var rank = 0; rank < workers; rank++)
            await group.WriteLineAsync(rank, await group.ReadLineAsync(rank));
        return await group.MeasurementAsync();
    }

    /// <summary>Starts one of our processes that meets no others, and takes its measurement.</summary>
    public static async Task<Measurement> AloneAsync(params IReadOnlyList<string> arguments)
    {
        using var group = new Running(1, _ => ["dotnet", Path.Combine(AppContext.BaseDirectory, "distseq2seq-bench.dll"), .. arguments]);
        return await group.MeasurementAsync();
    }

    /// <summary>Starts a peer's processes and takes their measurements.</summary>
    public static Task<Measurement> PeerAsync(string python, string script, int workers, params IReadOnlyList<string> arguments) =>
        PeerAsync(python, script, workers, null, arguments);

    /// <summary>The same, each process on a host of its own where there is a network.</summary>
    public static async Task<Measurement> PeerAsync(string python, string script, int workers, LimitedNetwork? network,
        IReadOnlyList<string> arguments)
    {
        var port = FreePort.Take();
        string[] meeting = network is null ? [] : ["--address", network.Address(0), "--interface",
            Cluster.Tests.Support.NetworkHost.Interface];
        using var group = new Running(workers, rank =>
            [.. network?.Prefix(rank) ?? [], "env", .. KeptMemory, python, script, .. arguments, "--rank", $"{rank}", "--workers",
                $"{workers}", "--port", $"{port}", .. meeting]);
        return await group.MeasurementAsync();
    }

    /// <summary>Processes under way; ended with the group.</summary>
    private sealed class Running : IDisposable
    {
        private readonly Process[] _processes;

        public Running(int count, Func<int, string[]> command, bool pinned = true) =>
            _processes = [.. Enumerable.Range(0, count).Select(rank => Start(rank, command(rank), pinned))];

        public async Task<string> ReadLineAsync(int rank) =>
            await _processes[rank].StandardOutput.ReadLineAsync() ?? throw await FailureAsync(rank);

        public Task WriteLineAsync(int rank, string line) => _processes[rank].StandardInput.WriteLineAsync(line);

        /// <summary>Of the slowest: a step ends when the last member has it.</summary>
        public async Task<Measurement> MeasurementAsync()
        {
            var all = new List<Measurement>();
            for (var rank = 0; rank < _processes.Length; rank++)
                all.Add(Measurement.Parse(await ReadLineAsync(rank)));
            foreach (var process in _processes)
            {
                process.StandardInput.Close(); // whoever serves the others until they are done
                await process.WaitForExitAsync();
            }

            return all.MaxBy(m => m.Seconds)! with { CpuSeconds = all.Max(m => m.CpuSeconds) };
        }

        public void Dispose()
        {
            foreach (var process in _processes)
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }

        private static Process Start(int rank, string[] command, bool pinned)
        {
            var cores = pinned ? $"{rank % Environment.ProcessorCount}" : $"0-{Environment.ProcessorCount - 1}";
            var start = new ProcessStartInfo("taskset", ["--cpu-list", cores, .. command])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            start.Environment["MKL_NUM_THREADS"] = "1";
            start.Environment["OMP_NUM_THREADS"] = "1";
            return Process.Start(start) ?? throw new InvalidOperationException($"could not start {command[0]}");
        }

        private async Task<Exception> FailureAsync(int rank)
        {
            var error = await _processes[rank].StandardError.ReadToEndAsync();
            await _processes[rank].WaitForExitAsync();
            return new InvalidOperationException($"`{string.Join(' ', _processes[rank].StartInfo.ArgumentList.Skip(2))}` of rank {rank} "
                + $"ended without a result, exit code {_processes[rank].ExitCode}:\n{error.Trim()}");
        }
    }
}
