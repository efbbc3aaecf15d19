using System.ComponentModel;
using System.Diagnostics;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>Hands rendered objects to the cluster through the user's own kubectl, so that no credentials are read here.</summary>
/// <param name="program">The program to run: a name on PATH or a path.</param>
public sealed class Kubectl(string program = "kubectl")
{
    /// <summary>Runs <c>kubectl apply -f -</c> on the documents and passes on what it prints.</summary>
    /// <returns>kubectl's exit code: 0 when all objects were applied.</returns>
    /// <exception cref="LaunchException">There is no such program.</exception>
    public async Task<int> ApplyAsync(
        string yaml, string? context, string? space, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var process = Start(Arguments(context, space));
        try
        {
            var printed = PassAsync(process.StandardOutput, output, cancellation);
            var complained = PassAsync(process.StandardError, error, cancellation);
            try
            {
                await process.StandardInput.WriteAsync(yaml.AsMemory(), cancellation);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read everything; its own message and exit code say why.
            }
            await Task.WhenAll(printed, complained, process.WaitForExitAsync(cancellation));
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw new LaunchException(
                $"{program} could not be started ({problem.Message}). Install it (https://kubernetes.io/docs/tasks/tools/), "
                + "or print the objects with --dry-run and apply them where it is.", problem);
        }
    }

    private static IEnumerable<string> Arguments(string? context, string? space)
    {
        if (context is not null)
            yield return $"--context={context}";
        if (space is not null)
            yield return $"--namespace={space}";
        yield return "apply";
        yield return "-f";
        yield return "-";
    }

    private static async Task PassAsync(TextReader from, TextWriter to, CancellationToken cancellation)
    {
        while (await from.ReadLineAsync(cancellation) is { } line)
            await to.WriteLineAsync(line.AsMemory(), cancellation);
    }
}
