namespace DistSeq2Seq.Quickstart;

/// <summary>Sentences about what people do.</summary>
internal static class ActionSentences
{
    private static readonly Tense[] CommonTenses =
    [
        Tense.Present, Tense.Present, Tense.Past, Tense.Past, Tense.Future, Tense.NearFuture, Tense.Continuous, Tense.Habitual,
    ];

    private static readonly Tense[] FewTenses = [Tense.Present, Tense.Past, Tense.Past, Tense.NearFuture];

    private static readonly IReadOnlyList<VerbUse> Deliberate = [.. VerbLexicon.Transitive.Where(verb => !verb.Stative)];

    private static readonly IReadOnlyList<VerbUse> Plain = [.. VerbLexicon.Intransitive, .. VerbLexicon.Reflexive];

    /// <summary>"My sister bought some red shoes yesterday."</summary>
    public static SentencePair Transitive(Chooser choose)
    {
        var subject = choose.Person();
        var use = choose.Random.Pick(VerbLexicon.Transitive);
        return Tell(choose, subject, use, Predicate(choose, use, subject), Phrase.Empty);
    }

    /// <summary>"We used to travel every summer." "Paul does not get up at seven o'clock."</summary>
    public static SentencePair Intransitive(Chooser choose)
    {
        var use = choose.Random.Pick(Plain);
        var predicate = new Predicate(use.Verb);
        if (use.Verb.Reflexive && choose.Random.Chance(40))
        {
            var time = Calendar.Time(choose.Random);
            predicate = predicate.With(new Phrase("at " + time.English, "à " + time.French));
        }
        else if (use.Anywhere && choose.Random.Chance(40))
        {
            predicate = predicate.With(choose.Random.Pick(Circumstances.Where));
        }
        return Tell(choose, choose.Person(), use, predicate, Phrase.Empty);
    }

    /// <summary>"Marie, you forgot your keys": a first name makes "you" familiar.</summary>
    public static SentencePair Familiar(Chooser choose)
    {
        var name = choose.Name();
        var subject = Subject.Familiar(name.Agreement.Gender);
        choose.SpeakTo(subject);
        var use = choose.Random.Pick(choose.Random.Chance(70) ? VerbLexicon.Transitive : Plain);
        return Tell(choose, subject, use, Predicate(choose, use, subject), new Phrase(name.English + ",", name.French + ","));
    }

    /// <summary>"Will she help us?" with a person as pronoun.</summary>
    public static SentencePair PronounObject(Chooser choose)
    {
        var use = choose.Random.Pick([.. VerbLexicon.Transitive.Where(verb => verb.Pronouns)]);
        var subject = choose.Person();
        var pronoun = choose.Random.Pick(ObjectPronoun.Direct);
        // "I see me" and "you see you" would be reflexive.
        if (pronoun.English == "you" ? subject.Person == Person.SecondPlural : SamePerson(pronoun, subject))
            pronoun = ObjectPronoun.Direct[1];
        return Tell(choose, subject, use, new Predicate(use.Verb) { Pronoun = pronoun }, Phrase.Empty);
    }

    /// <summary>"She lends a book to her brother." "He gave us a present."</summary>
    public static SentencePair Giving(Chooser choose)
    {
        var use = choose.Random.Pick(VerbLexicon.Giving);
        var subject = choose.Person();
        var predicate = new Predicate(use.Verb) { Object = choose.Object(use.Object, subject) };
        var pronoun = choose.Random.Pick(ObjectPronoun.Indirect);
        if (choose.Random.Chance(50) && !SamePerson(pronoun, subject))
        {
            predicate = predicate with { Pronoun = pronoun };
        }
        else
        {
            var receiver = choose.NamedPerson();
            predicate = predicate.With(new Phrase("to " + receiver.English, receiver.FrenchTo));
        }
        return Tell(choose, subject, use, predicate, Phrase.Empty);
    }

    /// <summary>"They can open the window." "I do not want to work."</summary>
    public static SentencePair Modal(Chooser choose)
    {
        var subject = choose.Person();
        var use = choose.Random.Pick(choose.Random.Chance(70) ? Deliberate : Plain);
        var predicate = Predicate(choose, use, subject) with { Modal = choose.Random.Pick(Quickstart.Modal.All) };
        var polarity = choose.Random.Chance(30) ? Polarity.Not : Polarity.Affirmative;
        if (choose.Random.Chance(30))
            predicate = predicate.With(choose.NearTime(Tense.Future));
        return SentencePair.Of(Clause.Statement(subject, Tense.Present, predicate, polarity));
    }

