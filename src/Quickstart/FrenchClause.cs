namespace DistSeq2Seq.Quickstart;

/// <summary>The French half of <see cref="Clause"/>; its words are not elided yet.</summary>
internal static class FrenchClause
{
    private static readonly FrenchForms Avoir = FrenchConjugation.Of("avoir");
    private static readonly FrenchForms Etre = FrenchConjugation.Of("être");
    private static readonly FrenchForms Aller = FrenchConjugation.Of("aller");
    private static readonly string[] ReflexivePronouns = ["me", "te", "se", "nous", "vous", "se"];

    /// <summary>A statement: subject, ne, pronouns, verb, pas, the rest.</summary>
    public static string Statement(Subject subject, Tense tense, Predicate predicate, Polarity polarity)
    {
        var group = Group.Of(subject, tense, predicate);
        var (ne, pas) = Negation(polarity);
        return Words.Of(
            subject.French, ne, group.Before, group.Finite, pas, predicate.Frequency?.French ?? "", group.After,
            Rest(predicate, polarity != Polarity.Affirmative));
    }

    /// <summary>A question whose verb is followed by the subject's pronoun; other subjects stand before it.</summary>
    public static string Inverted(Subject subject, Tense tense, Predicate predicate)
    {
        var group = Group.Of(subject, tense, predicate);
        return Words.Of(
            subject.IsPronoun ? "" : subject.French, group.Before, Invert(group.Finite, subject.Pronoun()),
            predicate.Frequency?.French ?? "", group.After, Rest(predicate, false));
    }

    /// <summary>Verb and pronoun with hyphens: "parle-t-il", "finit-elle".</summary>
    public static string Invert(string finite, Subject pronoun)
    {
        var link = pronoun.Person == Person.ThirdSingular && finite[^1] is 'a' or 'e' ? "-t-" : "-";
        return finite + link + pronoun.French;
    }

    /// <summary>The two parts of a negation.</summary>
    public static (string Ne, string Pas) Negation(Polarity polarity) => polarity switch
    {
        Polarity.Not => ("ne", "pas"),
        Polarity.Never => ("ne", "jamais"),
        Polarity.NoLonger => ("ne", "plus"),
        _ => ("", ""),
    };

    private static string Rest(Predicate predicate, bool negated)
    {
        var thing = predicate.Object is not { } noun ? "" : predicate.Verb.Preposition switch
        {
            "à" => noun.FrenchTo,
            "de" => noun.FrenchOf,
            _ => negated ? noun.FrenchNegated : noun.French,
        };
        return Words.Of([thing, .. predicate.Complements.Select(complement => complement.French)]);
    }

    /// <summary>The verb group around its conjugated form.</summary>
    /// <param name="Before">Pronouns in front of the conjugated form.</param>
    /// <param name="Finite">The conjugated form.</param>
    /// <param name="After">Participle, or infinitive with its pronouns.</param>
    private readonly record struct Group(string Before, string Finite, string After)
    {
        public static Group Of(Subject subject, Tense tense, Predicate predicate)
        {
            var verb = predicate.Verb;
            var person = (int)subject.Person;
            var pronouns = Words.Of(verb.Reflexive ? ReflexivePronouns[person] : "", predicate.Pronoun?.French ?? "");
            var infinitive = Words.Of(pronouns, verb.French.Infinitive);
            if (predicate.Modal is { } modal)
                return new Group("", (modal.Conditional ? modal.French.Conditional : modal.French.Present)[person], infinitive);
            return tense switch
            {
                Tense.Present => new Group(pronouns, verb.French.Present[person], ""),
                Tense.Future => new Group(pronouns, verb.French.Future[person], ""),
                Tense.Habitual or Tense.PastContinuous => new Group(pronouns, verb.French.Imperfect[person], ""),
                Tense.NearFuture => new Group("", Aller.Present[person], infinitive),
                Tense.Continuous => new Group("", Etre.Present[person], "en train de " + infinitive),
                _ => new Group(pronouns, (verb.Etre ? Etre : Avoir).Present[person], Participle(subject, predicate)),
            };
        }

        // With être the participle agrees with the subject, with avoir with a direct object that stands before it.
        private static string Participle(Subject subject, Predicate predicate)
        {
            var agreement = predicate.Verb.Etre ? subject.Agreement : predicate.Pronoun?.Agreement ?? Agreement.Base;
            return agreement.Apply(predicate.Verb.French.Participle);
        }
    }
}
