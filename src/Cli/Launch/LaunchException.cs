namespace DistSeq2Seq.Cli.Launch;

/// <summary>
/// A launch that cannot be: a wrong option, a manifest outside the understood subset, a missing kubectl. The message is
/// written for the user: it names the subject, the value seen, and what would be right.
/// </summary>
public sealed class LaunchException(string message, Exception? inner = null) : InputException(message, inner);
