namespace DistSeq2Seq.Quickstart;

/// <summary>Sentences about going, coming and living somewhere.</summary>
internal static class PlaceSentences
{
    private static readonly Tense[] Tenses = [Tense.Present, Tense.Past, Tense.Past, Tense.Future, Tense.NearFuture];

    private static readonly IReadOnlyList<Phrase> Inside =
        [.. Circumstances.Where.Where(place => place.English.StartsWith("in the", StringComparison.Ordinal))];

    private static readonly IReadOnlyList<Phrase> Sports = Phrase.Table("""
        football = au football
        tennis = au tennis
        cards = aux cartes
        chess = aux échecs
        the piano = du piano
        the guitar = de la guitare
        the violin = du violon
        """);

    private static readonly IReadOnlyList<Phrase> Languages = Phrase.Table("""
        French = français
        English = anglais
        Spanish = espagnol
        Italian = italien
        German = allemand
        Japanese = japonais
        """);

    private static readonly IReadOnlyList<Phrase> Transport = Phrase.Table("""
        by car = en voiture
        by train = en train
        by plane = en avion
        by bicycle = à vélo
        on foot = à pied
        """);

    /// <summary>"My aunts went to the market yesterday." "Will you go to Italy by train?"</summary>
    public static SentencePair Going(Chooser choose)
    {
        var verb = choose.Random.Pick([VerbLexicon.Go, VerbLexicon.Go, VerbLexicon.ComeBack, VerbLexicon.Come]);
        // In French one "comes" with people; destinations of coming are near.
        var to = verb == VerbLexicon.Come ? NearPlace(choose) : Destination(choose);
        var predicate = new Predicate(verb).With(to);
        if (verb != VerbLexicon.Come && choose.Random.Chance(25))
            predicate = predicate.With(choose.Random.Pick(Transport));
        return Tell(choose, predicate, Tenses);
    }

    /// <summary>"She comes from Japan." "They came back from the theatre."</summary>
    public static SentencePair ComingFrom(Chooser choose)
    {
        var random = choose.Random;
        if (random.Chance(40))
        {
            var from = random.Chance(70) ? random.Pick(Circumstances.Origins) : From(random.Pick(Circumstances.Cities));
            return SentencePair.Of(Clause.Statement(
                choose.Person(), Tense.Present, new Predicate(VerbLexicon.Come).With(from),
                random.Chance(25) ? Polarity.Not : Polarity.Affirmative));
        }
        var place = NounPhrase.Of(random.Pick(NounLexicon.Places), Determiner.Definite);
        return Tell(choose, new Predicate(VerbLexicon.ComeBack).With(new Phrase("from " + place.English, place.FrenchOf)), Tenses);
    }

    /// <summary>"Paul and Anne live in Portugal." "We stayed at home." "He fell in the street."</summary>
    public static SentencePair Living(Chooser choose)
    {
        var random = choose.Random;
        if (random.Chance(50))
        {
            var predicate = new Predicate(VerbLexicon.Live).With(In(random));
            return Tell(choose, predicate, [Tense.Present, Tense.Present, Tense.Habitual, Tense.Future]);
        }
        return random.Next(3) switch
        {
            0 => Tell(
                choose,
                new Predicate(VerbLexicon.Stay).With(random.Chance(50) ? In(random) : random.Pick(Circumstances.Where)),
                [Tense.Past, Tense.Future, Tense.NearFuture]),
            1 => Tell(choose, new Predicate(VerbLexicon.Arrive).With(In(random)), [Tense.Past, Tense.Future, Tense.NearFuture]),
            _ => Tell(choose, new Predicate(VerbLexicon.Fall).With(random.Pick(Inside)), [Tense.Past]),
        };
    }

    /// <summary>"My sons play football." "We do not speak Spanish."</summary>
    public static SentencePair Skills(Chooser choose)
    {
        var random = choose.Random;
        var predicate = random.Chance(60)
            ? new Predicate(VerbLexicon.Play).With(random.Pick(Sports))
            : new Predicate(VerbLexicon.Speak).With(random.Pick(Languages));
        if (random.Chance(30))
        {
            predicate = predicate with { Modal = Modal.Can };
            return SentencePair.Of(Clause.Statement(
                choose.Person(), Tense.Present, predicate, random.Chance(35) ? Polarity.Not : Polarity.Affirmative));
        }
        return Tell(choose, predicate, predicate.Verb == VerbLexicon.Play
            ? [Tense.Present, Tense.Past, Tense.Continuous, Tense.Habitual, Tense.NearFuture]
            : [Tense.Present]);
    }

    /// <summary>"to the market", "to Rome", "to Spain".</summary>
    public static Phrase Destination(Chooser choose)
    {
        var random = choose.Random;
        switch (random.Next(4))
        {
            case 0:
                var city = random.Pick(Circumstances.Cities);
                return new Phrase("to " + city.English, "à " + city.French);
            case 1:
                var country = random.Pick(Circumstances.Countries);
                return new Phrase("to " + country.English, country.French);
            default:
                return NearPlace(choose);
        }
    }

    /// <summary>"in Rome", "in Spain".</summary>
    public static Phrase In(DeterministicRandom random)
    {
        var city = random.Chance(50);
        var place = random.Pick(city ? Circumstances.Cities : Circumstances.Countries);
        return new Phrase("in " + place.English, city ? "à " + place.French : place.French);
    }

    private static Phrase NearPlace(Chooser choose)
    {
        var place = NounPhrase.Of(choose.Random.Pick(NounLexicon.Places), Determiner.Definite);
        return new Phrase("to " + place.English, place.FrenchTo);
    }

    private static Phrase From(Phrase city) => new("from " + city.English, "de " + city.French);

    private static SentencePair Tell(Chooser choose, Predicate predicate, IReadOnlyList<Tense> tenses)
    {
        var random = choose.Random;
        var subject = choose.Person();
        var tense = random.Pick(tenses);
        var polarity = tense != Tense.Habitual && random.Chance(25) ? Polarity.Not : Polarity.Affirmative;
        if (predicate.Verb != VerbLexicon.Live && predicate.Verb != VerbLexicon.Speak && random.Chance(40))
            predicate = predicate.With(choose.Time(tense));
        else if (tense == Tense.Present && polarity == Polarity.Affirmative && predicate.Verb != VerbLexicon.Live && random.Chance(30))
            predicate = predicate with { Frequency = random.Pick(Circumstances.Frequency) };
        return polarity == Polarity.Affirmative && tense != Tense.Habitual && subject != Subject.I && random.Chance(20)
            ? SentencePair.Of(Clause.YesNo(subject, tense, predicate), '?')
            : SentencePair.Of(Clause.Statement(subject, tense, predicate, polarity));
    }
}
