namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>A checkpoint as a listing shows it.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Step">Global steps done, from the folder's name.</param>
/// <param name="State">Its state; null where that cannot be trusted.</param>
/// <param name="Problem">What is wrong with it, null for nothing seen. A listing verifies the state and the files'
/// sizes, not the content of the large files.</param>
public sealed record CheckpointInfo(string Path, long Step, CheckpointState? State, string? Problem)
{
    /// <summary>Whether nothing wrong was seen.</summary>
    public bool IsIntact => Problem is null;
}
