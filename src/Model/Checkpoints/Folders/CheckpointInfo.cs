namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>A checkpoint as a listing shows it.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Step">Global steps done, from the folder's name.</param>
/// <param name="State">Its state; null if a fault was found.</param>
/// <param name="Problem">What is wrong with it; null if no fault was found. A listing verifies the state and the files' sizes, not the
/// content of the large files.</param>
public sealed record CheckpointInfo(string Path, long Step, CheckpointState? State, string? Problem)
{
    /// <summary>Whether no fault was found.</summary>
    public bool IsIntact => Problem is null;
}
