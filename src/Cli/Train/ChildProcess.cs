using System.Diagnostics;
using System.Globalization;

namespace DistSeq2Seq.Cli.Train;

/// <summary>A process of this program, with its output in a log file. It ends when this process does, however that ends.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>
    /// .NET settings (hexadecimal): methods are counted for optimized compilation only when no new ones have come for 2 s, and are not
    /// instrumented before. For processes whose work is in native kernels; variables that the user has set stay as they are.
    /// </summary>
    private static readonly (string Name, string Value)[] CompileLater = [("DOTNET_TC_CallCountingDelayMs", "7D0"),
        ("DOTNET_TieredPGO", "0")];

    private readonly Process _process;
    private readonly StreamWriter _log;

    private ChildProcess(string name, string logPath, Process process, StreamWriter log) =>
        (Name, LogPath, _process, _log) = (name, logPath, process, log);

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>File of its output.</summary>
    public string LogPath { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts this program with other arguments.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="logFolder">Folder of its log file, <c>name.log</c>; the log is appended to.</param>
    /// <param name="arguments">Verb and options; <c>--exit-with-stdin</c> is added.</param>
    /// <param name="threads">Threads of its matrix products.</param>
    public static ChildProcess Start(string name, string logFolder, IEnumerable<string> arguments, int threads)
    {
        Directory.CreateDirectory(logFolder);
        var logPath = Path.Combine(logFolder, name + ".log");
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // `dotnet program.dll`, where there is no native launcher.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in arguments.Append("--exit-with-stdin"))
            start.ArgumentList.Add(argument);
        // set_num_threads governs MKL on the training thread alone; other threads' products would fight the other workers'.
        start.Environment["MKL_NUM_THREADS"] = start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        // Half of what a start costs would be compiling a second time, at the training threads' cost, what runs only while starting.
        foreach (var (setting, value) in CompileLater)
            start.Environment.TryAdd(setting, value);

        var log = new StreamWriter(new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        void Keep(object? sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
                return;
            lock (log)
                log.WriteLine(line.Data);
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(name, logPath, process, log);
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate()
    {
        if (!_process.HasExited)
            _ = Signals.Send(_process.Id, Signals.Terminate);
    }

    /// <summary>Waits until it has ended.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>The last line it wrote.</summary>
    public string LastWords()
    {
        using var stream = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var last = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.Trim().Length > 0)
                last = line;
        }

        return last;
    }

    /// <summary>Ends it if it has not ended.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        lock (_log)
            _log.Dispose();
    }
}
