namespace DistSeq2Seq.Quickstart;

/// <summary>Sentences with numbers, prices, ages, times and dates.</summary>
internal static class NumberSentences
{
    /// <summary>"His sister is twenty-one years old."</summary>
    public static SentencePair Age(Chooser choose)
    {
        var random = choose.Random;
        var subject = random.Next(3) switch
        {
            0 => random.Pick(Subject.Pronouns),
            1 => Subject.Of(choose.Name()),
            _ => Subject.Of(choose.Relative()),
        };
        var (youngest, oldest) = subject.IsPronoun || subject.Person == Person.ThirdSingular && char.IsUpper(subject.English[0])
            ? (2, 99)
            : subject.English.Contains("grand") ? (60, 99)
            : subject.English.Contains("mother") || subject.English.Contains("father") ? (40, 79)
            : subject.English.Contains("son") || subject.English.Contains("daughter") ? (2, 40)
            : (20, 79);
        var years = random.Between(youngest, oldest);
        var future = random.Chance(25);
        var avoir = FrenchConjugation.Of("avoir");
        var age = new Phrase(NumberWords.English(years) + " years old", NumberWords.French(years) + " ans");
        if (future)
        {
            var month = random.Pick(Calendar.Months);
            return SentencePair.Of(
                new Phrase(subject.English + " will be", Words.Of(subject.French, avoir.Future[(int)subject.Person])) + age
                + new Phrase("in " + month.English, "en " + month.French));
        }
        return SentencePair.Of(
            new Phrase(Words.Of(subject.English, subject.EnglishBe), Words.Of(subject.French, avoir.Present[(int)subject.Person])) + age);
    }

    /// <summary>"This watch costs one hundred and twenty euros." "How much do the shoes cost?"</summary>
    public static SentencePair Price(Chooser choose)
    {
        var thing = choose.KnownThing([.. NounLexicon.Goods, .. NounLexicon.Furniture]);
        var plural = thing.Agreement.Plural;
        if (choose.Random.Chance(15))
        {
            return SentencePair.Of(
                new Phrase(
                    $"how much {(plural ? "do" : "does")} {thing.English} cost",
                    $"combien {(plural ? "coûtent" : "coûte")} {thing.French}"),
                '?');
        }
        var price = choose.Random.Chance(70)
            ? choose.Random.Between(13, 99)
            : 100 * choose.Random.Between(1, 9) + 10 * choose.Random.Next(10);
        return SentencePair.Of(new Phrase(
            $"{thing.English} {(plural ? "cost" : "costs")} {NumberWords.English(price)} euros",
            $"{thing.French} {(plural ? "coûtent" : "coûte")} {NumberWords.French(price)} euros"));
    }

    /// <summary>"There are twenty-one chairs in the kitchen." "There is no water in the bottle."</summary>
    public static SentencePair ThereIs(Chooser choose)
    {
        var (nouns, places) = choose.Random.Pick(Contents);
        var noun = choose.Random.Pick(nouns);
        var place = choose.Random.Pick(places);
        var past = choose.Random.Chance(30);
        var kind = choose.Random.Next(10);
        var thing = kind switch
        {
            < 5 => NounPhrase.Counted(noun, choose.Random.Chance(50) ? choose.Random.Between(2, 12) : choose.Random.Between(13, 99)),
            < 7 => NounPhrase.Of(noun, Determiner.Indefinite),
            < 9 => NounPhrase.Of(noun, Determiner.Indefinite, true),
            _ => Quantified(choose, noun),
        };
        var plural = thing.Agreement.Plural;
        var english = past ? plural ? "were" : "was" : plural ? "are" : "is";
        var french = past ? "avait" : "a";
        if (choose.Random.Chance(15))
        {
            return SentencePair.Of(
                new Phrase($"{english} there {thing.EnglishAny}", $"est-ce que il y {french} {thing.French}") + place, '?');
        }
        if (kind is >= 5 and < 9 && choose.Random.Chance(40))
        {
            var none = plural ? noun.EnglishPlural : noun.English;
            return SentencePair.Of(new Phrase($"there {english} no {none}", $"il ne y {french} pas {thing.FrenchNegated}") + place);
        }
        return SentencePair.Of(new Phrase($"there {english} {thing.English}", $"il y {french} {thing.French}") + place);
    }

    /// <summary>"Our aunt was born on 3 May 1998."</summary>
    public static SentencePair Birth(Chooser choose)
    {
        var subject = choose.Person();
        var date = Calendar.Date(choose.Random, 1960, subject.English.Contains("grand") ? 1969 : 1999);
        return SentencePair.Of(
            new Phrase(
                Words.Of(subject.English, subject.EnglishWas, "born on"),
                Words.Of(subject.French, Etre(subject), subject.Agreement.Apply("né"), "le"))
            + date);
    }

    /// <summary>"The exam is on Monday, 12 April." "Today is 1 June." "The wedding is in July."</summary>
    public static SentencePair Date(Chooser choose)
    {
        var random = choose.Random;
        var date = Calendar.DayAndMonth(random);
        var day = random.Pick(Calendar.Days);
        var onDay = new Phrase($"{day.English}, {date.English}", $"le {day.French} {date.French}");
        if (random.Chance(30))
        {
            return SentencePair.Of(random.Chance(50)
                ? new Phrase("today is", "aujourd'hui, ce est") + onDay
                : new Phrase("today is " + date.English, "aujourd'hui, ce est le " + date.French));
        }
        var subject = Subject.OfThing(NounPhrase.Of(random.Pick(NounLexicon.Events), Determiner.Definite));
        var tense = random.Pick([Tense.Present, Tense.Past, Tense.Future]);
        var time = Calendar.Time(random);
        var month = random.Pick(Calendar.Months);
        var when = random.Next(4) switch
        {
            0 => new Phrase("on " + onDay.English, onDay.French),
            1 => new Phrase("on " + date.English, "le " + date.French),
            2 => new Phrase("in " + month.English, "en " + month.French),
            _ => new Phrase($"on {day.English} at {time.English}", $"{day.French} à {time.French}"),
        };
        return SentencePair.Of(Copula.Statement(subject, tense, when));
    }

