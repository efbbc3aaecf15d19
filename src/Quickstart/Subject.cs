namespace DistSeq2Seq.Quickstart;

/// <summary>Who or what a clause is about.</summary>
/// <param name="English">English words.</param>
/// <param name="French">French words before elision.</param>
/// <param name="Person">Person and number.</param>
/// <param name="Gender">Gender for agreement; pronouns that do not show it are masculine.</param>
/// <param name="IsPronoun">Whether it is a pronoun, which French can put after the verb in questions.</param>
/// <param name="Possessive">The English possessive that refers back to it: "my", "his" …</param>
internal sealed record Subject(string English, string French, Person Person, Gender Gender, bool IsPronoun, string Possessive)
{
    public static readonly Subject I = new("I", "je", Person.FirstSingular, Gender.Masculine, true, "my");
    public static readonly Subject We = new("we", "nous", Person.FirstPlural, Gender.Masculine, true, "our");

    /// <summary>Without a first name, "you" is polite: "vous", one man.</summary>
    public static readonly Subject You = new("you", "vous", Person.SecondPlural, Gender.Masculine, true, "your");
    public static readonly Subject He = new("he", "il", Person.ThirdSingular, Gender.Masculine, true, "his");
    public static readonly Subject She = new("she", "elle", Person.ThirdSingular, Gender.Feminine, true, "her");
    public static readonly Subject They = new("they", "ils", Person.ThirdPlural, Gender.Masculine, true, "their");

    public static readonly IReadOnlyList<Subject> Pronouns = [I, We, You, He, She, They];

    /// <summary>What predicates agree with; the polite "vous" is one person.</summary>
    public Agreement Agreement => new(Gender, Person is Person.FirstPlural or Person.ThirdPlural);

    /// <summary>Whether English verbs take -s in the present.</summary>
    public bool EnglishThird => Person == Person.ThirdSingular;

    /// <summary>am, is or are.</summary>
    public string EnglishBe => Person == Person.FirstSingular ? "am" : EnglishThird ? "is" : "are";

    /// <summary>was or were.</summary>
    public string EnglishWas => Person is Person.FirstSingular or Person.ThirdSingular ? "was" : "were";

    /// <summary>The familiar "you", when a first name says whom one speaks to.</summary>
    public static Subject Familiar(Gender gender) => new("you", "tu", Person.SecondSingular, gender, true, "your");

    /// <summary>A person or persons named by a noun phrase.</summary>
    public static Subject Of(NounPhrase phrase) => new(
        phrase.English,
        phrase.French,
        phrase.Person,
        phrase.Agreement.Gender,
        false,
        phrase.Agreement.Plural ? "their" : phrase.Agreement.Gender == Gender.Feminine ? "her" : "his");

    /// <summary>A thing or things.</summary>
    public static Subject OfThing(NounPhrase phrase) =>
        Of(phrase) with { Possessive = phrase.Agreement.Plural ? "their" : "its" };

    /// <summary>The pronoun that stands for this subject when it is a person.</summary>
    public Subject Pronoun()
    {
        if (IsPronoun)
            return this;
        if (Person == Person.ThirdPlural)
            return Gender == Gender.Feminine ? They with { French = "elles", Gender = Gender.Feminine } : They;
        return Gender == Gender.Feminine ? She : He;
    }

    /// <summary>The pronoun that stands for this subject when it is a thing: "it" has the noun's gender in French.</summary>
    public Subject ThingPronoun() =>
        Person == Person.ThirdSingular ? Pronoun() with { English = "it", Possessive = "its" } : Pronoun();
}
