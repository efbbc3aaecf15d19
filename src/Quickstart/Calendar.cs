using System.Globalization;

namespace DistSeq2Seq.Quickstart;

/// <summary>Dates, days and times of day.</summary>
internal static class Calendar
{
    public static readonly IReadOnlyList<Phrase> Days = Phrase.Table("""
        Monday = lundi
        Tuesday = mardi
        Wednesday = mercredi
        Thursday = jeudi
        Friday = vendredi
        Saturday = samedi
        Sunday = dimanche
        """);

    public static readonly IReadOnlyList<Phrase> Months = Phrase.Table("""
        January = janvier
        February = février
        March = mars
        April = avril
        May = mai
        June = juin
        July = juillet
        August = août
        September = septembre
        October = octobre
        November = novembre
        December = décembre
        """);

    private static readonly int[] MonthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    /// <summary>"3 May" and "3 mai"; the first of a month is "1er".</summary>
    public static Phrase DayAndMonth(DeterministicRandom random)
    {
        var month = random.Next(12);
        var day = random.Between(1, MonthLengths[month]);
        return new Phrase($"{day} {Months[month].English}",
            $"{(day == 1 ? "1er" : day.ToString(CultureInfo.InvariantCulture))} {Months[month].French}");
    }

    /// <summary>"3 May 1998" and "3 mai 1998".</summary>
    public static Phrase Date(DeterministicRandom random, int firstYear, int lastYear)
    {
        var year = random.Between(firstYear, lastYear).ToString(CultureInfo.InvariantCulture);
        return DayAndMonth(random) + new Phrase(year, year);
    }

    /// <summary>A time by the clock: "half past three" and "trois heures et demie".</summary>
    public static Phrase Time(DeterministicRandom random)
    {
        var hour = random.Between(1, 12);
        var english = NumberWords.English(hour);
        var french = Hour(hour);
        switch (random.Next(6))
        {
            case 0:
                return new Phrase("half past " + english, french + (hour == 12 ? " et demi" : " et demie"));
            case 1:
                return new Phrase("a quarter past " + english, french + " et quart");
            case 2:
                return new Phrase("a quarter to " + NumberWords.English(hour % 12 + 1), Hour(hour % 12 + 1) + " moins le quart");
            case 3:
                var minutes = random.Pick([5, 10, 20, 25]);
                return new Phrase(
                    $"{NumberWords.English(minutes)} past {english}", $"{french} {NumberWords.French(minutes)}");
            default:
                return hour == 12 ? new Phrase("noon", "midi") : new Phrase(english + " o'clock", french);
        }
    }

    private static string Hour(int hour) => hour switch
    {
        12 => "midi",
        1 => "une heure",
        _ => NumberWords.French(hour) + " heures",
    };
}
