namespace DistSeq2Seq.Quickstart;

/// <summary>Draws subjects, objects and circumstances that fit together.</summary>
internal sealed class Chooser(DeterministicRandom random)
{
    public static readonly IReadOnlyList<NounPhrase> Women =
        [.. "Marie Sophie Anne Julie Claire Emma".Split(' ').Select(name => NounPhrase.Name(name, Gender.Feminine))];

    public static readonly IReadOnlyList<NounPhrase> Men =
        [.. "Paul Pierre Thomas Lucas Antoine Nicolas".Split(' ').Select(name => NounPhrase.Name(name, Gender.Masculine))];

    private static readonly NounPhrase[] Names = [.. Women, .. Men];

    private static readonly Subject[] Owners = [Subject.I, Subject.I, Subject.You, Subject.We, Subject.He, Subject.She, Subject.They];

    private Subject _listener = Subject.You;

    /// <summary>The random generator.</summary>
    public DeterministicRandom Random => random;

    /// <summary>
    /// From here on "your" means this person's. A sentence that calls somebody by the first name says "ton" throughout, never "votre".
    /// </summary>
    public void SpeakTo(Subject person) => _listener = person;

    /// <summary>A first name.</summary>
    public NounPhrase Name() => random.Pick(Names);

    /// <summary>A person or persons as subject.</summary>
    public Subject Person() => random.Next(10) switch
    {
        < 5 => random.Pick(Subject.Pronouns),
        < 7 => Subject.Of(Name()),
        7 => Subject.Of(Profession()),
        8 => Subject.Of(Relative()),
        _ => random.Chance(50) ? Couple() : Subject.Of(Relative()),
    };

    /// <summary>A person or persons, but no pronoun.</summary>
    public NounPhrase NamedPerson() => random.Next(3) switch
    {
        0 => Name(),
        1 => Profession(),
        _ => Relative(),
    };

    /// <summary>"the doctor", "this woman", "the children".</summary>
    public NounPhrase Profession() => NounPhrase.Of(
        random.Pick(NounLexicon.People), random.Chance(80) ? Determiner.Definite : Determiner.Demonstrative, random.Chance(25));

    /// <summary>"my sister", "their uncle".</summary>
    public NounPhrase Relative()
    {
        var owner = Owner();
        return NounPhrase.Owned(random.Pick(NounLexicon.Kin), owner.Possessive, owner.Person, random.Chance(20));
    }

    /// <summary>Two persons: "Paul and Marie".</summary>
    public Subject Couple()
    {
        var first = Name();
        var second = Name();
        if (first == second)
            return Subject.They;
        var gender = first.Agreement.Gender == Gender.Feminine ? second.Agreement.Gender : Gender.Masculine;
        return new Subject(
            $"{first.English} and {second.English}", $"{first.French} et {second.French}",
            Quickstart.Person.ThirdPlural, gender, false, "their");
    }

    /// <summary>A thing of the list, with any article, now and then with an adjective.</summary>
    public NounPhrase Thing(IReadOnlyList<Noun> nouns, IReadOnlyList<Adjective>? adjectives = null, Subject? owner = null)
    {
        var noun = random.Pick(nouns);
        var adjective = adjectives is not null && random.Chance(30) ? random.Pick(adjectives) : null;
        var plural = random.Chance(25);
        return random.Next(10) switch
        {
            < 4 => NounPhrase.Of(noun, Determiner.Definite, plural, adjective),
            < 7 => NounPhrase.Of(noun, Determiner.Indefinite, plural, adjective),
            7 => NounPhrase.Of(noun, Determiner.Demonstrative, plural, adjective),
            8 when owner is not null => NounPhrase.Owned(noun, owner.Possessive, owner.Person, plural, adjective),
            8 => NounPhrase.Of(noun, Determiner.Definite, plural, adjective),
            _ => NounPhrase.Counted(noun, random.Between(2, 12)),
        };
    }

    /// <summary>A thing that the listener knows: "the", "this", or somebody's.</summary>
    public NounPhrase KnownThing(IReadOnlyList<Noun> nouns)
    {
        var noun = random.Pick(nouns);
        var plural = random.Chance(25);
        switch (random.Next(4))
        {
            case 0:
                var owner = Owner();
                return NounPhrase.Owned(noun, owner.Possessive, owner.Person, plural);
            case 1:
                return NounPhrase.Of(noun, Determiner.Demonstrative, plural);
            default:
                return NounPhrase.Of(noun, Determiner.Definite, plural);
        }
    }

