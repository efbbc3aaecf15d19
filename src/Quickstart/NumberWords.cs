namespace DistSeq2Seq.Quickstart;

/// <summary>Whole numbers from 0 to 999 in words.</summary>
internal static class NumberWords
{
    private static readonly string[] EnglishSmall =
        ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        + "eighteen nineteen").Split(' ');

    private static readonly string[] EnglishTens = "- - twenty thirty forty fifty sixty seventy eighty ninety".Split(' ');

    private static readonly string[] FrenchSmall =
        ("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
        + "dix-neuf").Split(' ');

    private static readonly string[] FrenchTens =
        "- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".Split(' ');

    /// <summary>"twenty-one", "two hundred and five".</summary>
    public static string English(int number)
    {
        if (number < 20)
            return EnglishSmall[number];
        if (number < 100)
            return EnglishTens[number / 10] + (number % 10 == 0 ? "" : "-" + EnglishSmall[number % 10]);
        var rest = number % 100;
        return EnglishSmall[number / 100] + " hundred" + (rest == 0 ? "" : " and " + English(rest));
    }

    /// <summary>"vingt et un", "soixante-dix", "quatre-vingts"; "une" at the end before feminine nouns.</summary>
    public static string French(int number, bool feminine = false)
    {
        if (number >= 100)
        {
            var hundreds = number / 100 == 1 ? "cent" : FrenchSmall[number / 100] + " cent";
            var rest = number % 100;
            if (rest == 0)
                return number == 100 ? hundreds : hundreds + "s";
            return hundreds + " " + French(rest, feminine);
        }
        if (number < 20)
            return number == 1 && feminine ? "une" : FrenchSmall[number];
        if (number == 80)
            return "quatre-vingts";
        // The tens of 70 and 90 are counted on from 60 and 80.
        var tens = FrenchTens[number / 10];
        var units = number / 10 is 7 or 9 ? number % 20 : number % 10;
        if (units == 0)
            return tens;
        var unit = units == 1 && feminine ? "une" : FrenchSmall[units];
        return units is 1 or 11 && number < 80 ? $"{tens} et {unit}" : $"{tens}-{unit}";
    }
}
