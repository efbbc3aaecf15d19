namespace DistSeq2Seq.Quickstart;

/// <summary>Fixed expressions of time, place and manner.</summary>
internal static class Circumstances
{
    public static readonly IReadOnlyList<Phrase> Regular = Phrase.Table("""
        every day = tous les jours
        every morning = tous les matins
        every evening = tous les soirs
        every week = toutes les semaines
        in the morning = le matin
        in the evening = le soir
        at the weekend = le week-end
        """);

    public static readonly IReadOnlyList<Phrase> Past = Phrase.Table("""
        yesterday = hier
        yesterday morning = hier matin
        yesterday evening = hier soir
        last night = la nuit dernière
        last week = la semaine dernière
        last month = le mois dernier
        last year = l'année dernière
        this morning = ce matin
        """);

    public static readonly IReadOnlyList<Phrase> Future = Phrase.Table("""
        tomorrow = demain
        tomorrow morning = demain matin
        tomorrow evening = demain soir
        next week = la semaine prochaine
        next month = le mois prochain
        next year = l'année prochaine
        this evening = ce soir
        soon = bientôt
        """);

    public static readonly IReadOnlyList<Phrase> RecentPast =
        [.. Past.Where(time => time.English is "yesterday" or "yesterday morning" or "this morning")];

    public static readonly IReadOnlyList<Phrase> NearFuture =
        [.. Future.Where(time => time.English is "tomorrow" or "tomorrow morning" or "this evening")];

    public static readonly IReadOnlyList<Phrase> Now = Phrase.Table("""
        now = maintenant
        at the moment = en ce moment
        """);

    public static readonly IReadOnlyList<Phrase> Habitual = Phrase.Table("""
        every day = tous les jours
        every summer = tous les étés
        every winter = tous les hivers
        on holiday = en vacances
        """);

    public static readonly IReadOnlyList<Phrase> Frequency = Phrase.Table("""
        always = toujours
        often = souvent
        sometimes = parfois
        rarely = rarement
        """);

    public static readonly IReadOnlyList<Phrase> Units = Phrase.Table("""
        days = jours
        weeks = semaines
        months = mois
        years = ans
        hours = heures
        """);

    public static readonly IReadOnlyList<Phrase> ShortUnits = [.. Units.Where(unit => unit.English != "years")];

    /// <summary>Where something happens.</summary>
    public static readonly IReadOnlyList<Phrase> Where = Phrase.Table("""
        in the garden = dans le jardin
        in the kitchen = dans la cuisine
        at home = à la maison
        in the street = dans la rue
        in the park = dans le parc
        at school = à l'école
        at the office = au bureau
        on the beach = sur la plage
        in front of the house = devant la maison
        behind the church = derrière l'église
        with my friends = avec mes amis
        """);

    public static readonly IReadOnlyList<Phrase> Cities = Phrase.Table("""
        Paris = Paris
        Lyon = Lyon
        London = Londres
        Rome = Rome
        Brussels = Bruxelles
        Geneva = Genève
        """);

    /// <summary>Countries with "in" and "to", which French does not tell apart.</summary>
    public static readonly IReadOnlyList<Phrase> Countries = Phrase.Table("""
        France = en France
        Italy = en Italie
        Spain = en Espagne
        Germany = en Allemagne
        England = en Angleterre
        Japan = au Japon
        Canada = au Canada
        Portugal = au Portugal
        the United States = aux États-Unis
        """);

    /// <summary>The same countries with "from".</summary>
    public static readonly IReadOnlyList<Phrase> Origins = Phrase.Table("""
        from France = de France
        from Italy = de Italie
        from Spain = de Espagne
        from Germany = de Allemagne
        from England = de Angleterre
        from Japan = du Japon
        from Canada = du Canada
        from Portugal = du Portugal
        from the United States = des États-Unis
        """);
}
