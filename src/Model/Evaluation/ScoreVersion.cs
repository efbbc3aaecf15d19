namespace DistSeq2Seq.Model.Evaluation;

/// <summary>The version that score signatures name, so that a published score says which code computed it.</summary>
internal static class ScoreVersion
{
    /// <summary>For instance <c>distseq2seq-0.1.0</c>.</summary>
    public static string Text { get; } =
        "distseq2seq-" + (typeof(ScoreVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0");
}
