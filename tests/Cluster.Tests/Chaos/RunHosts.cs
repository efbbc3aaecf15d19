using DistSeq2Seq.Cluster.Tests.Support;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>The machines of a run: one for the coordinator, one for each worker.</summary>
internal abstract class RunHosts : IDisposable
{
    /// <summary>Where the coordinator is started, each time.</summary>
    public abstract RunHost Coordinator { get; }

    /// <summary>host:port of the coordinator's actor system.</summary>
    public required string Seed { get; init; }

    /// <summary>Where the coordinator's HTTP endpoints are.</summary>
    public required string Http { get; init; }

    /// <summary>From which the faults of a run on them are drawn. It is here, because hosts may draw some before the run begins.</summary>
    public int FaultSeed { get; init; } = ChaosSeed.Draw();

    /// <summary>What is wrong with them from the start; null for nothing.</summary>
    public virtual string? FromTheStart => null;

    /// <summary>Says what is done to them.</summary>
    public event Action<string>? Disturbed;

    /// <summary>The machine of the next worker.</summary>
    public abstract RunHost NextWorker();

    /// <summary>Calls <see cref="Http"/>.</summary>
    public virtual HttpClient NewHttpClient() => new();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Says what was done.</summary>
    protected void Say(string what) => Disturbed?.Invoke(what);
}

/// <summary>A machine of a run.</summary>
/// <param name="Place">How a program is started on it.</param>
/// <param name="Arguments">What coordinator or worker must be told of it.</param>
internal sealed record RunHost(ProgramPlace Place, IReadOnlyList<string> Arguments);

/// <summary>All on this machine's loopback; the coordinator on fixed ports, so that another one can take its place.</summary>
internal sealed class OneMachine : RunHosts
{
    private OneMachine(int[] ports) => Coordinator =
        new RunHost(ProgramPlace.Here, ["--akka-port", $"{ports[0]}", "--grpc-port", $"{ports[1]}", "--http-port", $"{ports[2]}"]);

    /// <summary>Surroundings of workers to come.</summary>
    public ProgramPlace WorkerPlace { get; set; } = ProgramPlace.Here;

    /// <summary>Further arguments of workers to come.</summary>
    public IReadOnlyList<string> WorkerArguments { get; set; } = [];

    public override RunHost Coordinator { get; }

    public static OneMachine New()
    {
        var ports = FreePorts.Take(3);
        return new OneMachine(ports) { Seed = $"127.0.0.1:{ports[0]}", Http = $"http://127.0.0.1:{ports[2]}" };
    }

    public override RunHost NextWorker() => new(WorkerPlace, WorkerArguments);
}
