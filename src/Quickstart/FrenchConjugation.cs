namespace DistSeq2Seq.Quickstart;

/// <summary>The forms of a French verb that the grammar uses. Arrays are indexed by <see cref="Person"/>.</summary>
internal sealed record FrenchForms(
    string Infinitive, string[] Present, string[] Future, string[] Imperfect, string[] Conditional, string Participle);

/// <summary>Conjugates French verbs: the regular groups with their changes of spelling, and the irregular ones from a table.</summary>
internal static class FrenchConjugation
{
    private static readonly string[] FutureEndings = ["ai", "as", "a", "ons", "ez", "ont"];
    private static readonly string[] ImperfectEndings = ["ais", "ais", "ait", "ions", "iez", "aient"];

    // infinitive: the six forms of the present; stem of the future; participle
    private const string IrregularTable = """
        avoir: ai as a avons avez ont; aur; eu
        être: suis es est sommes êtes sont; ser; été
        aller: vais vas va allons allez vont; ir; allé
        faire: fais fais fait faisons faites font; fer; fait
        venir: viens viens vient venons venez viennent; viendr; venu
        revenir: reviens reviens revient revenons revenez reviennent; reviendr; revenu
        pouvoir: peux peux peut pouvons pouvez peuvent; pourr; pu
        vouloir: veux veux veut voulons voulez veulent; voudr; voulu
        devoir: dois dois doit devons devez doivent; devr; dû
        savoir: sais sais sait savons savez savent; saur; su
        voir: vois vois voit voyons voyez voient; verr; vu
        croire: crois crois croit croyons croyez croient; croir; cru
        prendre: prends prends prend prenons prenez prennent; prendr; pris
        apprendre: apprends apprends apprend apprenons apprenez apprennent; apprendr; appris
        comprendre: comprends comprends comprend comprenons comprenez comprennent; comprendr; compris
        dormir: dors dors dort dormons dormez dorment; dormir; dormi
        partir: pars pars part partons partez partent; partir; parti
        sortir: sors sors sort sortons sortez sortent; sortir; sorti
        courir: cours cours court courons courez courent; courr; couru
        boire: bois bois boit buvons buvez boivent; boir; bu
        lire: lis lis lit lisons lisez lisent; lir; lu
        dire: dis dis dit disons dites disent; dir; dit
        écrire: écris écris écrit écrivons écrivez écrivent; écrir; écrit
        mettre: mets mets met mettons mettez mettent; mettr; mis
        connaître: connais connais connaît connaissons connaissez connaissent; connaîtr; connu
        ouvrir: ouvre ouvres ouvre ouvrons ouvrez ouvrent; ouvrir; ouvert
        offrir: offre offres offre offrons offrez offrent; offrir; offert
        recevoir: reçois reçois reçoit recevons recevez reçoivent; recevr; reçu
        envoyer: envoie envoies envoie envoyons envoyez envoient; enverr; envoyé
        rire: ris ris rit rions riez rient; rir; ri
        appeler: appelle appelles appelle appelons appelez appellent; appeller; appelé
        """;

    private static readonly Dictionary<string, FrenchForms> Irregular = Words.Lines(IrregularTable)
        .Select(line => line.Split(": "))
        .ToDictionary(sides => sides[0], sides => FromTable(sides[0], sides[1].Split("; ")));

    /// <summary>The forms of a verb without its reflexive pronoun.</summary>
    public static FrenchForms Of(string infinitive)
    {
        if (Irregular.TryGetValue(infinitive, out var forms))
            return forms;
        var stem = infinitive[..^2];
        return infinitive[^2..] switch
        {
            "er" => FirstGroup(infinitive, stem),
            "ir" => Build(infinitive, Endings(stem, "is is it issons issez issent"), infinitive, stem + "i"),
            "re" => Build(infinitive, Endings(stem, "s s - ons ez ent"), infinitive[..^1], stem + "u"),
            _ => throw new ArgumentException(
                $"'{infinitive}' is neither in the table of irregular verbs nor a verb in -er, -ir or -re.",
                nameof(infinitive)),
        };
    }

    private static FrenchForms FromTable(string infinitive, string[] fields) =>
        Build(infinitive, fields[0].Split(' '), fields[1], fields[2]);

    // Verbs in -er: -cer and -ger keep their sound before a and o; -oyer and -uyer turn y into i, and e or é before a last
    // consonant becomes è, where the ending is mute.
    private static FrenchForms FirstGroup(string infinitive, string stem)
    {
        var mute = stem;
        var future = infinitive;
        if (stem.EndsWith("oy", StringComparison.Ordinal) || stem.EndsWith("uy", StringComparison.Ordinal))
        {
            mute = stem[..^1] + "i";
            future = mute + "er";
        }
        else if (stem.Length > 2 && stem[^2] is 'e' or 'é' && !"aeiouré".Contains(stem[^1]))
        {
            mute = stem[..^2] + "è" + stem[^1];
            future = stem[^2] == 'e' ? mute + "er" : infinitive;
        }
        else if (stem.EndsWith("ér", StringComparison.Ordinal))
        {
            mute = stem[..^2] + "èr";
        }
        var beforeO = stem[^1] == 'g' ? stem + "e" : stem[^1] == 'c' ? stem[..^1] + "ç" : stem;
        string[] present = [mute + "e", mute + "es", mute + "e", beforeO + "ons", stem + "ez", mute + "ent"];
        return Build(infinitive, present, future, stem + "é");
    }

    private static FrenchForms Build(string infinitive, string[] present, string futureStem, string participle)
    {
        var imperfectStem = infinitive == "être" ? "ét" : present[(int)Person.FirstPlural][..^3];
        return new FrenchForms(
            infinitive,
            present,
            [.. FutureEndings.Select(ending => futureStem + ending)],
            [.. ImperfectEndings.Select(ending => Imperfect(imperfectStem, ending))],
            [.. ImperfectEndings.Select(ending => futureStem + ending)],
            participle);
    }

    // "mangeais" but "mangions", "commençais" but "commencions".
    private static string Imperfect(string stem, string ending)
    {
        if (ending[0] == 'i' && stem.EndsWith("ge", StringComparison.Ordinal))
            stem = stem[..^1];
        else if (ending[0] == 'i' && stem[^1] == 'ç')
            stem = stem[..^1] + "c";
        return stem + ending;
    }

    private static string[] Endings(string stem, string endings) =>
        [.. endings.Split(' ').Select(ending => ending == "-" ? stem : stem + ending)];
}
