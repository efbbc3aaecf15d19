using Xunit;

namespace DistSeq2Seq.Quickstart.Tests;

/// <summary>The grammar's own law, seen in what it writes: spot checks of elision, contraction, agreement and conjugation.</summary>
public sealed class FrenchGrammarTests
{
    private static readonly QuickstartSplits Corpus = QuickstartCorpus.Generate(7);

    private static readonly Dictionary<string, string> French =
        Corpus.Train.Concat(Corpus.Validation).Concat(Corpus.Test).ToDictionary(pair => pair.English, pair => pair.French);

    [Theory]
    // Elision.
    [InlineData(@"\b(le|la|de|ne|je|me|te|se|que) [aàâeéèêiîoôuœ]")]
    [InlineData(@"\b(le|la|de|ne|je|me|te|se|que) h(omme|omm|ôtel|ôpital|abit|istoire|eure|orloge|iver|ier)")]
    [InlineData(@"\bsi ils?\b")]
    [InlineData(@"\bce (est|était)\b")]
    [InlineData(@"['] ")]
    // Contraction; "de les attendre" has a pronoun.
    [InlineData(@"\bde les? (?!\w+(er|ir|re)\b)")]
    [InlineData(@"\bà les? ")]
    // Forms before a vowel.
    [InlineData(@"\b(beau|vieux) (appartement|hôtel|hôpital|aéroport|appareil|ordinateur)\b")]
    [InlineData(@"\b(ma|ta|sa|ce) [aàâeéèêiîoôuœ]")]
    // Negated indefinite articles.
    [InlineData(@"\b[nN](e |')\w+ (pas|plus|jamais) (un|une)\b")]
    [InlineData(@"\b(mang|bo|achet|achèt|chois|écri)\w+ (pas|plus|jamais) (du|des)\b")]
    // Layout.
    [InlineData(@"  |^ | $|^[a-zàéê]|[^ ][?!]| [.,]")]
    public void Sentences_NeverContain_WrongForms(string pattern)
    {
        var wrong = French.Values.FirstOrDefault(sentence => System.Text.RegularExpressions.Regex.IsMatch(sentence, pattern));
        Assert.Null(wrong);
    }

