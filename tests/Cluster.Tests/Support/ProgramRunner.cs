using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>Starts the real program, as a user's shell would.</summary>
internal sealed class ProgramRunner : IRunProcess, IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;
    private readonly string _command;
    private int? _exitCode;

    private ProgramRunner(Process process, string command) => (_process, _command) = (process, command);

    /// <inheritdoc/>
    public event Action<string>? Signalled;

    /// <inheritdoc/>
    public Func<string>? Explanation { get; set; }

    /// <summary>Its process id.</summary>
    public int Id { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => ExitCode is not null;

    /// <inheritdoc/>
    public int? ExitCode => _exitCode ??= _process.HasExited ? _process.ExitCode : null;

    /// <inheritdoc/>
    public string Output => Read(_output);

    /// <inheritdoc/>
    public string Error => Read(_error);

    /// <summary>Starts a verb.</summary>
    public static ProgramRunner Start(params string[] arguments) => Start(ProgramPlace.Here, arguments);

    /// <summary>Starts a verb somewhere else than this process is, or with further environment.</summary>
    public static ProgramRunner Start(ProgramPlace place, params string[] arguments)
    {
        // A shell that starts the tests in the background makes them, and what they start, deaf to SIGINT.
        string[] command = [.. place.Through, "env", "--default-signal=INT", "dotnet",
            Path.Combine(AppContext.BaseDirectory, "distseq2seq.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // As `train` and the manifests start their processes.
        start.Environment["MKL_NUM_THREADS"] = start.Environment["OMP_NUM_THREADS"] = "1";
        foreach (var (name, value) in place.Environment)
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        var runner = new ProgramRunner(process, string.Join(' ', arguments));
        process.OutputDataReceived += (_, line) => Keep(runner._output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(runner._error, line.Data);
        process.Start();
        runner.Id = process.Id; // messages name it when the process is long disposed
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return runner;
    }

    /// <summary>Runs a verb to its end.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public static Task<ProgramEnd> RunAsync(params string[] arguments) =>
        RunAsync(ProgramPlace.Here, arguments);

    /// <summary>The same somewhere else than this process is.</summary>
    public static async Task<ProgramEnd> RunAsync(ProgramPlace place, params string[] arguments)
    {
        using var runner = Start(place, arguments);
        runner._process.StandardInput.Close();
        var code = await runner.WaitAsync();
        return new ProgramEnd(runner._command, code, runner.Output, runner.Error);
    }

    /// <inheritdoc/>
    public async Task<int> WaitAsync(TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience.Long);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"`{_command}` has not ended within {atMost ?? Patience.Long}\n{Explain()}");
        }

        return ExitCode!.Value;
    }

    /// <summary>SIGKILL to it and to every process that it started.</summary>
    public void KillAll()
    {
        EndAll();
        Signalled?.Invoke($"{Signals.NameOf(Signals.Kill)}, with all that it started,");
    }

    /// <summary>SIGKILL to it alone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        Signalled?.Invoke(Signals.NameOf(Signals.Kill)); // after the deed: its moment may matter
    }

    /// <summary>A POSIX signal to it alone.</summary>
    public void Send(int signal)
    {
        var sent = Signals.Send(Id, signal);
        Assert.True(sent == 0, $"{Signals.NameOf(signal)} could not be sent to process {Id}: error {Marshal.GetLastPInvokeError()} of "
            + $"kill(2)\n{Explain()}");
        Signalled?.Invoke(Signals.NameOf(signal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!HasExited)
            EndAll();
        _ = ExitCode; // keeps it
        _process.Dispose();
    }

    private void EndAll()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    private string Explain() => Explanation?.Invoke() ?? LogTail.Of($"`{_command}`, {Signals.DescribeEnd(ExitCode)}", Output, Error);

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}

/// <summary>How long tests wait for a condition: far longer than any machine needs, so that none depends on speed.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    /// <summary>Waits until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> whatIsSeen)
    {
        var end = DateTime.UtcNow + Long;
        while (!condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"not within {Long}: {whatIsSeen()}");
            await Task.Delay(20);
        }
    }
}
