namespace DistSeq2Seq.Configuration;

/// <summary>
/// Describes one key of the configuration file. The text goes into <c>examples/reference.yaml</c>; the range is checked
/// before any work begins.
/// </summary>
/// <param name="description">What the key means, with its unit.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string description) : Attribute
{
    /// <summary>What the key means, with its unit.</summary>
    public string Description { get; } = description;

    /// <summary>Smallest value allowed (inclusive).</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value allowed (inclusive).</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// Whether the key may change when a run is resumed. It is true for keys that do not affect the model at a given step (ports, paths,
    /// how long to train, how often to save).
    /// </summary>
    public bool MayChangeOnResume { get; init; }
}
