namespace DistSeq2Seq.Quickstart;

/// <summary>What can be the object of a verb.</summary>
internal enum ObjectKind
{
    None,
    Food,
    Drink,
    Goods,
    Bought,
    Readable,
    Written,
    Person,
    Seen,
    Song,
    Clothes,
    Machine,
    Openable,
    Vehicle,
    Place,
    Subject,
    Washed,
    Liked,
    Room,
    Animal,
}

/// <summary>A verb and how the grammar uses it.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Object">Kind of its object.</param>
/// <param name="Common">
/// Whether it is frequent enough to appear in all tenses; others keep to the present, the past and the infinitive.
/// </param>
/// <param name="Stative">Whether it is a state or a chance, not an act on purpose: no continuous form, no command.</param>
/// <param name="Pronouns">Whether it takes persons as pronoun objects ("I see her").</param>
/// <param name="Anywhere">Whether it goes with any of the common places.</param>
internal sealed record VerbUse(Verb Verb, ObjectKind Object, bool Common, bool Stative, bool Pronouns, bool Anywhere);

/// <summary>The verbs.</summary>
internal static class VerbLexicon
{
    /// <summary>Verbs with an object that French joins without a preposition. c: common; s: stative; p: persons as pronouns.</summary>
    public static readonly IReadOnlyList<VerbUse> Transitive = Table("""
        eat,ate = manger | Food c
        drink,drank = boire | Drink c
        buy,bought = acheter | Bought c
        sell,sold = vendre | Vehicle
        read,read = lire | Readable c
        write,wrote = écrire | Written c
        see,saw,seeing = voir | Seen c s p
        wait for = attendre | Person c p
        look for = chercher | Goods c
        find,found = trouver | Goods c s
        lose,lost = perdre | Goods c s
        forget,forgot,forgetting = oublier | Goods c s
        borrow = emprunter | Goods
        choose,chose,choosing = choisir | Bought c
        wear,wore = porter | Clothes
        like = aimer | Liked s
        hate = détester | Liked s
        know,knew = connaître | Person s p
        help = aider | Person c p
        invite = inviter | Person c p
        call = appeler | Person p
        visit = visiter | Place c
        clean = nettoyer | Room
        repair = réparer | Machine c
        open = ouvrir | Openable c
        close = fermer | Openable c
        wash = laver | Washed
        learn = apprendre | Subject c
        study,studied,studying,studies = étudier | Subject
        draw,drew = dessiner | Animal
        photograph = photographier | Animal
        listen to = écouter | Song
        """);

    /// <summary>Verbs without an object.</summary>
    public static readonly IReadOnlyList<VerbUse> Intransitive = Table("""
        sleep,slept = dormir | None c l
        work = travailler | None c l
        sing,sang = chanter | None c l
        dance = danser | None c l
        run,ran,running = courir | None l
        laugh = rire | None
        cry,cried,crying,cries = pleurer | None
        swim,swam,swimming = nager | None c
        cook = cuisiner | None c
        travel,travelled,travelling = voyager | None c
        smoke = fumer | None l
        wait = attendre | None l
        """);

    /// <summary>Verbs that French forms with a reflexive pronoun.</summary>
    public static readonly IReadOnlyList<VerbUse> Reflexive = Table("""
        get,got,getting up = se lever | None c
        wake,woke up = se réveiller | None c
        go,went,,goes to bed = se coucher | None c
        rest = se reposer | None c
        get,got,getting dressed = se habiller | None
        hurry = se dépêcher | None
        go,went,,goes for a walk = se promener | None c
        """);

    /// <summary>Verbs with a thing and a person who receives it.</summary>
    public static readonly IReadOnlyList<VerbUse> Giving = Table("""
        give,gave = donner | Goods c
        show = montrer | Goods c
        send,sent = envoyer | Written
        lend,lent = prêter | Goods
        offer = offrir | Goods
        """);

    public static readonly Verb Go = Verb.Parse("go,went,going,goes = aller +être");
    public static readonly Verb ComeBack = Verb.Parse("come,came back = revenir +être");
    public static readonly Verb Come = Verb.Parse("come,came = venir +être");
    public static readonly Verb Arrive = Verb.Parse("arrive = arriver +être");
    public static readonly Verb Leave = Verb.Parse("leave,left = partir +être");
    public static readonly Verb GoOut = Verb.Parse("go,went,going,goes out = sortir +être");
    public static readonly Verb Stay = Verb.Parse("stay = rester +être");
    public static readonly Verb Fall = Verb.Parse("fall,fell = tomber +être");
    public static readonly Verb Live = Verb.Parse("live = habiter");
    public static readonly Verb Speak = Verb.Parse("speak,spoke = parler");
    public static readonly Verb Have = Verb.Parse("have,had,having,has = avoir");
    public static readonly Verb Play = Verb.Parse("play = jouer");
    public static readonly Verb Take = Verb.Parse("take,took = prendre");
    public static readonly Verb Buy = Transitive.First(use => use.Verb.English == "buy").Verb;

    public static readonly Verb Visit = Transitive.First(use => use.Verb.English == "visit").Verb;

    private static IReadOnlyList<VerbUse> Table(string lines) => [.. Words.Lines(lines).Select(Parse)];

    private static VerbUse Parse(string line)
    {
        var sides = line.Split(" | ");
        var marks = sides[1].Split(' ');
        return new VerbUse(
            Verb.Parse(sides[0]), Enum.Parse<ObjectKind>(marks[0]), marks.Contains("c"), marks.Contains("s"), marks.Contains("p"),
            marks.Contains("l"));
    }
}
