namespace DistSeq2Seq.Quickstart;

/// <summary>The adjectives, by what they can describe.</summary>
internal static class AdjectiveLexicon
{
    /// <summary>How people are by nature.</summary>
    public static readonly IReadOnlyList<Adjective> Traits = Adjective.Table("""
        tall,taller,tallest = grand grande b
        young,younger,youngest = jeune jeune b
        old,older,oldest = vieux vieille b:vieil
        kind,kinder,kindest = gentil gentille b
        intelligent = intelligent intelligente
        funny,funnier,funniest = drôle drôle
        famous = célèbre célèbre
        rich,richer,richest = riche riche
        strong,stronger,strongest = fort forte
        polite = poli polie
        shy,shyer,shyest = timide timide
        generous = généreux généreuse
        patient = patient patiente
        """);

    /// <summary>How people feel or are at a moment.</summary>
    public static readonly IReadOnlyList<Adjective> States = Adjective.Table("""
        tired = fatigué fatiguée
        happy,happier,happiest = heureux heureuse
        sad,sadder,saddest = triste triste
        ill = malade malade
        ready = prêt prête
        angry,angrier,angriest = furieux furieuse
        worried = inquiet inquiète
        surprised = surpris surprise
        busy,busier,busiest = occupé occupée
        proud,prouder,proudest = fier fière
        """);

    /// <summary>What things are like.</summary>
    public static readonly IReadOnlyList<Adjective> Qualities = Adjective.Table("""
        big,bigger,biggest = grand grande b
        small,smaller,smallest = petit petite b
        beautiful = beau belle b:bel
        new,newer,newest = neuf neuve
        old,older,oldest = vieux vieille b:vieil
        pretty,prettier,prettiest = joli jolie b
        expensive = cher chère
        heavy,heavier,heaviest = lourd lourde
        light,lighter,lightest = léger légère
        practical = pratique pratique
        modern = moderne moderne
        dirty,dirtier,dirtiest = sale sale
        """);

    public static readonly IReadOnlyList<Adjective> Colours = Adjective.Table("""
        red = rouge rouge
        blue = bleu bleue
        green = vert verte
        white = blanc blanche
        black = noir noire
        yellow = jaune jaune
        grey = gris grise
        brown = marron marron
        """);

    /// <summary>The colours that animals have.</summary>
    public static readonly IReadOnlyList<Adjective> Coats =
        [.. Colours.Where(colour => colour.English is "white" or "black" or "grey" or "brown")];

    /// <summary>What food is like.</summary>
    public static readonly IReadOnlyList<Adjective> Tastes = Adjective.Table("""
        delicious = délicieux délicieuse
        fresh,fresher,freshest = frais fraîche
        sweet,sweeter,sweetest = sucré sucrée
        cold,colder,coldest = froid froide
        hot,hotter,hottest = chaud chaude
        """);

    /// <summary>What texts, films and lessons are like.</summary>
    public static readonly IReadOnlyList<Adjective> Judgements = Adjective.Table("""
        interesting = intéressant intéressante
        boring = ennuyeux ennuyeuse
        long,longer,longest = long longue b
        short,shorter,shortest = court courte
        difficult = difficile difficile
        easy,easier,easiest = facile facile
        important = important importante
        sad,sadder,saddest = triste triste
        """);

    /// <summary>What places and buildings are like.</summary>
    public static readonly IReadOnlyList<Adjective> PlaceQualities = Adjective.Table("""
        big,bigger,biggest = grand grande b
        small,smaller,smallest = petit petite b
        beautiful = beau belle b:bel
        old,older,oldest = vieux vieille b:vieil
        quiet,quieter,quietest = calme calme
        modern = moderne moderne
        clean,cleaner,cleanest = propre propre
        famous = célèbre célèbre
        """);

    /// <summary>Where people come from.</summary>
    public static readonly IReadOnlyList<Adjective> Nationalities = Adjective.Table("""
        French = français française
        English = anglais anglaise
        Italian = italien italienne
        Spanish = espagnol espagnole
        German = allemand allemande
        American = américain américaine
        """);
}
