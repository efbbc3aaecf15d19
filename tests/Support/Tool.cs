using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace DistSeq2Seq.Tests.Support;

/// <summary>Programs of the system that a test, or a bench, runs to their end.</summary>
internal static class Tool
{
    /// <summary>
    /// Importing PyTorch from a cold disk, or installing packages, takes a minute. What hangs must not keep a run of tests from ending.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="ToolException">It ended with another code than 0, did not end in time, or there is no such program.</exception>
    public static string Run(string program, params string[] arguments) => RunAsync(program, arguments).GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    /// <param name="program">A name on PATH or a path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs; by default in the folder of this process.</param>
    public static async Task<string> RunAsync(string program, string[] arguments, string folder = "")
    {
        var end = await TryAsync(program, arguments, folder: folder)
            ?? throw new ToolException($"there is no program {program}; install it");
        return end.IsSuccess
            ? end.StandardOutput
            : throw new ToolException($"{program} {string.Join(' ', arguments)}: exit "
                + $"code {end.ExitCode}: {end.StandardError.Trim()}\n{end.StandardOutput}");
    }

    /// <summary>Runs a program to its end, whatever that is; what it prints is kept.</summary>
    /// <param name="program">A name on PATH or a path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="folder">Where it runs; by default in the folder of this process.</param>
    /// <returns>How it ended; null where there is no such program.</returns>
    /// <exception cref="ToolException">It did not end in time and was killed, with all that it had started.</exception>
    public static async Task<BufferedCommandResult?> TryAsync(string program, string[] arguments, string input = "", string folder = "")
    {
        using var late = new CancellationTokenSource(Limit);
        try
        {
            return await new Command(program).WithArguments(arguments).WithWorkingDirectory(folder)
                .WithStandardInputPipe(PipeSource.FromString(input))
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(late.Token);
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            throw new ToolException($"{program} {string.Join(' ', arguments)}: not at its end after {Limit.TotalMinutes:0} minutes, so it "
                + "was killed");
        }
    }

    /// <summary>Whether a program of this name is on PATH.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}

/// <summary>A program of the system failed; the message has its command and what it said.</summary>
internal sealed class ToolException(string message) : Exception(message);
