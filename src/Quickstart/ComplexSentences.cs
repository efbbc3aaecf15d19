namespace DistSeq2Seq.Quickstart;

/// <summary>Questions with question words, and sentences of more than one clause.</summary>
internal static class ComplexSentences
{
    private static readonly Phrase Where = new("where", "où");
    private static readonly Phrase When = new("when", "quand");
    private static readonly Phrase Why = new("why", "pourquoi");

    private static readonly IReadOnlyList<(Verb Verb, Tense[] Tenses)> PlaceVerbs =
    [
        (VerbLexicon.Live, [Tense.Present]), (VerbLexicon.Go, [Tense.Present, Tense.Past, Tense.Future]),
        (VerbLexicon.Intransitive[0].Verb, [Tense.Present, Tense.Past]),
        (VerbLexicon.Intransitive[1].Verb, [Tense.Present, Tense.Past]),
        (VerbLexicon.Fall, [Tense.Past]),
    ];

    private static readonly IReadOnlyList<VerbUse> Asked =
        [.. VerbLexicon.Transitive.Where(use => use.Verb.English is "eat" or "buy" or "read" or "look" or "wait" or "open" or "learn")];

    // "the dress that she bought": the verbs that need no preposition in English.
    private static readonly IReadOnlyList<VerbUse> Obtained =
    [
        .. VerbLexicon.Transitive.Where(
            use => use.Object is ObjectKind.Goods or ObjectKind.Bought && use.Verb.Particle.Length == 0),
    ];

    private static readonly Phrase[] Saying =
    [
        new("think that", "penser"), new("know that", "savoir"), new("say that", "dire"), new("believe that", "croire"),
    ];

    private static readonly IReadOnlyList<Phrase> Feelings = Phrase.Table("""
        hungry = faim
        thirsty = soif
        cold = froid
        right = raison
        wrong = tort
        afraid of the dog = peur du chien
        afraid of the dark = peur du noir
        """);

    private static readonly IReadOnlyList<Phrase> Weather = Phrase.Table("""
        it rains = il pleut
        it snows = il neige
        it is cold = il fait froid
        it is hot = il fait chaud
        the weather is fine = il fait beau
        """);

    /// <summary>"Where does she work?" "When will Paul arrive?" "Why are they laughing?"</summary>
    public static SentencePair Question(Chooser choose)
    {
        var random = choose.Random;
        var subject = choose.Person();
        if (subject == Subject.I)
            subject = Subject.You;
        switch (random.Next(4))
        {
            case 0:
                var (verb, tenses) = random.Pick(PlaceVerbs);
                return SentencePair.Of(Clause.Open(Where, subject, random.Pick(tenses), new Predicate(verb)), '?');
            case 1:
                var move = random.Pick([VerbLexicon.Arrive, VerbLexicon.Leave, VerbLexicon.ComeBack, VerbLexicon.GoOut]);
                return SentencePair.Of(
                    Clause.Open(When, subject, random.Pick([Tense.Present, Tense.Past, Tense.Future]), new Predicate(move)), '?');
            case 2:
                var adjective = random.Pick(AdjectiveLexicon.States);
                var inverted = subject.IsPronoun
                    ? FrenchClause.Invert(Etre(subject), subject)
                    : Words.Of(subject.French, FrenchClause.Invert(Etre(subject), subject.Pronoun()));
                return SentencePair.Of(
                    new Phrase(Words.Of("why", subject.EnglishBe, subject.English, adjective.English),
                        Words.Of("pourquoi", inverted, adjective.French(subject.Agreement))), '?');
            default:
                var use = random.Pick(Asked);
                var predicate = ActionSentences.Predicate(choose, use, subject);
                return SentencePair.Of(
                    Clause.Open(random.Chance(60) ? Why : When, subject, random.Pick([Tense.Present, Tense.Past]), predicate), '?');
        }
    }

