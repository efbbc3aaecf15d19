using System.Globalization;
using System.Text;
using System.Text.Json;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>A small corpus and configuration in a temporary folder, gone when disposed. The task: say the letters in reverse.</summary>
internal sealed class TinyRun : IDisposable
{
    private static readonly string[] Letters = [.. "abcdefghij".Select(letter => $"{letter}")];

    /// <param name="further">Lines of YAML.</param>
    /// <param name="prefix">The folder's name begins with it.</param>
    public TinyRun(string further = "", string prefix = "distseq2seq-test-")
    {
        Folder = Directory.CreateTempSubdirectory(prefix).FullName;
        WriteCorpus("train.tsv", 400, 1, Letters);
        WriteCorpus("valid.tsv", 40, 2, Letters);
        File.WriteAllText(ConfigurationPath, $$"""
            run: {{RunFolder}}
            seed: 7
            data:
              format: tsv
              folder: {{Folder}}
              train: { path: train.tsv }
              valid: { path: valid.tsv }
              tokenizer: none
            model:
              embedding_size: 12
              encoder: { layers: 2, hidden_size: 10, bidirectional: true }
              decoder: { layers: 1, hidden_size: 14 }
              attention: general
              dropout: 0.3
            training:
              batch_tokens: 150
              micro_batches: 4
              max_epochs: 0
              max_steps: 20
              validate_every: 10
              optimizer: { name: adam, learning_rate: 0.01 }
            cluster:
              ports: { akka: 0, grpc: 0, http: 0 }
              chunk_bytes: 4096
              bucket_bytes: 16384
            checkpoints: { every: 5, keep_last: 3 }
            {{further}}
            """);
    }

    /// <summary>The temporary folder.</summary>
    public string Folder { get; }

    /// <summary>The configuration file.</summary>
    public string ConfigurationPath => Path.Combine(Folder, "tiny.yaml");

    /// <summary>The run folder.</summary>
    public string RunFolder => Path.Combine(Folder, "run");

    /// <summary>The configuration as the program reads it.</summary>
    public RunConfiguration Load(params string[] overrides) => ConfigurationReader.Load(ConfigurationPath, overrides);

    /// <summary>Steps in the ledger so far.</summary>
    public long LedgerSteps(string? folder = null)
    {
        var path = Path.Combine(folder ?? RunFolder, "steps.jsonl");
        if (!File.Exists(path))
            return 0;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var last = 0L;
        while (reader.ReadLine() is { } line)
        {
            if (line.EndsWith('}'))
                last = JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt64();
        }

        return last;
    }

    /// <summary>The newest checkpoint's state.</summary>
    public CheckpointState Newest(string? folder = null)
    {
        var newest = new CheckpointStore(folder ?? RunFolder).NewestValid();
        return newest?.State ?? throw new InvalidOperationException($"no valid checkpoint in {folder ?? RunFolder}");
    }

    /// <summary>Whether a checkpoint is there that can be used.</summary>
    public bool HasCheckpoint() => new CheckpointStore(RunFolder).NewestValid() is not null;

    /// <summary>What the logs of a run's processes hold, for messages of failed tests.</summary>
    public string Logs(string? folder = null)
    {
        var logs = Path.Combine(folder ?? RunFolder, "logs");
        return !Directory.Exists(logs)
            ? "(no logs)"
            : string.Join('\n', Directory.GetFiles(logs).Order().Select(f => $"--- {Path.GetFileName(f)}\n{File.ReadAllText(f)}"));
    }

    /// <summary>Another training corpus, of numbers for words.</summary>
    public void WriteTraining(int pairs, int vocabulary) =>
        WriteCorpus("train.tsv", pairs, 1,
            [.. Enumerable.Range(0, vocabulary).Select(word => word.ToString(CultureInfo.InvariantCulture))]);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void WriteCorpus(string name, int pairs, ulong seed, string[] vocabulary)
    {
        var text = new StringBuilder();
        var state = seed;
        for (var i = 0; i < pairs; i++)
        {
            var words = new string[3 + (i % 7)];
            for (var j = 0; j < words.Length; j++)
            {
                state = (state * 6364136223846793005) + 1442695040888963407; // Knuth's MMIX generator
                words[j] = vocabulary[(state >> 33) % (ulong)vocabulary.Length];
            }

            text.AppendJoin(' ', words).Append('\t').AppendJoin(' ', words.Reverse()).Append('\n');
        }

        File.WriteAllText(Path.Combine(Folder, name), text.ToString());
    }
}
