namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>Where a program is started, and with what around it.</summary>
internal sealed record ProgramPlace
{
    /// <summary>In this process's surroundings.</summary>
    public static readonly ProgramPlace Here = new();

    /// <summary>
    /// As <see cref="Here"/>, but without settings of MKL, which decide the last bits of products and which pods do not have.
    /// </summary>
    public static ProgramPlace WithoutBlasSettings => new()
    {
        Through =
        [
            "env", .. System.Environment.GetEnvironmentVariables().Keys.Cast<string>()
                .Where(name => name.StartsWith("MKL_", StringComparison.Ordinal)).SelectMany(name => new[] { "-u", name }),
        ],
    };

    /// <summary>
    /// A command that prepares the surroundings and then becomes the program (as <c>nsenter</c>, and <c>exec</c> of a shell), so that
    /// the process number is the program's; one that waits for the program instead (as <c>time</c>) gets the signals meant for it.
    /// </summary>
    public IReadOnlyList<string> Through { get; init; } = [];

    /// <summary>Environment variables besides this process's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The same place with a further environment variable.</summary>
    public ProgramPlace With(string name, string value) => this
        with
    { Environment = new Dictionary<string, string>(Environment) { [name] = value } };
}
