using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Coordinator.RunFolders;

/// <summary>
/// The memory of a restarted coordinator: generations and validations in <c>journal.jsonl</c>, each on disk before it counts,
/// and the ledger of committed steps in <c>steps.jsonl</c>. Lines that a crash cut off are passed over.
/// </summary>
public sealed class RunJournal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<JournalEntry> _entries;
    private readonly FileStream _journal;
    private readonly StreamWriter _ledger;

    /// <summary>Opens and reads the journal and the ledger of a run folder.</summary>
    public RunJournal(string runFolder)
    {
        var journal = Path.Combine(runFolder, "journal.jsonl");
        var ledger = Path.Combine(runFolder, "steps.jsonl");
        _entries = [.. Read<JournalEntry>(journal)];
        Steps = [.. Read<CommittedStep>(ledger)];
        _journal = Append(journal);
        _ledger = new StreamWriter(Append(ledger)) { AutoFlush = true };
        // Lines are flushed one by one, but a crash could still lose a new file's entry in its folder.
        DurableFile.FlushDirectory(runFolder);
    }

    /// <summary>The journal's entries when it was opened, and those that were restored.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The entries that the ledger held when it was opened.</summary>
    public IReadOnlyList<CommittedStep> Steps { get; }

    /// <summary>Highest generation recorded; 0 for none.</summary>
    public long Generation => Entries.Max(e => e.Generation) ?? 0;

    /// <summary>The ledger holds every step from 1 to this one; 0 for none.</summary>
    public long LedgerStep
    {
        get
        {
            // A later generation that went on from an earlier step makes the entries after that step void, as in LedgerCheck.
            long step = 0, generation = 0;
            foreach (var entry in Steps)
            {
                if (entry.Step == step + 1 || (entry.Generation > generation && entry.Step <= step))
                    (step, generation) = (entry.Step, entry.Generation);
            }

            return Rewinds.Where(r => r.Generation >= generation).Select(r => r.Step).Append(step).Min();
        }
    }

    /// <summary>Rewinds of the run, oldest first.</summary>
    public IReadOnlyList<Rewind> Rewinds => [.. Entries.Select(e => e.Rewind).OfType<Rewind>()];

    /// <summary>Recorded validations; of several for one step, the last.</summary>
    public IEnumerable<(long Step, double Loss, long Tokens, double? Bleu)> Validations => Entries.Where(e => e.Validation is not null)
        .GroupBy(e => e.Validation!.Step).Select(g => g.Last().Validation!).Select(v => (v.Step, v.Loss, v.Tokens, v.Bleu));

    /// <summary>Reads a ledger without opening it for writing; its run may be under way.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="cutOff">Lines that a crash cut off.</param>
    public static IReadOnlyList<CommittedStep> ReadLedger(string runFolder, out long cutOff)
    {
        var path = Path.Combine(runFolder, "steps.jsonl");
        CommittedStep[] steps = [.. Read<CommittedStep>(path)];
        cutOff = File.Exists(path) ? Lines(path).Count(line => line.Length > 0) - steps.Length : 0;
        return steps;
    }

    /// <summary>Adds a checkpoint's validations that this journal lacks, because the learning rate may depend on them.</summary>
    public void Restore(IEnumerable<ValidationPoint> validations)
    {
        var known = Validations.Select(v => v.Step).ToHashSet();
        foreach (var validation in validations.Where(v => !known.Contains(v.Step)))
        {
            var entry = new JournalEntry(null, new JournalValidation(validation.Step, validation.Loss, validation.Tokens, validation.Bleu),
                DateTimeOffset.UtcNow);
            Write(entry);
            _entries.Add(entry);
        }
    }

    /// <summary>Writes an entry and waits until it is on disk.</summary>
    public void Write(JournalEntry entry)
    {
        _journal.Write(JsonSerializer.SerializeToUtf8Bytes(entry, Json));
        _journal.WriteByte((byte)'\n');
        _journal.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Enters a committed step into the ledger. Entries that a crash loses are entered again from the replicas' positions.
    /// </summary>
    public void Write(CommittedStep step) => _ledger.WriteLine(JsonSerializer.Serialize(step, Json));

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Dispose();
        _ledger.Dispose();
    }

    private static IEnumerable<T> Read<T>(string path)
    {
        if (!File.Exists(path))
            yield break;
        foreach (var line in Lines(path))
        {
            T? entry = default;
            try
            {
                entry = JsonSerializer.Deserialize<T>(line, Json);
            }
            catch (JsonException)
            {
                // A crash cut the line off, so the entry never took effect.
            }

            if (entry is not null)
                yield return entry;
        }
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static FileStream Append(string path)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        stream.Seek(0, SeekOrigin.End);
        if (stream.Length > 0)
        {
            // A line that a crash cut off must not run into the next one.
            stream.Seek(-1, SeekOrigin.End);
            if (stream.ReadByte() != '\n')
                stream.WriteByte((byte)'\n');
        }

        return stream;
    }
}

/// <summary>A line of the journal. Exactly one of generation, validation and rewind is not null.</summary>
/// <param name="Generation">A generation that begins.</param>
/// <param name="Validation">A validation.</param>
/// <param name="At">Time of writing, UTC, for people.</param>
/// <param name="Rewind">A return of the run to an earlier state.</param>
public sealed record JournalEntry(long? Generation, JournalValidation? Validation, DateTimeOffset At, Rewind? Rewind = null);

/// <summary>Loss of the validation split.</summary>
/// <param name="Step">The validation follows this step.</param>
/// <param name="Loss">Nats per target token.</param>
/// <param name="Tokens">Target tokens.</param>
/// <param name="Bleu">BLEU of greedy translations, 0 to 100; null where it was not computed.</param>
public sealed record JournalValidation(long Step, double Loss, long Tokens, double? Bleu = null);
