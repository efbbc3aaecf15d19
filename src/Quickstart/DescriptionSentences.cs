namespace DistSeq2Seq.Quickstart;

/// <summary>Sentences that say what people and things are like, alone and compared.</summary>
internal static class DescriptionSentences
{
    private static readonly Tense[] Tenses = [Tense.Present, Tense.Present, Tense.Past, Tense.Future];

    private static readonly (IReadOnlyList<Noun> Nouns, IReadOnlyList<Adjective> Adjectives)[] Things =
    [
        (NounLexicon.Clothes, AdjectiveLexicon.Colours), (NounLexicon.Vehicles, AdjectiveLexicon.Colours),
        (NounLexicon.Things, AdjectiveLexicon.Qualities), (NounLexicon.Furniture, AdjectiveLexicon.Qualities),
        (NounLexicon.Vehicles, AdjectiveLexicon.Qualities), (NounLexicon.Clothes, AdjectiveLexicon.Qualities),
        (NounLexicon.Readables, AdjectiveLexicon.Judgements), (NounLexicon.Songs, AdjectiveLexicon.Judgements),
        (NounLexicon.Events, AdjectiveLexicon.Judgements), (NounLexicon.Foods, AdjectiveLexicon.Tastes),
        (NounLexicon.Places, AdjectiveLexicon.PlaceQualities), (NounLexicon.Buildings, AdjectiveLexicon.PlaceQualities),
    ];

    private static readonly Phrase[] Scopes =
    [
        new("in the village", "du village"), new("in the town", "de la ville"), new("in the world", "du monde"),
        new("in the street", "de la rue"), new("in the region", "de la région"),
    ];

    /// <summary>"Are you tired?" "My aunts were not very happy."</summary>
    public static SentencePair People(Chooser choose)
    {
        var subject = choose.Person();
        var state = choose.Random.Chance(60);
        var adjective = choose.Random.Pick(state ? AdjectiveLexicon.States : AdjectiveLexicon.Traits);
        return Tell(choose, subject, adjective, state ? choose.Random.Pick(Tenses) : Tense.Present);
    }

    /// <summary>"Marie, you are too generous."</summary>
    public static SentencePair Familiar(Chooser choose)
    {
        var name = choose.Name();
        var subject = Subject.Familiar(name.Agreement.Gender);
        var adjective = choose.Random.Pick(choose.Random.Chance(50) ? AdjectiveLexicon.States : AdjectiveLexicon.Traits);
        var polarity = choose.Random.Chance(30) ? Polarity.Not : Polarity.Affirmative;
        var words = Copula.Statement(
            subject, choose.Random.Pick(Tenses), Copula.Described(choose.Random, adjective, subject.Agreement), polarity);
        return SentencePair.Of(new Phrase(name.English + ",", name.French + ",") + words);
    }

    /// <summary>"These shoes are too expensive."</summary>
    public static SentencePair OfThings(Chooser choose)
    {
        var (nouns, adjectives) = choose.Random.Pick(Things);
        var subject = Subject.OfThing(Known(choose, nouns));
        var tense = adjectives == AdjectiveLexicon.Colours ? Tense.Present : choose.Random.Pick(Tenses);
        return Tell(choose, subject, choose.Random.Pick(adjectives), tense);
    }

    /// <summary>"The car is old but it is practical." The pronoun has the noun's gender.</summary>
    public static SentencePair But(Chooser choose)
    {
        var (nouns, adjectives) = choose.Random.Pick(Things[2..]);
        var first = choose.Random.Pick(adjectives);
        var second = choose.Random.Pick(adjectives);
        if (first == second)
            return OfThings(choose);
        var subject = Subject.OfThing(Known(choose, nouns));
        var tense = choose.Random.Chance(70) ? Tense.Present : Tense.Past;
        var not = choose.Random.Chance(50) ? Polarity.Not : Polarity.Affirmative;
        var link = not == Polarity.Not ? new Phrase("but", "mais") : new Phrase("and", "et");
        return SentencePair.Of(
            Copula.Statement(subject, tense, Copula.Described(choose.Random, first, subject.Agreement)) + link
            + Copula.Statement(subject.ThingPronoun(), tense, Copula.Described(choose.Random, second, subject.Agreement), not));
    }

    /// <summary>"Sophie is taller than her brother." "This bag is as heavy as the box."</summary>
    public static SentencePair Comparison(Chooser choose)
    {
        var people = choose.Random.Chance(50);
        var (nouns, adjectives) = choose.Random.Pick(Things[2..]);
        var subject = people ? choose.Person() : Subject.OfThing(Known(choose, nouns));
        var other = people ? choose.NamedPerson() : Known(choose, nouns);
        if (other.English == subject.English)
            return People(choose);
        var adjective = choose.Random.Pick(people ? AdjectiveLexicon.Traits : adjectives);
        // Short adjectives take no "less" in good English.
        var degree = choose.Random.Next(adjective.Comparative.StartsWith("more ", StringComparison.Ordinal) ? 3 : 2);
        var english = degree switch
        {
            0 => adjective.Comparative + " than",
            1 => $"as {adjective.English} as",
            _ => $"less {adjective.English} than",
        };
        var french = new[] { "plus", "aussi", "moins" }[degree];
        var complement = new Phrase(
            Words.Of(english, other.English), Words.Of(french, adjective.French(subject.Agreement), "que", other.French));
        var polarity = degree == 1 && choose.Random.Chance(40) ? Polarity.Not : Polarity.Affirmative;
        return SentencePair.Of(Copula.Statement(subject, Tense.Present, complement, polarity));
    }

