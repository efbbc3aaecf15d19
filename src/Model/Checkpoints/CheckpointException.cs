namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>
/// A checkpoint, or one of its files, cannot be read or written. The message begins with the path and goes on with what
/// was seen, what would be right and, where the user can act, what to do.
/// </summary>
/// <param name="path">The file or folder that the trouble is about.</param>
/// <param name="problem">What is wrong with it, without the path.</param>
/// <param name="inner">The failure of the system below, if there was one.</param>
public sealed class CheckpointException(string path, string problem, Exception? inner = null)
    : Exception($"{path}: {problem}", inner)
{
    /// <summary>The file or folder that the trouble is about.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it, without the path.</summary>
    public string Problem { get; } = problem;
}
