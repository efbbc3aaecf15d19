namespace DistSeq2Seq.Model.Evaluation;

/// <summary>Quality of one label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Precision">Share of the predictions of this label that are right, 0 to 1.</param>
/// <param name="Recall">Share of the items of this label that were found, 0 to 1.</param>
/// <param name="F1">Harmonic mean of both.</param>
/// <param name="Support">Items whose true label this is.</param>
public sealed record LabelScore(string Label, double Precision, double Recall, double F1, int Support);

/// <summary>Quality of a classifier's predictions.</summary>
/// <param name="Accuracy">Share of right predictions, 0 to 1.</param>
/// <param name="MacroF1">Mean of the labels' F1: each label weighs the same.</param>
/// <param name="MicroF1">F1 of the summed counts: each item weighs the same. With one label an item this equals the accuracy.</param>
/// <param name="Labels">Per label, sorted by label (ordinal): all that occur as truth or as prediction.</param>
public sealed record ClassificationScore(double Accuracy, double MacroF1, double MicroF1, IReadOnlyList<LabelScore> Labels);

/// <summary>Scores for outputs that are labels, as in classification treated as a sequence task.</summary>
public static class Classification
{
    /// <summary>Compares predicted with true labels. A quotient with denominator 0 is 0, as in scikit-learn.</summary>
    /// <param name="predictions">The predicted label of each item.</param>
    /// <param name="truths">The true label of each item.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static ClassificationScore Score(IReadOnlyList<string> predictions, IReadOnlyList<string> truths)
    {
        Segments.RequireSameCount(predictions, truths);
        var counts = new SortedDictionary<string, (int Right, int Predicted, int True)>(StringComparer.Ordinal);
        var right = 0;
        for (var i = 0; i < predictions.Count; i++)
        {
            var same = string.Equals(predictions[i], truths[i], StringComparison.Ordinal);
            right += same ? 1 : 0;
            Add(predictions[i], same ? 1 : 0, 1, 0);
            Add(truths[i], 0, 0, 1);
        }

        var labels = counts.Select(pair => Label(pair.Key, pair.Value.Right, pair.Value.Predicted, pair.Value.True)).ToList();
        var accuracy = Accuracy.Share(right, predictions.Count);
        var micro = F1(
            Accuracy.Share(right, counts.Values.Sum(count => count.Predicted)),
            Accuracy.Share(right, counts.Values.Sum(count => count.True)));
        return new ClassificationScore(accuracy, labels.Count == 0 ? 0.0 : labels.Average(label => label.F1), micro, labels);

        void Add(string label, int rightOnes, int predictedOnes, int trueOnes)
        {
            var count = counts.GetValueOrDefault(label);
            counts[label] = (count.Right + rightOnes, count.Predicted + predictedOnes, count.True + trueOnes);
        }
    }

    private static LabelScore Label(string label, int right, int predicted, int truths)
    {
        var precision = Accuracy.Share(right, predicted);
        var recall = Accuracy.Share(right, truths);
        return new LabelScore(label, precision, recall, F1(precision, recall), truths);
    }

    private static double F1(double precision, double recall) =>
        precision + recall == 0 ? 0.0 : 2 * precision * recall / (precision + recall);
}