    /// <summary>"This is the oldest church in the village." "It is the most expensive car in the town."</summary>
    public static SentencePair Superlative(Chooser choose)
    {
        var (nouns, adjectives) = choose.Random.Pick([Things[4], Things[10], Things[11]]);
        var noun = choose.Random.Pick(nouns);
        var adjective = choose.Random.Pick(adjectives);
        // "le plus bel appartement": the form before a vowel holds here too.
        var core = new FrenchCore(noun, false, adjective.Precedes ? adjective : null);
        var scope = choose.Random.Pick(Scopes);
        // The article is repeated when the adjective follows: "la voiture la plus chère".
        var superlative = adjective.Precedes
            ? Words.Of(core.Definite, "plus", core.Text)
            : Words.Of(core.Definite, core.Text, core.Definite, "plus", adjective.French(core.Agreement));
        var words = new Phrase(Words.Of("the", adjective.Superlative, noun.English), superlative) + scope;
        if (nouns == NounLexicon.Buildings || choose.Random.Chance(40))
            return SentencePair.Of(new Phrase("this is", "ce est") + words);
        var subject = choose.Person();
        var verb = nouns == NounLexicon.Places ? VerbLexicon.Visit : VerbLexicon.Buy;
        return SentencePair.Of(Clause.Statement(subject, Tense.Past, new Predicate(verb).With(words)));
    }

    /// <summary>"She is Italian." "Her uncle is a farmer."</summary>
    public static SentencePair Nationality(Chooser choose)
    {
        var subject = choose.Person();
        if (choose.Random.Chance(60))
            return Tell(choose, subject, choose.Random.Pick(AdjectiveLexicon.Nationalities), Tense.Present, false);
        var jobs = NounLexicon.People.Where(noun => noun.English is not ("child" or "boy" or "girl" or "man" or "woman" or "neighbour")
            && noun.Gender == subject.Gender).ToList();
        var job = choose.Random.Pick(jobs);
        var plural = subject.Agreement.Plural;
        // French names a profession without an article.
        var words = new Phrase(plural ? job.EnglishPlural : "a " + job.English, plural ? job.FrenchPlural : job.French);
        var polarity = choose.Random.Chance(25) ? Polarity.Not : Polarity.Affirmative;
        var tense = choose.Random.Pick([Tense.Present, Tense.Present, Tense.Past]);
        return SentencePair.Of(Copula.Statement(subject, tense, words, polarity));
    }

    private static NounPhrase Known(Chooser choose, IReadOnlyList<Noun> nouns)
    {
        if (nouns == NounLexicon.Places || nouns == NounLexicon.Events)
            return NounPhrase.Of(choose.Random.Pick(nouns), choose.Random.Chance(65) ? Determiner.Definite : Determiner.Demonstrative);
        if (choose.Random.Chance(70))
            return choose.KnownThing(nouns);
        var owner = choose.Random.Chance(60)
            ? choose.Name()
            : NounPhrase.Owned(choose.Random.Pick(NounLexicon.Kin), "my", Person.FirstSingular);
        return Owned(choose.Random.Pick(nouns), owner, choose.Random.Chance(25));
    }

    /// <summary>"Marie's car", "my brother's books" · "la voiture de Marie", "les livres de mon frère".</summary>
    public static NounPhrase Owned(Noun noun, NounPhrase owner, bool plural)
    {
        var thing = NounPhrase.Of(noun, Determiner.Definite, plural);
        var possessive = EnglishText.Possessive(owner.English, owner.Agreement.Plural);
        var english = Words.Of(possessive, plural ? noun.EnglishPlural : noun.English);
        return thing with
        {
            English = english,
            EnglishAny = english,
            French = Words.Of(thing.French, owner.FrenchOf),
            FrenchNegated = Words.Of(thing.French, owner.FrenchOf),
            FrenchOf = Words.Of(thing.FrenchOf, owner.FrenchOf),
            FrenchTo = Words.Of(thing.FrenchTo, owner.FrenchOf),
        };
    }

    private static SentencePair Tell(Chooser choose, Subject subject, Adjective adjective, Tense tense, bool degrees = true)
    {
        var random = choose.Random;
        var words = degrees
            ? Copula.Described(random, adjective, subject.Agreement)
            : new Phrase(adjective.English, adjective.French(subject.Agreement));
        if (subject != Subject.I && random.Chance(15))
            return SentencePair.Of(Copula.Question(subject, tense, words), '?');
        var polarity = random.Next(10) switch
        {
            < 3 => Polarity.Not,
            3 when tense == Tense.Present && degrees => Polarity.NoLonger,
            _ => Polarity.Affirmative,
        };
        return SentencePair.Of(Copula.Statement(subject, tense, words, polarity));
    }
}