    /// <summary>"Who broke the window?" "Where are my keys?" "What are you reading?"</summary>
    public static SentencePair WhoOrWhere(Chooser choose)
    {
        var random = choose.Random;
        if (random.Chance(40))
        {
            var thing = random.Chance(50)
                ? choose.KnownThing(NounLexicon.Goods)
                : choose.KnownThing([.. NounLexicon.Buildings, .. NounLexicon.Furniture]);
            var plural = thing.Agreement.Plural;
            var (english, french) = random.Chance(70)
                ? plural ? ("are", "sont") : ("is", "est")
                : plural ? ("were", "étaient") : ("was", "était");
            return SentencePair.Of(new Phrase($"where {english} {thing.English}", $"où {french} {thing.French}"), '?');
        }
        var who = new Subject("who", "qui", Person.ThirdSingular, Gender.Masculine, false, "his");
        var use = random.Pick(VerbLexicon.Transitive);
        var tense = use.Stative && !use.Common ? Tense.Present : random.Pick([Tense.Present, Tense.Past, Tense.Future]);
        return SentencePair.Of(Clause.Statement(who, tense, ActionSentences.Predicate(choose, use, Subject.He)), '?');
    }

    /// <summary>"My sisters are tired because they work too much": the pronoun takes up the subject.</summary>
    public static SentencePair Because(Chooser choose)
    {
        var random = choose.Random;
        var subject = choose.Person();
        var past = random.Chance(40);
        var (reason, states) = Reason(choose, subject.Pronoun(), past);
        var feeling = random.Pick(states.Split(' '));
        var state = AdjectiveLexicon.States.First(adjective => adjective.English == feeling);
        return SentencePair.Of(
            Copula.Statement(subject, past ? Tense.Past : Tense.Present, new Phrase(state.English, state.French(subject.Agreement)))
            + new Phrase("because", "parce que") + reason);
    }

    /// <summary>"I was reading when she arrived." "If it rains, we will stay at home."</summary>
    public static SentencePair WhenOrIf(Chooser choose)
    {
        var random = choose.Random;
        var subject = choose.Person();
        if (random.Chance(50))
        {
            var other = random.Chance(50) ? Subject.Of(choose.NamedPerson()) : random.Pick(Subject.Pronouns);
            if (other == subject)
                other = Subject.Of(choose.Name());
            var use = random.Pick(
            [
                .. VerbLexicon.Intransitive.Where(verb => verb.Common),
                .. VerbLexicon.Transitive.Where(verb => verb is { Common: true, Stative: false }),
            ]);
            var happening = new Predicate(random.Pick([VerbLexicon.Arrive, VerbLexicon.Leave, VerbLexicon.ComeBack]));
            return SentencePair.Of(
                Clause.Statement(subject, Tense.PastContinuous, ActionSentences.Predicate(choose, use, subject))
                + new Phrase("when", "quand") + Clause.Statement(other, Tense.Past, happening));
        }
        var weather = random.Pick(Weather);
        var plan = random.Chance(50)
            ? new Predicate(VerbLexicon.Stay).With(random.Pick(Circumstances.Where))
            : new Predicate(VerbLexicon.Go).With(PlaceSentences.Destination(choose));
        var polarity = random.Chance(25) ? Polarity.Not : Polarity.Affirmative;
        return SentencePair.Of(
            new Phrase($"if {weather.English},", $"si {weather.French},") + Clause.Statement(subject, Tense.Future, plan, polarity));
    }

    /// <summary>"Paul thinks that the exam is difficult."</summary>
    public static SentencePair Reported(Chooser choose)
    {
        var random = choose.Random;
        var subject = choose.Person();
        var saying = random.Pick(Saying);
        var words = saying.English.Split(' ');
        var english = subject.EnglishThird ? EnglishText.WithS(words[0]) : words[0];
        var french = FrenchConjugation.Of(saying.French).Present[(int)subject.Person];
        var content = random.Chance(50) ? Fact(choose) : Reason(choose, Subject.Of(choose.NamedPerson()), random.Chance(50)).Clause;
        return SentencePair.Of(
            new Phrase(Words.Of(subject.English, english, "that"), Words.Of(subject.French, french, "que")) + content);
    }