    /// <summary>"Open the door!" "Paul, do not close the window!" "Wait for me, please."</summary>
    public static SentencePair Command(Chooser choose)
    {
        var use = choose.Random.Pick(Deliberate);
        var familiar = choose.Random.Chance(50);
        var name = choose.Name();
        var subject = familiar ? Subject.Familiar(name.Agreement.Gender) : Subject.You;
        choose.SpeakTo(subject);
        var predicate = Predicate(choose, use, subject);
        var not = choose.Random.Chance(35);
        var form = use.Verb.French.Present[(int)subject.Person];
        // The familiar imperative loses the s of -es: "tu ouvres", but "ouvre".
        if (familiar && form.EndsWith("es", StringComparison.Ordinal))
            form = form[..^1];
        var rest = predicate.Object!;
        var words = new Phrase(
            Words.Of(not ? "do not" : "", use.Verb.English, use.Verb.Particle, not ? rest.EnglishAny : rest.English),
            Words.Of(not ? "ne" : "", form, not ? "pas" : "", not ? rest.FrenchNegated : rest.French));
        if (familiar)
            return SentencePair.Of(new Phrase(name.English + ",", name.French + ",") + words, '!');
        return choose.Random.Chance(50)
            ? SentencePair.Of(words, '!')
            : SentencePair.Of(new Phrase(words.English + ", please", words.French + ", si il vous plaît"));
    }

    /// <summary>"Nobody sleeps in the garden." "She does not eat anything."</summary>
    public static SentencePair Nothing(Chooser choose)
    {
        var use = choose.Random.Pick(
            [.. VerbLexicon.Transitive.Where(verb => verb.Common && !verb.Pronouns && verb.Object != ObjectKind.Place)]);
        if (choose.Random.Chance(50))
        {
            var nobody = new Subject("nobody", "personne ne", Person.ThirdSingular, Gender.Masculine, false, "his");
            var thing = choose.Object(use.Object, Subject.He)!;
            // The negation is in the subject, so the object takes "any" in English and "de" in French.
            var predicate = new Predicate(use.Verb) { Object = thing with { English = thing.EnglishAny, French = thing.FrenchNegated } };
            return SentencePair.Of(Clause.Statement(nobody, choose.Random.Pick([Tense.Present, Tense.Past, Tense.Future]), predicate));
        }
        var subject = choose.Person();
        var verb = use.Verb;
        var present = choose.Random.Chance(50);
        var english = present
            ? Words.Of(subject.English, subject.EnglishThird ? "does not" : "do not", verb.English, verb.Particle, "anything")
            : Words.Of(subject.English, "did not", verb.English, verb.Particle, "anything");
        var french = present
            ? Words.Of(subject.French, "ne", verb.French.Present[(int)subject.Person], "rien")
            : Words.Of(subject.French, "ne", FrenchConjugation.Of("avoir").Present[(int)subject.Person], "rien", verb.French.Participle);
        return SentencePair.Of(new Phrase(english, french));
    }

    /// <summary>The verb with an object that fits.</summary>
    public static Predicate Predicate(Chooser choose, VerbUse use, Subject subject) =>
        new(use.Verb) { Object = choose.Object(use.Object, subject) };

    private static bool SamePerson(ObjectPronoun pronoun, Subject subject) => pronoun.English switch
    {
        "me" => subject.Person is Person.FirstSingular or Person.FirstPlural,
        "us" => subject.Person is Person.FirstSingular or Person.FirstPlural,
        "you" => subject.Person is Person.SecondSingular or Person.SecondPlural,
        _ => false,
    };

    private static SentencePair Tell(Chooser choose, Subject subject, VerbUse use, Predicate predicate, Phrase before)
    {
        var random = choose.Random;
        // Liking and knowing are lasting states: in the passé composé they would mean the beginning of the state.
        var lasts = use.Stative && !use.Common;
        var familiar = subject.Person == Person.SecondSingular;
        var tense = lasts ? Tense.Present : random.Pick(use.Common && !familiar ? CommonTenses : FewTenses);
        if (use.Stative && tense == Tense.Continuous)
            tense = Tense.Present;
        var polarity = random.Next(20) switch
        {
            < 5 => Polarity.Not,
            5 when tense is Tense.Present or Tense.Past or Tense.Future => Polarity.Never,
            6 when tense == Tense.Present => Polarity.NoLonger,
            _ => Polarity.Affirmative,
        };
        // "I read" could be either tense.
        if (tense == Tense.Past && use.Verb.Past == use.Verb.English && polarity != Polarity.Not)
            tense = Tense.Present;
        if (tense == Tense.Habitual)
            polarity = Polarity.Affirmative;
        if (lasts)
            return SentencePair.Of(before + Clause.Statement(subject, tense, predicate, polarity));
        if (tense == Tense.Present && polarity == Polarity.Affirmative && random.Chance(25))
            predicate = predicate with { Frequency = random.Pick(Circumstances.Frequency) };
        else if (polarity is Polarity.Affirmative or Polarity.Not && random.Chance(45)
            && !(use.Verb.Reflexive && predicate.Complements.Count > 0))
            predicate = predicate.With(use.Object == ObjectKind.None ? choose.NearTime(tense) : choose.Time(tense));
        var question = before == Phrase.Empty && polarity == Polarity.Affirmative && predicate.Frequency is null && random.Chance(15)
            && tense != Tense.Habitual && subject != Subject.I;
        return question
            ? SentencePair.Of(Clause.YesNo(subject, tense, predicate), '?')
            : SentencePair.Of(before + Clause.Statement(subject, tense, predicate, polarity));
    }
}
