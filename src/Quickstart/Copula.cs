namespace DistSeq2Seq.Quickstart;

/// <summary>Clauses with "to be" that say how something is. The French past is the imparfait, because these clauses describe.</summary>
internal static class Copula
{
    private static readonly FrenchForms Etre = FrenchConjugation.Of("être");

    /// <summary>"the houses were not new" · "les maisons n'étaient pas nouvelles"</summary>
    /// <param name="subject">What is described.</param>
    /// <param name="tense">Present, past or future.</param>
    /// <param name="complement">The description, in forms that agree already.</param>
    /// <param name="polarity">Whether and how it is negated.</param>
    public static Phrase Statement(Subject subject, Tense tense, Phrase complement, Polarity polarity = Polarity.Affirmative)
    {
        var (ne, pas) = FrenchClause.Negation(polarity);
        var not = polarity switch
        {
            Polarity.Not => "not",
            Polarity.Never => "never",
            Polarity.NoLonger => "no longer",
            _ => "",
        };
        var english = tense == Tense.Future ? Words.Of("will", not, "be") : Words.Of(English(subject, tense), not);
        return new Phrase(
            Words.Of(subject.English, english, complement.English),
            Words.Of(subject.French, ne, French(subject, tense), pas, complement.French));
    }

    /// <summary>"are you tired" · "êtes-vous fatigué"; a subject that is a noun takes "est-ce que".</summary>
    public static Phrase Question(Subject subject, Tense tense, Phrase complement)
    {
        var english = tense == Tense.Future
            ? Words.Of("will", subject.English, "be", complement.English)
            : Words.Of(English(subject, tense), subject.English, complement.English);
        var french = subject.IsPronoun
            ? Words.Of(FrenchClause.Invert(French(subject, tense), subject), complement.French)
            : Words.Of("est-ce que", subject.French, French(subject, tense), complement.French);
        return new Phrase(english, french);
    }

    /// <summary>An adjective that agrees, with "very", "too" or nothing before it; colours have no degree.</summary>
    public static Phrase Described(DeterministicRandom random, Adjective adjective, Agreement agreement)
    {
        var degree = AdjectiveLexicon.Colours.Contains(adjective) ? Phrase.Empty : random.Next(5) switch
        {
            0 => new Phrase("very", "très"),
            1 => new Phrase("too", "trop"),
            _ => Phrase.Empty,
        };
        return degree + new Phrase(adjective.English, adjective.French(agreement));
    }

    private static string English(Subject subject, Tense tense) => tense == Tense.Past ? subject.EnglishWas : subject.EnglishBe;

    private static string French(Subject subject, Tense tense)
    {
        var forms = tense switch
        {
            Tense.Past => Etre.Imperfect,
            Tense.Future => Etre.Future,
            _ => Etre.Present,
        };
        return forms[(int)subject.Person];
    }
}