    /// <summary>"The dress that she bought is too long": the participle agrees with what precedes it.</summary>
    public static SentencePair Relative(Chooser choose)
    {
        var random = choose.Random;
        if (random.Chance(35))
            return WhoIs(choose);
        var (nouns, adjectives) = random.Pick(Bought);
        var thing = NounPhrase.Of(random.Pick(nouns), Determiner.Definite, random.Chance(25));
        var subject = choose.Person();
        var use = random.Pick(Obtained);
        var adjective = random.Pick(adjectives);
        var participle = thing.Agreement.Apply(use.Verb.French.Participle);
        var clause = new Phrase(
            Words.Of(thing.English, "that", subject.English, use.Verb.Past),
            Words.Of(thing.French, "que", subject.French, FrenchConjugation.Of("avoir").Present[(int)subject.Person], participle));
        var whole = Subject.OfThing(thing) with { English = clause.English, French = clause.French };
        return SentencePair.Of(Copula.Statement(
            whole, Tense.Present, Copula.Described(random, adjective, thing.Agreement),
            random.Chance(25) ? Polarity.Not : Polarity.Affirmative));
    }

    /// <summary>"I bought the apples and I ate them": the pronoun and the participle have the noun's gender.</summary>
    public static SentencePair TakenUp(Chooser choose)
    {
        var random = choose.Random;
        var subject = choose.Person();
        var (first, second, nouns) = random.Pick(Sequences);
        var thing = choose.KnownThing(nouns);
        var tense = random.Pick([Tense.Past, Tense.Past, Tense.Future, Tense.NearFuture]);
        var not = random.Chance(35);
        return SentencePair.Of(
            Clause.Statement(subject, tense, new Predicate(first) { Object = thing })
            + (not ? new Phrase("but", "mais") : new Phrase("and", "et"))
            + Clause.Statement(
                subject.Pronoun(), tense, new Predicate(second) { Pronoun = ObjectPronoun.For(thing) },
                not ? Polarity.Not : Polarity.Affirmative));
    }

    /// <summary>"She is thirsty." "We were not afraid of the dog": French has hunger, thirst and fear.</summary>
    public static SentencePair Feeling(Chooser choose)
    {
        var random = choose.Random;
        var subject = choose.Person();
        return SentencePair.Of(FeelingOf(subject, random.Pick(Feelings), random.Chance(35), random.Chance(35)));
    }

    private static readonly (IReadOnlyList<Noun>, IReadOnlyList<Adjective>)[] Bought =
    [
        (NounLexicon.Clothes, AdjectiveLexicon.Colours), (NounLexicon.Clothes, AdjectiveLexicon.Qualities),
        (NounLexicon.Things, AdjectiveLexicon.Qualities),
    ];

    private static readonly (Verb, Verb, IReadOnlyList<Noun>)[] Sequences =
    [
        (Transitive("buy"), Transitive("eat"), NounLexicon.Foods),
        (Transitive("choose"), Transitive("buy"), NounLexicon.Clothes),
        (Transitive("look"), Transitive("find"), NounLexicon.Goods),
        (Transitive("wash"), Transitive("sell"), NounLexicon.Vehicles),
        (Transitive("repair"), Transitive("sell"), NounLexicon.Machines),
        (Transitive("open"), Transitive("close"), NounLexicon.Openables),
        (Transitive("borrow"), Transitive("read"), NounLexicon.Readables),
        (Transitive("find"), Transitive("open"), [.. NounLexicon.Openables.Skip(2)]),
    ];

    private static Verb Transitive(string english) => VerbLexicon.Transitive.First(use => use.Verb.English == english).Verb;

