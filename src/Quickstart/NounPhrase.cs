namespace DistSeq2Seq.Quickstart;

/// <summary>Articles and what stands in their place.</summary>
internal enum Determiner
{
    /// <summary>the apple, the apples · la pomme, les pommes</summary>
    Definite,

    /// <summary>an apple, some apples · une pomme, des pommes</summary>
    Indefinite,

    /// <summary>bread (some amount) · du pain</summary>
    Partitive,

    /// <summary>apples, bread (in general) · les pommes, le pain</summary>
    Generic,

    /// <summary>this apple, these apples · cette pomme, ces pommes</summary>
    Demonstrative,
}

/// <summary>A noun with its article and adjective in both languages.</summary>
internal sealed record NounPhrase
{
    /// <summary>English in affirmative sentences.</summary>
    public required string English { get; init; }

    /// <summary>English after a negation and in questions: "any" instead of "some".</summary>
    public required string EnglishAny { get; init; }

    /// <summary>French in affirmative sentences and in questions.</summary>
    public required string French { get; init; }

    /// <summary>French as the object of a negated verb: "de" instead of indefinite and partitive articles.</summary>
    public required string FrenchNegated { get; init; }

    /// <summary>French after the preposition de: "du", "des", "de l'".</summary>
    public required string FrenchOf { get; init; }

    /// <summary>French after the preposition à: "au", "aux", "à l'".</summary>
    public required string FrenchTo { get; init; }

    /// <summary>Gender and number.</summary>
    public required Agreement Agreement { get; init; }

    /// <summary>The third person in the phrase's number.</summary>
    public Person Person => Agreement.Plural ? Person.ThirdPlural : Person.ThirdSingular;

    /// <summary>The phrase as plain words in both languages.</summary>
    public Phrase Phrase => new(English, French);

    /// <summary>A proper name.</summary>
    public static NounPhrase Name(string name, Gender gender) => new()
    {
        English = name,
        EnglishAny = name,
        French = name,
        FrenchNegated = name,
        FrenchOf = "de " + name,
        FrenchTo = "à " + name,
        Agreement = new Agreement(gender, false),
    };

    /// <summary>A noun with an article.</summary>
    public static NounPhrase Of(Noun noun, Determiner determiner, bool plural = false, Adjective? adjective = null)
    {
        var core = new FrenchCore(noun, plural, adjective);
        var english = Words.Of(adjective?.English ?? "", plural ? noun.EnglishPlural : noun.English);
        switch (determiner)
        {
            case Determiner.Indefinite:
                // "des" becomes "de" before an adjective that precedes the noun.
                var article = !plural ? core.Feminine ? "une" : "un" : core.AdjectiveFirst ? "de" : "des";
                return Build(core, plural ? "some " + english : "a " + english, article, true, plural ? "any " + english : null);
            case Determiner.Partitive:
                return Build(core, english, core.StartsWithVowel || core.Feminine ? "de la" : "du", true);
            case Determiner.Generic:
                return Build(core, english, core.Definite, false);
            case Determiner.Demonstrative:
                var pointing = plural ? "ces" : core.Feminine ? "cette" : core.StartsWithVowel ? "cet" : "ce";
                return Build(core, (plural ? "these " : "this ") + english, pointing, false);
            default:
                return Build(core, "the " + english, core.Definite, false);
        }
    }

    /// <summary>A noun with a possessive; <paramref name="english"/> is "my", "his" …, the person that of the owner.</summary>
    public static NounPhrase Owned(Noun noun, string english, Person owner, bool plural = false, Adjective? adjective = null)
    {
        var core = new FrenchCore(noun, plural, adjective);
        var words = Words.Of(english, adjective?.English ?? "", plural ? noun.EnglishPlural : noun.English);
        return Build(core, words, Possessives.French(owner, core), false);
    }

    /// <summary>A noun with a number of at least 2 before it.</summary>
    public static NounPhrase Counted(Noun noun, int number, Adjective? adjective = null)
    {
        var core = new FrenchCore(noun, true, adjective);
        var words = Words.Of(NumberWords.English(number), adjective?.English ?? "", noun.EnglishPlural);
        return Build(core, words, NumberWords.French(number, core.Feminine), false);
    }

    private static NounPhrase Build(FrenchCore core, string english, string article, bool indefinite, string? any = null)
    {
        var french = article + " " + core.Text;
        var mute = "de " + core.Text;
        return new NounPhrase
        {
            English = english,
            EnglishAny = any ?? english,
            French = french,
            FrenchNegated = indefinite ? mute : french,
            FrenchOf = article switch
            {
                "les" => "des " + core.Text,
                "le" when !core.StartsWithVowel => "du " + core.Text,
                "des" or "de" or "du" or "de la" => mute,
                _ => "de " + french,
            },
            FrenchTo = article switch
            {
                "les" => "aux " + core.Text,
                "le" when !core.StartsWithVowel => "au " + core.Text,
                _ => "à " + french,
            },
            Agreement = core.Agreement,
        };
    }
}

/// <summary>A French noun with its adjective, before the article is chosen.</summary>
internal sealed class FrenchCore
{
    public FrenchCore(Noun noun, bool plural, Adjective? adjective)
    {
        Agreement = new Agreement(noun.Gender, plural);
        var word = plural ? noun.FrenchPlural : noun.French;
        if (adjective is null)
        {
            Text = word;
        }
        else if (adjective.Precedes)
        {
            var bridged = Agreement == Agreement.Base && FrenchText.StartsWithVowel(word.Split(' ')[0]);
            Text = (bridged ? adjective.BeforeVowel : adjective.French(Agreement)) + " " + word;
            AdjectiveFirst = true;
        }
        else
        {
            Text = word + " " + adjective.French(Agreement);
        }
        StartsWithVowel = FrenchText.StartsWithVowel(Text.Split(' ')[0]);
    }

    public Agreement Agreement { get; }

    public string Text { get; }

    public bool AdjectiveFirst { get; }

    public bool StartsWithVowel { get; }

    public bool Feminine => Agreement.Gender == Gender.Feminine;

    /// <summary>The definite article before elision.</summary>
    public string Definite => Agreement.Plural ? "les" : Feminine ? "la" : "le";
}

/// <summary>Possessive determiners.</summary>
internal static class Possessives
{
    /// <summary>mon, ma, mes …; before a vowel the masculine form also serves feminine nouns.</summary>
    public static string French(Person owner, FrenchCore core)
    {
        if (core.Agreement.Plural)
            return new[] { "mes", "tes", "ses", "nos", "vos", "leurs" }[(int)owner];
        var masculine = !core.Feminine || core.StartsWithVowel;
        return owner switch
        {
            Person.FirstSingular => masculine ? "mon" : "ma",
            Person.SecondSingular => masculine ? "ton" : "ta",
            Person.ThirdSingular => masculine ? "son" : "sa",
            Person.FirstPlural => "notre",
            Person.SecondPlural => "votre",
            _ => "leur",
        };
    }
}
