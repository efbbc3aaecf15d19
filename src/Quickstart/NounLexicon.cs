namespace DistSeq2Seq.Quickstart;

/// <summary>The nouns, by what one can say of them.</summary>
internal static class NounLexicon
{
    public static readonly IReadOnlyList<Noun> People = Noun.Table("""
        teacher = professeur m
        doctor = médecin m
        neighbour = voisin m
        baker = boulanger m
        student = étudiant m
        child,children = enfant m
        boy = garçon m
        girl = fille f
        man,men = homme m
        woman,women = femme f
        nurse = infirmière f
        actress = actrice f
        singer = chanteuse f
        farmer = fermier m
        lawyer = avocat m
        waiter = serveur m
        engineer = ingénieur m
        artist = artiste m
        driver = chauffeur m
        """);

    public static readonly IReadOnlyList<Noun> Kin = Noun.Table("""
        mother = mère f
        father = père m
        brother = frère m
        sister = sœur f
        son = fils,fils m
        daughter = fille f
        uncle = oncle m
        aunt = tante f
        grandmother = grand-mère,grands-mères f
        grandfather = grand-père,grands-pères m
        friend = ami m
        colleague = collègue m
        """);

    public static readonly IReadOnlyList<Noun> Animals = Noun.Table("""
        cat = chat m
        dog = chien m
        horse = cheval m
        bird = oiseau m
        cow = vache f
        rabbit = lapin m
        mouse,mice = souris f
        duck = canard m
        """);

    public static readonly IReadOnlyList<Noun> Foods = Noun.Table("""
        apple = pomme f
        orange = orange f
        egg = œuf m
        cake = gâteau m
        banana = banane f
        tomato,tomatoes = tomate f
        sandwich = sandwich m
        pear = poire f
        biscuit = biscuit m
        carrot = carotte f
        """);

    public static readonly IReadOnlyList<Noun> FoodMasses = Noun.Table("""
        bread = pain m
        cheese = fromage m
        meat = viande f
        fish = poisson m
        rice = riz m
        soup = soupe f
        chocolate = chocolat m
        salad = salade f
        """);

    public static readonly IReadOnlyList<Noun> Drinks = Noun.Table("""
        water = eau f
        coffee = café m
        tea = thé m
        milk = lait m
        wine = vin m
        beer = bière f
        orange_juice = jus_d'orange m
        """);

    public static readonly IReadOnlyList<Noun> Readables = Noun.Table("""
        book = livre m
        newspaper = journal m
        letter = lettre f
        story = histoire f
        poem = poème m
        article = article m
        magazine = magazine m
        """);

    /// <summary>What one can write.</summary>
    public static readonly IReadOnlyList<Noun> Writings =
        [.. Readables.Where(noun => noun.English is "letter" or "story" or "poem" or "article")];

    public static readonly IReadOnlyList<Noun> Clothes = Noun.Table("""
        hat = chapeau m
        dress = robe f
        shirt = chemise f
        coat = manteau m
        skirt = jupe f
        scarf,scarves = écharpe f
        shoe = chaussure f
        tie = cravate f
        """);

    public static readonly IReadOnlyList<Noun> Vehicles = Noun.Table("""
        car = voiture f
        bicycle = vélo m
        boat = bateau m
        lorry = camion m
        motorbike = moto f
        """);

    public static readonly IReadOnlyList<Noun> Things = Noun.Table("""
        key = clé f
        pen = stylo m
        bag = sac m
        umbrella = parapluie m
        watch = montre f
        computer = ordinateur m
        telephone = téléphone m
        camera = appareil_photo,appareils_photo m
        ticket = billet m
        photo = photo f
        knife,knives = couteau m
        cup = tasse f
        plate = assiette f
        present = cadeau m
        flower = fleur f
        lamp = lampe f
        """);

    public static readonly IReadOnlyList<Noun> Furniture = Noun.Table("""
        table = table f
        chair = chaise f
        bed = lit m
        wardrobe = armoire f
        sofa = canapé m
        """);

    public static readonly IReadOnlyList<Noun> Openables = Noun.Table("""
        door = porte f
        window = fenêtre f
        box = boîte f
        suitcase = valise f
        bottle = bouteille f
        drawer = tiroir m
        envelope = enveloppe f
        """);

    public static readonly IReadOnlyList<Noun> Machines = Noun.Table("""
        radio = radio f
        television = télévision f
        clock = horloge f
        fridge = réfrigérateur m
        washing_machine = machine_à_laver,machines_à_laver f
        printer = imprimante f
        """);

    public static readonly IReadOnlyList<Noun> Places = Noun.Table("""
        museum = musée m
        market = marché m
        school = école f
        station = gare f
        church = église f
        hospital = hôpital m
        library = bibliothèque f
        castle = château m
        park = parc m
        beach = plage f
        restaurant = restaurant m
        hotel = hôtel m
        theatre = théâtre m
        bank = banque f
        bakery = boulangerie f
        post_office = poste f
        airport = aéroport m
        swimming_pool = piscine f
        cinema = cinéma m
        """);

    public static readonly IReadOnlyList<Noun> Buildings = Noun.Table("""
        house = maison f
        flat = appartement m
        garden = jardin m
        kitchen = cuisine f
        bedroom = chambre f
        office = bureau m
        tower = tour f
        bridge = pont m
        street = rue f
        village = village m
        """);

    public static readonly IReadOnlyList<Noun> Songs = Noun.Table("""
        song = chanson f
        film = film m
        concert = concert m
        play = pièce f
        """);

    public static readonly IReadOnlyList<Noun> Subjects = Noun.Table("""
        French = français m
        English = anglais m
        Spanish = espagnol m
        Italian = italien m
        German = allemand m
        history = histoire f
        music = musique f
        geography = géographie f
        """);

    public static readonly IReadOnlyList<Noun> Events = Noun.Table("""
        meeting = réunion f
        party = fête f
        lesson = leçon f
        exam = examen m
        wedding = mariage m
        journey = voyage m
        """);

    /// <summary>What one can buy, look for, find or lose.</summary>
    public static readonly IReadOnlyList<Noun> Goods = [.. Things, .. Clothes, .. Readables.Take(2)];
}
