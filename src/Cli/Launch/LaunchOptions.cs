using System.Text;
using System.Text.RegularExpressions;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>What <c>launch</c> needs to know to render one run.</summary>
public sealed partial record LaunchOptions
{
    /// <summary>
    /// The most bytes of configuration: kubectl apply repeats the object in an annotation, of which Kubernetes allows
    /// 256 KiB, and the rest is room for escapes.
    /// </summary>
    public const int MaximumConfigurationBytes = 200 * 1024;

    /// <summary>The run's name, the prefix of all object names and the name of its folder; see <see cref="RunName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The text of the run's YAML file, mounted as <c>/etc/distseq2seq/config.yaml</c>.</summary>
    public required string Configuration { get; init; }

    /// <summary>What messages call the configuration, such as its path.</summary>
    public string ConfigurationName { get; init; } = "config.yaml";

    /// <summary>Overrides of the configuration in the form <c>a.b=c</c>, which the coordinator gets as <c>--set</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Worker pods, 1 to 4096; also the least and the most that the coordinator works with.</summary>
    public required int Workers { get; init; }

    /// <summary>The container image of both kinds of pods.</summary>
    public required string Image { get; init; }

    /// <summary>GPUs for each worker: 0 (computes on its CPUs) or 1. Default 0.</summary>
    public int Gpus { get; init; }

    /// <summary>The namespace of all objects; null leaves it to kubectl's context.</summary>
    public string? Namespace { get; init; }

    /// <summary>Size of the volume for the run folder, a Kubernetes quantity. Default 20Gi.</summary>
    public string Storage { get; init; } = "20Gi";

    /// <summary>
    /// An existing PersistentVolumeClaim with the corpus, mounted read-only at <c>/data</c> in the coordinator, where
    /// relative file names of the configuration then start; null for none.
    /// </summary>
    public string? DataClaim { get; init; }

    /// <summary>
    /// CPUs for each worker, 1 to 1025; null for the configuration's <c>cluster.threads_per_worker</c> and one more, on which
    /// the exchange runs.
    /// </summary>
    public int? Cpus { get; init; }

    /// <summary>Memory for each worker, a Kubernetes quantity. Default 4Gi.</summary>
    public string Memory { get; init; } = "4Gi";

    /// <summary>
    /// Seconds between SIGTERM and SIGKILL, 5 to 3600: time to end a step or to write a checkpoint. Null for the configuration's
    /// <c>cluster.timeouts.drain</c> and 20 more; fewer than that lower <c>cluster.timeouts.drain</c>.
    /// </summary>
    public int? DrainSeconds { get; init; }

    /// <summary>Checks every value by itself, before anything is rendered.</summary>
    /// <exception cref="LaunchException">A value is out of its range; the message names the option.</exception>
    public void Validate()
    {
        RunName.Check(Name, "--name");
        if (Namespace is { } space && !Label().IsMatch(space))
            throw Wrong("--namespace", space, "up to 63 lower-case letters, digits and hyphens, a letter or digit at both ends");
        if (DataClaim is { } claim && !Subdomain().IsMatch(claim))
            throw Wrong("--data-claim", claim, "the name of an existing PersistentVolumeClaim");
        CheckRange("--workers", Workers, 1, 4096);
        if (Cpus is { } cpus)
            CheckRange("--cpus", cpus, 1, 1025);
        if (DrainSeconds is { } drain)
            CheckRange("--drain-seconds", drain, 5, 3600);
        if (Gpus is < 0 or > 1)
            throw Wrong("--gpus", $"{Gpus}",
                "0 or 1, since a worker computes on one GPU; for more GPUs start more workers "
                + (Gpus > 1 ? $"(--workers {(long)Workers * Gpus} --gpus 1)" : "(--workers N --gpus 1)"));
        if (!ImageReference().IsMatch(Image))
            throw Wrong("--image", Image, "an image such as registry.example.org/distseq2seq:0.1.0-cpu");
        CheckQuantity("--storage", Storage);
        CheckQuantity("--memory", Memory);
        var bytes = Encoding.UTF8.GetByteCount(Configuration);
        if (bytes > MaximumConfigurationBytes)
            throw new LaunchException(
                $"the configuration has {bytes} bytes, and a ConfigMap that kubectl applies takes {MaximumConfigurationBytes}; "
                + "move data into files on a volume (--data-claim).");
    }

    private static void CheckRange(string option, int value, int least, int most)
    {
        if (value < least || value > most)
            throw Wrong(option, $"{value}", $"a number from {least} to {most}");
    }

    private static void CheckQuantity(string option, string value)
    {
        if (!Quantity().IsMatch(value))
            throw Wrong(option, value, "a positive Kubernetes quantity such as 500Mi or 20Gi");
    }

    private static LaunchException Wrong(string option, string seen, string right) =>
        new($"{option} is '{seen}'; it must be {right}.");

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?=.{1,253}\z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[1-9][0-9]*(\.[0-9]+)?([KMGTPE]i|[kMGTPE])?\z")]
    private static partial Regex Quantity();

    // Registry (host and port), path, tag, digest (https://github.com/distribution/reference).
    [GeneratedRegex(@"^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?\z")]
    private static partial Regex ImageReference();
}
