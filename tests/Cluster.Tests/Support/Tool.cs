using System.Diagnostics;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>Small programs of the system.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="ToolException">It ended with another code than 0.</exception>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new ToolException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {error.Result.Trim()}");
    }

    /// <summary>Whether a program of this name is on PATH.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}

/// <summary>A program of the system failed; the message has its command and what it said.</summary>
internal sealed class ToolException(string message) : Exception(message);
