using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Coordinator.Ledger;

/// <summary>
/// Checks the ledger of committed steps against the corpus: computes again which sentences every batch has, and counts how often the
/// ledger's steps used each of them. It only reads, so it also works during a run.
/// </summary>
public static class LedgerCheck
{
    /// <summary>Checks a run's ledger.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <exception cref="ConfigurationException">The folder holds no run, or a damaged configuration.</exception>
    /// <exception cref="DataException">The prepared corpus is missing or damaged.</exception>
    public static LedgerReport Run(string runFolder)
    {
        var path = Path.Combine(runFolder, "config.yaml");
        if (!File.Exists(path))
            throw new ConfigurationException($"{runFolder} holds no run: there is no config.yaml; name a run folder with --run");
        var configuration = ConfigurationReader.Load(path);
        using var data = PreparedFolder.Open(Path.Combine(runFolder, "data"));
        var ledger = RunJournal.ReadLedger(runFolder, out var cutOff);
        return Count(ledger, cutOff, new BatchSchedule(data, configuration));
    }

    /// <summary>Compares entries with the batches of the schedule.</summary>
    /// <param name="ledger">Entries in the order of the file.</param>
    /// <param name="cutOff">Lines that are not entries.</param>
    /// <param name="schedule">The batches and their sentences.</param>
    public static LedgerReport Count(IReadOnlyList<CommittedStep> ledger, long cutOff, BatchSchedule schedule)
    {
        var (steps, stale) = LastGenerationWins(ledger);
        long due = 0, missing = 0, twice = 0, sentencesMissing = 0, sentencesTwice = 0;
        var finished = 0;
        var last = steps.Count == 0 ? -1 : steps.Max(s => s.Epoch);
        for (var epoch = 0; epoch <= last; epoch++)
        {
            var batches = schedule.BatchesOf(epoch);
            var commits = new int[batches];
            var foreign = 0;
            foreach (var step in steps.Where(s => s.Epoch == epoch))
            {
                if (step.Batch >= 0 && step.Batch < batches)
                    commits[step.Batch]++;
                else
                    foreign++;
            }

            // In the last epoch of the ledger, batches up to the newest one are due.
            var dueHere = epoch < last ? batches : Array.FindLastIndex(commits, c => c > 0) + 1;
            due += dueHere;
            missing += commits.Take(dueHere).Count(c => c == 0);
            twice += foreign + commits.Sum(c => Math.Max(0, c - 1));
            var uses = Uses(schedule, epoch, commits);
            sentencesTwice += uses.Sum(u => Math.Max(0, u - 1));
            if (dueHere < batches)
                continue;
            finished++;
            sentencesMissing += uses.Count(u => u == 0);
        }

        return new LedgerReport
        {
            Entries = ledger.Count,
            CutOff = cutOff,
            Steps = steps.Count,
            Redone = ledger.Count - stale - steps.Count,
            Stale = stale,
            FinishedEpochs = finished,
            BatchesDue = due,
            BatchesMissing = missing,
            BatchesTwice = twice,
            Sentences = schedule.Train.Count,
            SentencesMissing = sentencesMissing,
            SentencesTwice = sentencesTwice,
        };
    }

    /// <summary>
    /// The entries that count. A later generation that went on from an earlier step makes the entries after that step void. A step that
    /// comes twice within one generation was committed twice, so both entries stay.
    /// </summary>
    private static (List<CommittedStep> Steps, long Stale) LastGenerationWins(IReadOnlyList<CommittedStep> ledger)
    {
        var steps = new List<CommittedStep>();
        long stale = 0, generation = 0;
        foreach (var entry in ledger)
        {
            if (entry.Generation < generation)
            {
                stale++;
                continue;
            }

            generation = entry.Generation;
            while (steps.Count > 0 && steps[^1].Step >= entry.Step && steps[^1].Generation < entry.Generation)
                steps.RemoveAt(steps.Count - 1);
            steps.Add(entry);
        }

        return (steps, stale);
    }

    private static int[] Uses(BatchSchedule schedule, int epoch, int[] commits)
    {
        var uses = new int[schedule.Train.Count];
        for (var index = 0; index < commits.Length; index++)
        {
            if (commits[index] == 0)
                continue;
            var batch = schedule.Batch(epoch, index);
            for (var micro = 0; micro < batch.MicroBatches; micro++)
            {
                foreach (var sentence in batch.Sentences(micro))
                    uses[sentence] += commits[index];
            }
        }

        return uses;
    }
}
