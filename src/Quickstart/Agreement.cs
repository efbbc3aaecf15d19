namespace DistSeq2Seq.Quickstart;

/// <summary>Grammatical gender of French nouns.</summary>
internal enum Gender
{
    Masculine,
    Feminine,
}

/// <summary>Person and number; the value indexes conjugation tables.</summary>
internal enum Person
{
    FirstSingular,
    SecondSingular,
    ThirdSingular,
    FirstPlural,
    SecondPlural,
    ThirdPlural,
}

/// <summary>What French adjectives and participles agree with.</summary>
internal readonly record struct Agreement(Gender Gender, bool Plural)
{
    /// <summary>Masculine singular: the form without agreement.</summary>
    public static Agreement Base => new(Gender.Masculine, false);

    /// <summary>Adds the endings of agreement to a participle.</summary>
    public string Apply(string masculineSingular)
    {
        var form = Gender == Gender.Feminine ? masculineSingular + "e" : masculineSingular;
        return Plural && form[^1] is not ('s' or 'x') ? form + "s" : form;
    }
}