    // "the woman who lives in Rome is my aunt"
    private static SentencePair WhoIs(Chooser choose)
    {
        var random = choose.Random;
        var person = NounPhrase.Of(
            random.Pick([.. NounLexicon.People.Where(noun => noun.English is not ("child" or "boy" or "girl"))]), Determiner.Definite);
        var who = new Subject(
            person.English + " who", person.French + " qui", Person.ThirdSingular, person.Agreement.Gender, false, "his");
        var clause = random.Chance(50)
            ? Clause.Statement(who, Tense.Present, new Predicate(VerbLexicon.Live).With(PlaceSentences.In(random)))
            : Clause.Statement(who, Tense.Present, new Predicate(VerbLexicon.Intransitive[1].Verb).With(random.Pick(Circumstances.Where)));
        var kin = random.Pick([.. NounLexicon.Kin.Where(noun => noun.Gender == person.Agreement.Gender)]);
        var owner = random.Pick(Subject.Pronouns);
        var whole = Subject.Of(person) with { English = clause.English, French = clause.French };
        return SentencePair.Of(Copula.Statement(whole, Tense.Present, NounPhrase.Owned(kin, owner.Possessive, owner.Person).Phrase));
    }

    private static Phrase Fact(Chooser choose)
    {
        var (nouns, adjectives) = choose.Random.Pick<(IReadOnlyList<Noun>, IReadOnlyList<Adjective>)>(
            [(NounLexicon.Events, AdjectiveLexicon.Judgements), (NounLexicon.Songs, AdjectiveLexicon.Judgements),
             (NounLexicon.Vehicles, AdjectiveLexicon.Qualities), (NounLexicon.Places, AdjectiveLexicon.PlaceQualities)]);
        var subject = Subject.OfThing(choose.KnownThing(nouns));
        var adjective = choose.Random.Pick(adjectives);
        return Copula.Statement(
            subject, Tense.Present, Copula.Described(choose.Random, adjective, subject.Agreement),
            choose.Random.Chance(30) ? Polarity.Not : Polarity.Affirmative);
    }

    // What can be the cause of a state, and the states it can cause.
    private static (Phrase Clause, string States) Reason(Chooser choose, Subject subject, bool past)
    {
        var random = choose.Random;
        switch (random.Next(3))
        {
            case 0:
                return (FeelingOf(subject, random.Pick(Feelings.Take(3).ToList()), past, false), "tired sad angry");
            case 1:
                var use = random.Pick([.. VerbLexicon.Intransitive.Where(verb => verb.Common)]);
                // "trop" stands before the participle: "il a trop dormi".
                var excess = new Predicate(use.Verb) { Frequency = new Phrase("", "trop") };
                excess = excess.With(new Phrase("too much", ""));
                return (Clause.Statement(subject, past ? Tense.Past : Tense.Present, excess), "tired ill");
            default:
                var losing = random.Pick(["lose", "find", "forget"]);
                var thing = NounPhrase.Owned(random.Pick(NounLexicon.Things), subject.Possessive, subject.Person, random.Chance(25));
                return (
                    Clause.Statement(subject, Tense.Past, new Predicate(Transitive(losing)) { Object = thing }),
                    losing == "find" ? "happy surprised" : "sad worried angry");
        }
    }

    private static Phrase FeelingOf(Subject subject, Phrase feeling, bool past, bool negated)
    {
        var avoir = FrenchConjugation.Of("avoir");
        var (ne, pas) = FrenchClause.Negation(negated ? Polarity.Not : Polarity.Affirmative);
        return new Phrase(
            Words.Of(subject.English, past ? subject.EnglishWas : subject.EnglishBe, negated ? "not" : "", feeling.English),
            Words.Of(subject.French, ne, (past ? avoir.Imperfect : avoir.Present)[(int)subject.Person], pas, feeling.French));
    }

    private static string Etre(Subject subject) => FrenchConjugation.Of("être").Present[(int)subject.Person];
}
