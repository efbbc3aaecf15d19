namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// What the result of a run depends on besides the configuration of all: a quiet run and a disturbed one of the same variant must end
/// in the same bits.
/// </summary>
/// <param name="Name">For people, and for folders.</param>
/// <param name="Settings">Further settings, key=value.</param>
/// <param name="Faults">Faults that strike whoever computes (<see cref="FaultVariable"/>); empty for none.</param>
internal sealed record RunVariant(string Name, IReadOnlyList<string> Settings, string Faults = "")
{
    /// <summary>The environment variable by which workers are asked for faults.</summary>
    public const string FaultVariable = "DISTSEQ2SEQ_FAULT";

    /// <summary>The configuration as it is.</summary>
    public static readonly RunVariant Plain = new("plain", []);

    /// <summary>The settings as arguments.</summary>
    public IEnumerable<string> Arguments => Settings.SelectMany(setting => new[] { "--set", setting });
}
