namespace DistSeq2Seq.Cli.Launch;

/// <summary>
/// The recommended labels that every object carries
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/).
/// </summary>
internal static class Labels
{
    public const string Instance = "app.kubernetes.io/instance";
    public const string Component = "app.kubernetes.io/component";
    public const string ManagedBy = "app.kubernetes.io/managed-by";
}
