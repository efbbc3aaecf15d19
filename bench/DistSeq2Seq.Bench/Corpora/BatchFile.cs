using System.Text.Json;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Bench.Corpora;

/// <summary>The micro-batches that our workers train on, for peers to train on: one JSON list of [source ids, target ids] a line.</summary>
internal static class BatchFile
{
    /// <summary>Writes the first steps' micro-batches, in order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prepared">The prepared corpus.</param>
    /// <param name="configuration">The run.</param>
    /// <param name="skip">Steps whose tokens do not count.</param>
    /// <param name="steps">Steps after those.</param>
    /// <returns>Target tokens of a counted step, on average.</returns>
    public static double Write(string path, string prepared, RunConfiguration configuration, int skip, int steps)
    {
        using var data = PreparedFolder.Open(prepared);
        var schedule = new BatchSchedule(data, configuration);
        using var writer = new StreamWriter(path);
        var tokens = 0L;
        for (var step = 0; step < skip + steps; step++)
        {
            var batch = schedule.Batch(0, step % schedule.BatchesOf(0));
            tokens += step < skip ? 0 : batch.TargetTokens;
            for (var micro = 0; micro < batch.MicroBatches; micro++)
            {
                var pairs = new List<int[][]>();
                foreach (var sentence in batch.Sentences(micro))
                    pairs.Add([data.TrainCorpus.Source(sentence).ToArray(), data.TrainCorpus.Target(sentence).ToArray()]);
                writer.WriteLine(JsonSerializer.Serialize(pairs));
            }
        }

        return (double)tokens / steps;
    }
}
