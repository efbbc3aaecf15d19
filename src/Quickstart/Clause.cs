namespace DistSeq2Seq.Quickstart;

/// <summary>Tense and aspect, named by the English form.</summary>
internal enum Tense
{
    /// <summary>he eats · il mange</summary>
    Present,

    /// <summary>he ate · il a mangé</summary>
    Past,

    /// <summary>he will eat · il mangera</summary>
    Future,

    /// <summary>he is going to eat · il va manger</summary>
    NearFuture,

    /// <summary>he is eating · il est en train de manger</summary>
    Continuous,

    /// <summary>he used to eat · il mangeait</summary>
    Habitual,

    /// <summary>he was eating · il mangeait</summary>
    PastContinuous,
}

/// <summary>Whether and how a clause is negated.</summary>
internal enum Polarity
{
    Affirmative,

    /// <summary>not · ne … pas</summary>
    Not,

    /// <summary>never · ne … jamais</summary>
    Never,

    /// <summary>no longer · ne … plus</summary>
    NoLonger,
}

/// <summary>A verb that takes an infinitive.</summary>
/// <param name="English">Base form with what precedes the infinitive: "want to".</param>
/// <param name="Third">Third person singular: "wants to".</param>
/// <param name="Negated">The whole negated form where it is not made with "do not": "cannot".</param>
/// <param name="French">The French verb.</param>
/// <param name="Conditional">Whether French uses the conditional ("je voudrais").</param>
internal sealed record Modal(string English, string Third, string? Negated, FrenchForms French, bool Conditional = false)
{
    public static readonly Modal Can = new("can", "can", "cannot", FrenchConjugation.Of("pouvoir"));
    public static readonly Modal Must = new("must", "must", "must not", FrenchConjugation.Of("devoir"));
    public static readonly Modal Want = new("want to", "wants to", null, FrenchConjugation.Of("vouloir"));
    public static readonly Modal WouldLike =
        new("would like to", "would like to", "would not like to", FrenchConjugation.Of("vouloir"), true);
    public static readonly Modal Prefer = new("prefer to", "prefers to", null, FrenchConjugation.Of("préférer"));

    public static readonly IReadOnlyList<Modal> All = [Can, Must, Want, WouldLike];
}

/// <summary>A pronoun as object.</summary>
/// <param name="English">English: "me", "them".</param>
/// <param name="French">French, in front of the verb: "me", "les".</param>
/// <param name="Agreement">What a participle agrees with; null where the pronoun is indirect.</param>
internal sealed record ObjectPronoun(string English, string French, Agreement? Agreement)
{
    private static readonly Agreement Singular = Quickstart.Agreement.Base;
    private static readonly Agreement Several = new(Gender.Masculine, true);

    /// <summary>Persons, as direct objects.</summary>
    public static readonly IReadOnlyList<ObjectPronoun> Direct =
    [
        new("me", "me", Singular), new("him", "le", Singular), new("her", "la", new(Gender.Feminine, false)),
        new("us", "nous", Several), new("you", "vous", Singular), new("them", "les", Several),
    ];

    /// <summary>Persons, as receivers; him and her are both "lui".</summary>
    public static readonly IReadOnlyList<ObjectPronoun> Indirect =
    [
        new("me", "me", null), new("him", "lui", null), new("us", "nous", null), new("you", "vous", null), new("them", "leur", null),
    ];

    /// <summary>"it" or "them" for a thing that was named before.</summary>
    public static ObjectPronoun For(NounPhrase thing) => thing.Agreement switch
    {
        { Plural: true } => new("them", "les", thing.Agreement),
        { Gender: Gender.Feminine } => new("it", "la", thing.Agreement),
        _ => new("it", "le", thing.Agreement),
    };
}

/// <summary>What a clause says of its subject.</summary>
internal sealed record Predicate(Verb Verb)
{
    /// <summary>The object, if any.</summary>
    public NounPhrase? Object { get; init; }

    /// <summary>A pronoun that is the object or receiver, if any.</summary>
    public ObjectPronoun? Pronoun { get; init; }

    /// <summary>What follows: receivers, places, times.</summary>
    public IReadOnlyList<Phrase> Complements { get; init; } = [];

    /// <summary>"often", "always" …; present and habitual past only.</summary>
    public Phrase? Frequency { get; init; }

    /// <summary>A verb in front of the infinitive, if any; present only.</summary>
    public Modal? Modal { get; init; }

    /// <summary>The same with one more complement.</summary>
    public Predicate With(Phrase complement) => this with { Complements = [.. Complements, complement] };
}

/// <summary>Builds clauses in both languages, without capital and final mark.</summary>
internal static class Clause
{
    /// <summary>A statement.</summary>
    public static Phrase Statement(Subject subject, Tense tense, Predicate predicate, Polarity polarity = Polarity.Affirmative) => new(
        EnglishClause.Statement(subject, tense, predicate, polarity),
        FrenchClause.Statement(subject, tense, predicate, polarity));

    /// <summary>A question that is answered by yes or no; French begins it with "est-ce que".</summary>
    public static Phrase YesNo(Subject subject, Tense tense, Predicate predicate) => new(
        EnglishClause.Question(subject, tense, predicate),
        "est-ce que " + FrenchClause.Statement(subject, tense, predicate, Polarity.Affirmative));

    /// <summary>A question with a question word; French puts a pronoun behind the verb.</summary>
    public static Phrase Open(Phrase word, Subject subject, Tense tense, Predicate predicate) => new(
        Words.Of(word.English, EnglishClause.Question(subject, tense, predicate)),
        Words.Of(word.French, FrenchClause.Inverted(subject, tense, predicate)));
}
