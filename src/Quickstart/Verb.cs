namespace DistSeq2Seq.Quickstart;

/// <summary>A verb in both languages.</summary>
/// <param name="English">Base form without particle.</param>
/// <param name="Third">Third person singular of the present.</param>
/// <param name="Past">Past tense.</param>
/// <param name="Ing">Present participle.</param>
/// <param name="Particle">What follows the English verb: "up", "for"; empty for none.</param>
/// <param name="French">The French forms.</param>
/// <param name="Reflexive">Whether French adds me, te, se …</param>
/// <param name="Etre">Whether French forms the passé composé with être.</param>
/// <param name="Preposition">How French joins the object: empty, "à" or "de".</param>
internal sealed record Verb(
    string English, string Third, string Past, string Ing, string Particle, FrenchForms French,
    bool Reflexive, bool Etre, string Preposition)
{
    /// <summary>
    /// Reads a line <c>base[,past[,ing[,third]]][ particle] = [se ]infinitive[ à| de][ +être]</c>; forms not given are regular.
    /// </summary>
    public static Verb Parse(string line)
    {
        var sides = line.Split(" = ");
        var english = sides[0].Trim().Split(' ', 2);
        var forms = english[0].Split(',');
        var french = sides[1].Trim().Split(' ').ToList();
        var reflexive = french.Remove("se");
        var etre = french.Remove("+être") || reflexive;
        return new Verb(
            forms[0],
            forms.Length > 3 ? forms[3] : EnglishText.WithS(forms[0]),
            forms.Length > 1 && forms[1].Length > 0 ? forms[1] : EnglishText.WithEd(forms[0]),
            forms.Length > 2 && forms[2].Length > 0 ? forms[2] : EnglishText.WithIng(forms[0]),
            english.Length > 1 ? english[1] : "",
            FrenchConjugation.Of(french[0]),
            reflexive,
            etre,
            french.Count > 1 ? french[1] : "");
    }
}