    [Theory]
    [InlineData("dormir", Person.ThirdPlural, "dorment", "dormiront", "dormaient")]
    [InlineData("manger", Person.FirstPlural, "mangeons", "mangerons", "mangions")]
    [InlineData("manger", Person.FirstSingular, "mange", "mangerai", "mangeais")]
    [InlineData("commencer", Person.FirstPlural, "commençons", "commencerons", "commencions")]
    [InlineData("acheter", Person.ThirdSingular, "achète", "achètera", "achetait")]
    [InlineData("préférer", Person.ThirdSingular, "préfère", "préférera", "préférait")]
    [InlineData("nettoyer", Person.ThirdPlural, "nettoient", "nettoieront", "nettoyaient")]
    [InlineData("appeler", Person.SecondSingular, "appelles", "appelleras", "appelais")]
    [InlineData("choisir", Person.FirstPlural, "choisissons", "choisirons", "choisissions")]
    [InlineData("vendre", Person.ThirdSingular, "vend", "vendra", "vendait")]
    [InlineData("être", Person.SecondPlural, "êtes", "serez", "étiez")]
    [InlineData("aller", Person.ThirdPlural, "vont", "iront", "allaient")]
    [InlineData("boire", Person.FirstPlural, "buvons", "boirons", "buvions")]
    [InlineData("envoyer", Person.ThirdSingular, "envoie", "enverra", "envoyait")]
    public void Conjugation_OfVerb_IsRight(string infinitive, Enum person, string present, string future, string imperfect)
    {
        var forms = FrenchConjugation.Of(infinitive);
        var index = Convert.ToInt32(person, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((present, future, imperfect), (forms.Present[index], forms.Future[index], forms.Imperfect[index]));
    }

    [Theory]
    [InlineData(1, "one", "un")]
    [InlineData(21, "twenty-one", "vingt et un")]
    [InlineData(22, "twenty-two", "vingt-deux")]
    [InlineData(70, "seventy", "soixante-dix")]
    [InlineData(71, "seventy-one", "soixante et onze")]
    [InlineData(77, "seventy-seven", "soixante-dix-sept")]
    [InlineData(80, "eighty", "quatre-vingts")]
    [InlineData(81, "eighty-one", "quatre-vingt-un")]
    [InlineData(90, "ninety", "quatre-vingt-dix")]
    [InlineData(91, "ninety-one", "quatre-vingt-onze")]
    [InlineData(99, "ninety-nine", "quatre-vingt-dix-neuf")]
    [InlineData(100, "one hundred", "cent")]
    [InlineData(200, "two hundred", "deux cents")]
    [InlineData(280, "two hundred and eighty", "deux cent quatre-vingts")]
    public void Numbers_InWords_AreRight(int number, string english, string french) =>
        Assert.Equal((english, french), (NumberWords.English(number), NumberWords.French(number)));

    [Fact]
    public void Numbers_BeforeFeminineNoun_EndInUne() => Assert.Equal("vingt et une", NumberWords.French(21, feminine: true));

    [Theory]
    [InlineData("hotel", "beautiful", "le bel hôtel", "du bel hôtel", "au bel hôtel")]
    [InlineData("hotel", "quiet", "l'hôtel calme", "de l'hôtel calme", "à l'hôtel calme")]
    [InlineData("market", "old", "le vieux marché", "du vieux marché", "au vieux marché")]
    [InlineData("church", "old", "la vieille église", "de la vieille église", "à la vieille église")]
    public void NounPhrase_WithAdjective_AgreesAndContracts(string noun, string adjective, string plain, string of, string to)
    {
        var phrase = NounPhrase.Of(
            NounLexicon.Places.First(item => item.English == noun),
            Determiner.Definite,
            adjective: AdjectiveLexicon.PlaceQualities.First(item => item.English == adjective));
        Assert.Equal([plain, of, to], new[] { phrase.French, phrase.FrenchOf, phrase.FrenchTo }.Select(FrenchText.Elide));
    }

    [Fact]
    public void Clause_PronounBeforeParticiple_Agrees()
    {
        var apples = NounPhrase.Of(NounLexicon.Foods[0], Determiner.Definite, plural: true);
        var eat = new Predicate(VerbLexicon.Transitive[0].Verb) { Pronoun = ObjectPronoun.For(apples) };
        var words = Clause.Statement(Subject.I, Tense.Past, eat, Polarity.Not);
        Assert.Equal(new SentencePair("I did not eat them.", "Je ne les ai pas mangées."), SentencePair.Of(words));
    }

    [Fact]
    public void Clause_ReflexiveInThePast_UsesEtreAndAgrees()
    {
        var sisters = Subject.Of(NounPhrase.Owned(NounLexicon.Kin[3], "my", Person.FirstSingular, plural: true));
        var words = Clause.Statement(sisters, Tense.Past, new Predicate(VerbLexicon.Reflexive[0].Verb), Polarity.Not);
        Assert.Equal(new SentencePair("My sisters did not get up.", "Mes sœurs ne se sont pas levées."), SentencePair.Of(words));
    }

    [Fact]
    public void Clause_OpenQuestion_TurnsVerbAndPronounAround()
    {
        var name = Subject.Of(NounPhrase.Name("Marie", Gender.Feminine));
        var words = Clause.Open(new Phrase("when", "quand"), name, Tense.Present, new Predicate(VerbLexicon.Arrive));
        Assert.Equal(new SentencePair("When does Marie arrive?", "Quand Marie arrive-t-elle ?"), SentencePair.Of(words, '?'));
    }
}
