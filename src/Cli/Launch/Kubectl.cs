using System.ComponentModel;
using CliWrap;

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
        var command = new Command(program).WithArguments(Arguments(context, space)).WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromString(yaml)).WithStandardOutputPipe(To(output)).WithStandardErrorPipe(To(error));
        try
        {
            return (await command.ExecuteAsync(cancellation)).ExitCode;
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

    private static PipeTarget To(TextWriter writer) => PipeTarget.ToDelegate((line, cancellation) => writer.WriteLineAsync(line.AsMemory(),
        cancellation));
}
