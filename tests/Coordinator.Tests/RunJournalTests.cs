using System.Text;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

public class RunJournalTests
{
    [Fact]
    public void Journal_OpenedAgain_HoldsWhatWasWritten()
    {
        using var run = new TemporaryRun();
        using (var journal = new RunJournal(run.Root))
        {
            Assert.Equal((0, 0), (journal.Generation, journal.LedgerStep));
            journal.Write(Generation(3));
            journal.Write(Generation(7));
            journal.Write(Validation(10, 2.5));
            journal.Write(Validation(20, 2.25, 12.5));
            journal.Write(Validation(10, 2.4)); // computed again
            journal.Write(Step(1, loss: double.NaN));
            journal.Write(Step(2, loss: 1.0 / 3));
        }

        using var again = new RunJournal(run.Root);
        Assert.Equal(7, again.Generation);
        Assert.Equal([(10, 2.4, 100, null), (20, 2.25, 100, 12.5)], again.Validations.OrderBy(v => v.Step));
        Assert.Equal([Step(1, double.NaN), Step(2, 1.0 / 3)], again.Steps);
        Assert.Equal(2, again.LedgerStep);
    }

    [Fact]
    public void Restore_OfACheckpointsValidations_AddsThoseThatAreMissing()
    {
        using var run = new TemporaryRun();
        using (var journal = new RunJournal(run.Root))
        {
            journal.Write(Validation(10, 2.5));
        }

        using (var journal = new RunJournal(run.Root))
        {
            journal.Restore([new ValidationPoint(10, 99, 100, 1), new ValidationPoint(20, 1.0 / 3, 100, 1) { Bleu = 31.5 }]);
            Assert.Equal([(10, 2.5, 100, null), (20, 1.0 / 3, 100, 31.5)], journal.Validations);
        }

        using var again = new RunJournal(run.Root);
        Assert.Equal([(10, 2.5, 100, null), (20, 1.0 / 3, 100, 31.5)], again.Validations);
    }

    [Fact]
    public void LedgerStep_AfterGoingBack_IsThatOfTheStepsThatCount()
    {
        using var run = new TemporaryRun();
        using (var journal = new RunJournal(run.Root))
        {
            for (var step = 1; step <= 9; step++)
                journal.Write(Step(step, 1) with { Generation = 2 });
        }

        using (var journal = new RunJournal(run.Root))
        {
            Assert.Equal(9, journal.LedgerStep);
            journal.Write(new JournalEntry(null, null, DateTimeOffset.UnixEpoch, new Rewind(1, 5, 9, 0.5, 2, "replicas differed")));
        }

        using (var journal = new RunJournal(run.Root))
        {
            Assert.Equal([new Rewind(1, 5, 9, 0.5, 2, "replicas differed")], journal.Rewinds);
            Assert.Equal(5, journal.LedgerStep); // nothing was entered since
            journal.Write(Step(6, 1) with { Generation = 3 });
        }

        using var again = new RunJournal(run.Root);
        Assert.Equal(6, again.LedgerStep); // 7 to 9 are of a generation that was given up
    }

    [Fact]
    public void Journal_CutOffAnywhereInTheLastLine_LosesThatLineOnly()
    {
        using var run = new TemporaryRun();
        using (var journal = new RunJournal(run.Root))
        {
            journal.Write(Generation(3));
            journal.Write(Generation(4));
            journal.Write(Step(1, 0.5));
            journal.Write(Step(2, 0.25));
        }

        var whole = new[]
        {
            "journal.jsonl",
            "steps.jsonl",
        }.ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(run.Root, name)));
        var last = whole.ToDictionary(file => file.Key, file => file.Value.AsSpan(..^1).LastIndexOf((byte)'\n') + 1);
        for (var cut = 1; cut < whole.Min(f => f.Value.Length - last[f.Key]) - 1; cut++)
        {
            foreach (var (name, bytes) in whole)
                File.WriteAllBytes(Path.Combine(run.Root, name), bytes[..(last[name] + cut)]);
            using (var journal = new RunJournal(run.Root))
            {
                Assert.Equal((3, 1), (journal.Generation, journal.LedgerStep));
                journal.Write(Generation(9)); // must not run into the rest of the line
                journal.Write(Step(2, 0.125));
            }

            using var again = new RunJournal(run.Root);
            Assert.Equal((9, 2), (again.Generation, again.LedgerStep));
            Assert.Equal(0.125, again.Steps[^1].LossSum);
        }
    }

    [Fact]
    public void LedgerStep_WithAGap_IsTheLastBeforeIt()
    {
        using var run = new TemporaryRun();
        using (var journal = new RunJournal(run.Root))
        {
            foreach (var step in new long[] { 1, 2, 3, 2, 5, 6 })
                journal.Write(Step(step, 1));
        }

        using var again = new RunJournal(run.Root);
        Assert.Equal(3, again.LedgerStep);
    }

    [Fact]
    public void Journal_Written_IsOneLineOfJsonAnEntry()
    {
        using var run = new TemporaryRun();
        using (var journal = new RunJournal(run.Root))
        {
            journal.Write(Generation(3));
            journal.Write(Step(1, 0.5));
        }

        Assert.Equal("{\"generation\":3,\"at\":\"2026-01-02T00:00:00+00:00\"}\n", File.ReadAllText(Path.Combine(run.Root, "journal.jsonl"),
            Encoding.UTF8));
        Assert.Equal(
            """{"step":1,"epoch":0,"batch":0,"loss_sum":0.5,"tokens":10,"gradient_norm":1,"skipped":false,"""
            + "\"learning_rate\":0.001,\"generation\":3}\n",
            File.ReadAllText(Path.Combine(run.Root, "steps.jsonl"), Encoding.UTF8));
    }

    private static JournalEntry Generation(long generation) =>
        new(generation, null, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    private static JournalEntry Validation(long step, double loss, double? bleu = null) =>
        new(null, new JournalValidation(step, loss, 100, bleu), new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    private static CommittedStep Step(long step, double loss) => new(step, 0, (int)step - 1, loss, 10, 1, false, 0.001, 3);
}
