using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Coordinator.RunFolders;

/// <summary>A run that is ready to be coordinated.</summary>
/// <param name="Configuration">The run's configuration.</param>
/// <param name="Opened">The locked run folder and the prepared corpus.</param>
/// <param name="Journal">The run's journal and ledger.</param>
/// <param name="Options">The part of the configuration that the planning uses.</param>
/// <param name="Schedule">Where each step lies: epoch, batch, tokens.</param>
public sealed record CoordinatedRun(
    RunConfiguration Configuration, OpenedRun Opened, RunJournal Journal, RunOptions Options, StepSchedule Schedule)
{
    /// <summary>The run folder.</summary>
    public RunFolder Folder => Opened.Folder;

    /// <summary>The prepared corpus.</summary>
    public PreparedFolder Data => Opened.Data;
}