    /// <summary>What a verb of this kind acts on; null for none.</summary>
    public NounPhrase? Object(ObjectKind kind, Subject subject) => kind switch
    {
        ObjectKind.None => null,
        ObjectKind.Food => random.Chance(35)
            ? NounPhrase.Of(random.Pick(NounLexicon.FoodMasses), Determiner.Partitive)
            : Thing(NounLexicon.Foods, AdjectiveLexicon.Tastes),
        ObjectKind.Drink => NounPhrase.Of(random.Pick(NounLexicon.Drinks), Determiner.Partitive),
        ObjectKind.Goods => Thing(NounLexicon.Goods, AdjectiveLexicon.Colours, subject),
        ObjectKind.Bought => Bought(),
        ObjectKind.Readable => Thing(NounLexicon.Readables, AdjectiveLexicon.Judgements, subject),
        ObjectKind.Written => Thing(NounLexicon.Writings, AdjectiveLexicon.Judgements),
        ObjectKind.Person => NamedPerson(),
        ObjectKind.Seen => random.Chance(50) ? NamedPerson() : Thing(NounLexicon.Animals, AdjectiveLexicon.Coats),
        ObjectKind.Song => NounPhrase.Of(
            random.Pick(NounLexicon.Songs.Take(1).ToList()),
            random.Chance(50) ? Determiner.Demonstrative : Determiner.Indefinite,
            random.Chance(40)),
        ObjectKind.Clothes => Thing(NounLexicon.Clothes, AdjectiveLexicon.Colours, subject),
        ObjectKind.Machine => KnownThing([.. NounLexicon.Machines, .. NounLexicon.Vehicles]),
        ObjectKind.Openable => KnownThing(NounLexicon.Openables),
        ObjectKind.Vehicle => Thing(NounLexicon.Vehicles, AdjectiveLexicon.Qualities, subject),
        ObjectKind.Place => NounPhrase.Of(random.Pick(NounLexicon.Places.Take(8).ToList()), Determiner.Definite),
        ObjectKind.Subject => NounPhrase.Of(random.Pick(NounLexicon.Subjects), Determiner.Generic),
        ObjectKind.Washed => random.Chance(50) ? KnownThing(NounLexicon.Clothes) : KnownThing(NounLexicon.Vehicles),
        ObjectKind.Liked => Liked(),
        ObjectKind.Room => KnownThing([.. NounLexicon.Buildings.Take(6)]),
        ObjectKind.Animal => Thing(NounLexicon.Animals, AdjectiveLexicon.Coats),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The grammar has no objects of this kind."),
    };

    /// <summary>When something happens, fitting a tense.</summary>
    public Phrase Time(Tense tense) => tense switch
    {
        Tense.Past when random.Chance(15) => Ago(),
        Tense.Future or Tense.NearFuture when random.Chance(15) => FromNow(),
        Tense.Past or Tense.Future or Tense.NearFuture when random.Chance(15) => OnDay(),
        Tense.Past => random.Pick(Circumstances.Past),
        Tense.Future or Tense.NearFuture => random.Pick(Circumstances.Future),
        Tense.Continuous => random.Pick(Circumstances.Now),
        Tense.Habitual => random.Pick(Circumstances.Habitual),
        Tense.PastContinuous => random.Pick(Circumstances.Past),
        _ => random.Pick(Circumstances.Regular),
    };

    /// <summary>A time within a few days, for what people do every day.</summary>
    public Phrase NearTime(Tense tense) => tense switch
    {
        Tense.Past => random.Chance(25) ? OnDay() : random.Pick(Circumstances.RecentPast),
        Tense.Future or Tense.NearFuture => random.Chance(25) ? OnDay() : random.Pick(Circumstances.NearFuture),
        _ => Time(tense),
    };

    private Subject Owner()
    {
        var owner = random.Pick(Owners);
        return owner == Subject.You ? _listener : owner;
    }

    private NounPhrase Bought() => random.Next(4) switch
    {
        0 => Thing(NounLexicon.Foods),
        1 => NounPhrase.Of(random.Pick(NounLexicon.FoodMasses), Determiner.Partitive),
        2 => Thing(NounLexicon.Clothes, AdjectiveLexicon.Colours),
        _ => Thing(NounLexicon.Things, AdjectiveLexicon.Qualities),
    };

    private NounPhrase Liked() => random.Next(5) switch
    {
        0 => NounPhrase.Of(random.Pick(NounLexicon.Drinks), Determiner.Generic),
        1 => NounPhrase.Of(random.Pick(NounLexicon.FoodMasses), Determiner.Generic),
        2 => NounPhrase.Of(random.Pick(NounLexicon.Animals), Determiner.Generic, true),
        3 => NounPhrase.Of(random.Pick(NounLexicon.Foods), Determiner.Generic, true),
        _ => KnownThing([.. NounLexicon.Buildings, .. NounLexicon.Songs]),
    };

    private Phrase Ago()
    {
        var number = random.Between(2, 10);
        var unit = random.Pick(Circumstances.Units);
        return new Phrase($"{NumberWords.English(number)} {unit.English} ago", $"il y a {NumberWords.French(number)} {unit.French}");
    }

    private Phrase OnDay()
    {
        var day = random.Pick(Calendar.Days);
        return new Phrase("on " + day.English, day.French);
    }

    private Phrase FromNow()
    {
        var number = random.Between(2, 10);
        var unit = random.Pick(Circumstances.ShortUnits);
        return new Phrase($"in {NumberWords.English(number)} {unit.English}", $"dans {NumberWords.French(number)} {unit.French}");
    }
}
