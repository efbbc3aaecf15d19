using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Export;

/// <summary>How fast and how well a model translates.</summary>
/// <param name="PerSecond">Sentences a second of this process's processor time, which other programs on the machine do not change.</param>
/// <param name="Bleu">Against the references, lower-cased where the model's data are.</param>
internal readonly record struct TimedTranslation(double PerSecond, double Bleu)
{
    private const int WarmingLines = 32;

    /// <summary>Translates as the model's configuration says.</summary>
    /// <param name="model">Stays the caller's.</param>
    /// <param name="sources">At least one line.</param>
    /// <param name="references">The translation of each.</param>
    public static TimedTranslation Of(TranslationModel model, IReadOnlyList<string> sources, IReadOnlyList<string> references)
    {
        var translator = new Translator(model);
        translator.Translate([.. sources.Take(WarmingLines)]);
        var start = Environment.CpuUsage.TotalTime;
        var translations = translator.Translate(sources);
        var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        var bleu = Model.Evaluation.Bleu.Corpus([.. translations.Select(translation => translation.Text)], references,
            new BleuOptions { Lowercase = model.Configuration.Data.Lowercase }).Score;
        return new TimedTranslation(sources.Count / seconds, bleu);
    }
}
