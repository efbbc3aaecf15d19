using System.CommandLine;
using System.Text;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>The verb <c>launch</c>: renders a run for Kubernetes, and prints it or applies it through kubectl.</summary>
public static class LaunchCommand
{
    /// <summary>The verb with its options. It exits with 0, with 2 on bad input, or with kubectl's own code.</summary>
    /// <param name="kubectl">The program to apply with; a name on PATH or a path.</param>
    public static Command Create(string kubectl = "kubectl")
    {
        var configuration = new Argument<string>("config") { Description = "The YAML file that describes the run." };
        var workers = new Option<int>("--workers") { Description = "Worker pods.", Required = true, HelpName = "N" };
        var image = new Option<string>("--image") { Description = "Container image.", Required = true };
        var gpus = new Option<int>("--gpus") { Description = "GPUs for each worker: 0 or 1.", HelpName = "G" };
        var name = new Option<string?>("--name") { Description = "Name of the run; by default its folder's." };
        var settings = new Option<string[]>("--set") { Description = "Override a key of the configuration.", HelpName = "a.b=c" };
        var space = new Option<string?>("--namespace", "-n") { Description = "Namespace; by default the context's." };
        var storage = Default("--storage", "20Gi", "Size of the volume for the run folder.");
        var claim = new Option<string?>("--data-claim")
        {
            Description = "Existing volume claim with the corpus, at /data in the coordinator.",
        };
        var cpus = new Option<int?>("--cpus") { Description = "CPUs for each worker; by default its threads and one more." };
        var memory = Default("--memory", "4Gi", "Memory for each worker.");
        var drain = new Option<int?>("--drain-seconds")
        {
            Description = "Seconds that a pod may take to stop; by default "
                + "cluster.timeouts.drain and 20 more."
        };
        var context = new Option<string?>("--context") { Description = "kubectl's context; by default its current one." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the objects as YAML and apply nothing." };
        var command = new Command("launch", "Start a run on Kubernetes.")
        {
            configuration, workers, gpus, image, name, settings, space, storage, claim, cpus, memory, drain, context, dryRun,
        };
        command.SetWork(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var error = parsed.InvocationConfiguration.Error;
            var path = parsed.GetRequiredValue(configuration);
            var text = ReadConfiguration(path);
            var overrides = parsed.GetValue(settings) ?? [];
            var options = new LaunchOptions
            {
                Configuration = text,
                ConfigurationName = path,
                Settings = overrides,
                Name = parsed.GetValue(name) ?? RunName.FromFolder(ConfigurationReader.Load(path, overrides).Run),
                Workers = parsed.GetRequiredValue(workers),
                Image = parsed.GetRequiredValue(image),
                Gpus = parsed.GetValue(gpus),
                Namespace = parsed.GetValue(space),
                Storage = parsed.GetRequiredValue(storage),
                DataClaim = parsed.GetValue(claim),
                Cpus = parsed.GetValue(cpus),
                Memory = parsed.GetRequiredValue(memory),
                DrainSeconds = parsed.GetValue(drain),
            };
            var yaml = YamlWriter.Write(LaunchRenderer.Render(options));
            if (parsed.GetValue(dryRun))
            {
                await output.WriteAsync(yaml.AsMemory(), cancellation);
                return ExitCodes.Success;
            }
            var code = await new Kubectl(kubectl).ApplyAsync(
                yaml, parsed.GetValue(context), options.Namespace, output, error, cancellation);
            if (code == ExitCodes.Success)
                await output.WriteLineAsync(
                    $"Started {options.Name}. Watch it on http://localhost:8080 with: "
                    + NextCommand(parsed.GetValue(context), options));
            return code;
        });
        return command;
    }

    private static Option<T> Default<T>(string name, T value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static string NextCommand(string? context, LaunchOptions options) =>
        "kubectl" + (context is null ? "" : $" --context={context}")
        + (options.Namespace is null ? "" : $" --namespace={options.Namespace}")
        + $" port-forward service/{options.Name}-http 8080";

    private static string ReadConfiguration(string path)
    {
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LaunchException($"the configuration '{path}' does not exist; give the path of a YAML file", problem);
        }
        catch (DecoderFallbackException problem)
        {
            throw new LaunchException($"the configuration '{path}' is not valid UTF-8; save it as UTF-8", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"the configuration '{path}' cannot be read: {problem.Message}", problem);
        }
    }
}