    /// <summary>"It is half past three." "The train leaves at a quarter to nine."</summary>
    public static SentencePair Clock(Chooser choose)
    {
        var time = Calendar.Time(choose.Random);
        if (choose.Random.Chance(20))
            return SentencePair.Of(new Phrase("it is " + time.English, "il est " + time.French));
        var at = new Phrase("at " + time.English, "à " + time.French);
        var (noun, verb) = choose.Random.Pick(Schedule);
        var subject = Subject.OfThing(NounPhrase.Of(noun, Determiner.Definite));
        var tense = choose.Random.Pick([Tense.Present, Tense.Past, Tense.Future]);
        var polarity = choose.Random.Chance(20) ? Polarity.Not : Polarity.Affirmative;
        return SentencePair.Of(Clause.Statement(subject, tense, new Predicate(verb).With(at), polarity));
    }

    /// <summary>"She has two brothers and one sister." "They had no children": what people have.</summary>
    public static SentencePair Having(Chooser choose)
    {
        var subject = choose.Person();
        var random = choose.Random;
        var thing = random.Next(4) switch
        {
            0 => NounPhrase.Counted(random.Pick(Several), random.Between(2, 9)),
            1 => NounPhrase.Counted(random.Pick(NounLexicon.Animals), random.Between(2, 30)),
            2 => Quantified(choose, random.Pick([.. NounLexicon.Readables, .. NounLexicon.Clothes])),
            _ => NounPhrase.Of(
                random.Pick([.. NounLexicon.Vehicles, .. NounLexicon.Things, .. NounLexicon.Furniture]),
                Determiner.Indefinite,
                random.Chance(25),
                random.Chance(50) ? random.Pick(AdjectiveLexicon.Qualities) : null),
        };
        var predicate = new Predicate(VerbLexicon.Have) { Object = thing };
        var polarity = random.Chance(25) ? Polarity.Not : Polarity.Affirmative;
        if (subject != Subject.I && random.Chance(20))
            return SentencePair.Of(Clause.YesNo(subject, Tense.Present, predicate), '?');
        return SentencePair.Of(Clause.Statement(subject, random.Chance(75) ? Tense.Present : Tense.Habitual, predicate,
            random.Chance(75) ? Polarity.Affirmative : polarity));
    }

    private static readonly (IReadOnlyList<Noun> Nouns, IReadOnlyList<Phrase> Places)[] Contents =
    [
        (NounLexicon.People, Phrase.Table("""
            in the room = dans la salle
            in the street = dans la rue
            at the station = à la gare
            in the library = dans la bibliothèque
            on the beach = sur la plage
            """)),
        ([.. NounLexicon.Things, .. NounLexicon.Readables], Phrase.Table("""
            on the table = sur la table
            in the bag = dans le sac
            in the drawer = dans le tiroir
            under the bed = sous le lit
            on the chair = sur la chaise
            """)),
        (NounLexicon.Animals, Phrase.Table("""
            in the garden = dans le jardin
            behind the house = derrière la maison
            in the park = dans le parc
            near the bridge = près du pont
            """)),
        (NounLexicon.Foods, Phrase.Table("""
            in the kitchen = dans la cuisine
            in the fridge = dans le réfrigérateur
            on the plate = sur l'assiette
            """)),
        (NounLexicon.Places, Phrase.Table("""
            in the town = dans la ville
            in the village = dans le village
            near the station = près de la gare
            """)),
    ];

    // Relatives of whom one can have more than one or two.
    private static readonly IReadOnlyList<Noun> Several =
        [.. NounLexicon.Kin.Where(noun => noun.English is "brother" or "sister" or "son" or "daughter" or "uncle" or "aunt")];

    private static readonly (Noun Noun, Verb Verb)[] Schedule =
    [
        .. from noun in Noun.Table("train = train m\nbus,buses = bus,bus m\nplane = avion m\nboat = bateau m")
           from verb in new[] { VerbLexicon.Leave, VerbLexicon.Arrive }
           select (noun, verb),
        .. from noun in NounLexicon.Events
           from verb in new[] { Verb.Parse("begin,began,beginning = commencer") }
           where noun.English != "wedding"
           select (noun, verb),
    ];

    private static string Etre(Subject subject) => FrenchConjugation.Of("être").Present[(int)subject.Person];

    // "many books" · "beaucoup de livres"
    private static NounPhrase Quantified(Chooser choose, Noun noun)
    {
        var amount = choose.Random.Pick(Amounts);
        var bare = NounPhrase.Of(noun, Determiner.Indefinite, true);
        var english = Words.Of(amount.English, noun.EnglishPlural);
        var french = Words.Of(amount.French, "de", noun.FrenchPlural);
        return bare with { English = english, EnglishAny = english, French = french, FrenchNegated = french };
    }

    private static readonly IReadOnlyList<Phrase> Amounts = Phrase.Table("""
        many = beaucoup
        too many = trop
        enough = assez
        """);
}
