namespace DistSeq2Seq.Model.Data.Quickstart;

/// <summary>All kinds of sentences with how often each is drawn.</summary>
internal static class Grammar
{
    private static readonly (int Weight, Func<Chooser, SentencePair> Make)[] Kinds =
    [
        (22, ActionSentences.Transitive),
        (9, ActionSentences.Intransitive),
        (5, ActionSentences.Familiar),
        (6, ActionSentences.PronounObject),
        (6, ActionSentences.Giving),
        (6, ActionSentences.Modal),
        (4, ActionSentences.Command),
        (3, ActionSentences.Nothing),
    ];

    private static readonly Func<Chooser, SentencePair>[] Wheel =
        [.. Kinds.SelectMany(kind => Enumerable.Repeat(kind.Make, kind.Weight))];

    /// <summary>A random sentence.</summary>
    public static SentencePair Sentence(Chooser choose) => choose.Random.Pick(Wheel)(choose);
}
