namespace DistSeq2Seq.Quickstart;

/// <summary>The English half of <see cref="Clause"/>.</summary>
internal static class EnglishClause
{
    /// <summary>A statement.</summary>
    public static string Statement(Subject subject, Tense tense, Predicate predicate, Polarity polarity)
    {
        var adverb = polarity switch
        {
            Polarity.Never => "never",
            Polarity.NoLonger => "no longer",
            _ => predicate.Frequency?.English ?? "",
        };
        var rest = Rest(predicate, polarity != Polarity.Affirmative);
        return Words.Of(subject.English, Group(subject, tense, predicate, polarity == Polarity.Not, adverb), rest);
    }

    /// <summary>A question, from its auxiliary on.</summary>
    public static string Question(Subject subject, Tense tense, Predicate predicate)
    {
        var verb = predicate.Verb;
        var frequency = predicate.Frequency?.English ?? "";
        var rest = Rest(predicate, true);
        if (predicate.Modal is { } modal)
        {
            var words = modal.English.Split(' ', 2);
            var after = words.Length > 1 ? words[1] : "";
            return modal.Negated is null
                ? Words.Of(Do(subject), subject.English, modal.English, verb.English, rest)
                : Words.Of(words[0], subject.English, after, verb.English, rest);
        }
        return tense switch
        {
            Tense.Present => Words.Of(Do(subject), subject.English, frequency, verb.English, rest),
            Tense.Past => Words.Of("did", subject.English, verb.English, rest),
            Tense.Future => Words.Of("will", subject.English, verb.English, rest),
            Tense.NearFuture => Words.Of(subject.EnglishBe, subject.English, "going to", verb.English, rest),
            Tense.Continuous => Words.Of(subject.EnglishBe, subject.English, verb.Ing, rest),
            Tense.PastContinuous => Words.Of(subject.EnglishWas, subject.English, verb.Ing, rest),
            _ => Words.Of("did", subject.English, "use to", verb.English, rest),
        };
    }

    private static string Group(Subject subject, Tense tense, Predicate predicate, bool not, string adverb)
    {
        var verb = predicate.Verb;
        if (predicate.Modal is { } modal)
        {
            if (!not)
                return Words.Of(adverb, subject.EnglishThird ? modal.Third : modal.English, verb.English);
            return Words.Of(modal.Negated ?? Do(subject) + " not " + modal.English, verb.English);
        }
        var negation = not ? "not" : "";
        return tense switch
        {
            Tense.Present when not => Words.Of(Do(subject), "not", adverb, verb.English),
            Tense.Present => Words.Of(adverb, subject.EnglishThird ? verb.Third : verb.English),
            Tense.Past when not => Words.Of("did not", verb.English),
            Tense.Past => Words.Of(adverb, verb.Past),
            Tense.Future => Words.Of("will", negation, adverb, verb.English),
            Tense.NearFuture => Words.Of(subject.EnglishBe, negation, adverb, "going to", verb.English),
            Tense.Continuous => Words.Of(subject.EnglishBe, negation, adverb, verb.Ing),
            Tense.PastContinuous => Words.Of(subject.EnglishWas, negation, adverb, verb.Ing),
            _ => Words.Of(not ? "did not use to" : "used to", adverb, verb.English),
        };
    }

    private static string Rest(Predicate predicate, bool any)
    {
        var thing = predicate.Object is { } noun ? any ? noun.EnglishAny : noun.English : "";
        var particle = predicate.Verb.Particle;
        var words = Words.Of(predicate.Pronoun?.English ?? "", thing);
        // "wait for him", but "lend him a book": particles of the lexicon always precede the object.
        return Words.Of([particle, words, .. predicate.Complements.Select(complement => complement.English)]);
    }

    private static string Do(Subject subject) => subject.EnglishThird ? "does" : "do";
}
