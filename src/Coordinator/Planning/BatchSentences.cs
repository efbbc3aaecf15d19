using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Describes the sentences of a micro-batch for log messages.</summary>
internal static class BatchSentences
{
    private const int MostSentences = 4;
    private const int MostTokens = 8;

    /// <summary>
    /// Describes the first sentences of a micro-batch: their positions among the training pairs (without dropped pairs) and first tokens.
    /// </summary>
    public static string Describe(PreparedFolder data, BatchSchedule schedule, StepPlace place, int microBatch)
    {
        var sentences = schedule.Batch(place.Epoch, place.Batch).Sentences(microBatch).ToArray();
        var shown = sentences.Take(MostSentences).Select(sentence =>
        {
            var tokens = data.TrainCorpus.Source(sentence);
            var start = new List<string>();
            foreach (var token in tokens[..Math.Min(MostTokens, tokens.Length)])
                start.Add(data.SourceVocabulary[token]);
            return $"pair {sentence + 1} \"{string.Join(' ', start)}{(tokens.Length > MostTokens ? " …" : "")}\"";
        });
        var more = sentences.Length > MostSentences ? $" and {sentences.Length - MostSentences} more" : "";
        return $"Its training {(sentences.Length == 1 ? "pair" : "pairs")}: {string.Join(", ", shown)}{more}.";
    }
}
