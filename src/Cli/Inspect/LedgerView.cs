using System.Globalization;
using DistSeq2Seq.Coordinator.Ledger;

namespace DistSeq2Seq.Cli.Inspect;

/// <summary>The proof of a ledger, for people.</summary>
internal static class LedgerView
{
    /// <summary>Writes the counts.</summary>
    /// <returns>Whether the ledger holds.</returns>
    public static bool Show(string runFolder, TextWriter output)
    {
        var report = LedgerCheck.Run(runFolder);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ledger     {report.Steps:N0} steps committed, {report.Redone:N0} redone by a later generation, {report.Stale:N0} committed "
            + $"out of turn, {report.CutOff:N0} lines cut off"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"batches    {report.BatchesDue:N0} due in {report.FinishedEpochs:N0} finished epochs and the one under "
            + $"way: {report.BatchesMissing:N0} missing, {report.BatchesTwice:N0} twice"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sentences  {report.Sentences:N0} in every finished epoch: {report.SentencesMissing:N0} "
            + $"missing, {report.SentencesTwice:N0} twice"));
        output.WriteLine(report.Holds
            ? "every sentence of every finished epoch was used exactly once"
            : "the ledger does not hold: see the counts above");
        return report.Holds;
    }
}
