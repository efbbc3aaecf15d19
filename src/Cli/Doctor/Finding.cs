namespace DistSeq2Seq.Cli.Doctor;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Something optional is missing, or slower than it could be.</summary>
    Warning,

    /// <summary>Something needed is missing: training cannot work.</summary>
    Error,
}

/// <summary>What was seen of one thing that the program uses.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Subject">The thing, in one or two words.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Remedy">What to do about it; null where all is well.</param>
public sealed record Finding(Severity Severity, string Subject, string Detail, string? Remedy = null)
{
    internal static Finding Ok(string subject, string detail) => new(Severity.Ok, subject, detail);

    internal static Finding Warning(string subject, string detail, string remedy) => new(Severity.Warning, subject, detail, remedy);

    internal static Finding Error(string subject, string detail, string remedy) => new(Severity.Error, subject, detail, remedy);
}
