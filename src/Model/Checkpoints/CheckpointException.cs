namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>
/// A checkpoint, or one of its files, cannot be read or written. The message begins with the path and goes on with what
/// was seen, what would be right and, where the user can act, what to do.
/// </summary>
/// <param name="path">The file or folder at fault.</param>
/// <param name="problem">What is wrong with it, without the path.</param>
/// <param name="inner">The exception that caused this one, if any.</param>
public sealed class CheckpointException(string path, string problem, Exception? inner = null)
    : Exception($"{path}: {problem}", inner)
{
    /// <summary>The file or folder at fault.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it, without the path.</summary>
    public string Problem { get; } = problem;
}
