namespace DistSeq2Seq.Quickstart;

/// <summary>All kinds of sentences with how often each is drawn.</summary>
internal static class Grammar
{
    private static readonly (int Weight, Func<Chooser, SentencePair> Make)[] Kinds =
    [
        (20, ActionSentences.Transitive),
        (8, ActionSentences.Intransitive),
        (5, ActionSentences.Familiar),
        (5, ActionSentences.PronounObject),
        (6, ActionSentences.Giving),
        (5, ActionSentences.Modal),
        (4, ActionSentences.Command),
        (3, ActionSentences.Nothing),
        (6, DescriptionSentences.People),
        (2, DescriptionSentences.Familiar),
        (6, DescriptionSentences.OfThings),
        (4, DescriptionSentences.But),
        (5, DescriptionSentences.Comparison),
        (3, DescriptionSentences.Superlative),
        (2, DescriptionSentences.Nationality),
        (6, NumberSentences.Age),
        (5, NumberSentences.Price),
        (5, NumberSentences.ThereIs),
        (4, NumberSentences.Birth),
        (4, NumberSentences.Date),
        (3, NumberSentences.Clock),
        (4, NumberSentences.Having),
        (6, PlaceSentences.Going),
        (3, PlaceSentences.ComingFrom),
        (4, PlaceSentences.Living),
        (3, PlaceSentences.Skills),
        (5, ComplexSentences.Question),
        (4, ComplexSentences.WhoOrWhere),
        (4, ComplexSentences.Because),
        (4, ComplexSentences.WhenOrIf),
        (4, ComplexSentences.Reported),
        (5, ComplexSentences.Relative),
        (4, ComplexSentences.TakenUp),
        (2, ComplexSentences.Feeling),
    ];

    private static readonly Func<Chooser, SentencePair>[] Wheel =
        [.. Kinds.SelectMany(kind => Enumerable.Repeat(kind.Make, kind.Weight))];

    /// <summary>A random sentence.</summary>
    public static SentencePair Sentence(Chooser choose)
    {
        choose.SpeakTo(Subject.You);
        return choose.Random.Pick(Wheel)(choose);
    }
}
