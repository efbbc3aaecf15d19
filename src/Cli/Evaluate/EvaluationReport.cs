using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Evaluate;

/// <summary>How well a model does on sentences with references.</summary>
internal sealed record EvaluationReport
{
    /// <summary>Most labels that a target side has when it is taken for a classification.</summary>
    private const int MaxLabels = 20;

    /// <summary>The checkpoint's folder.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Global steps of training that it has seen.</summary>
    public required long Step { get; init; }

    /// <summary>Sentences compared.</summary>
    public required int Sentences { get; init; }

    /// <summary>Beam width; 1 is greedy search.</summary>
    public required int Beam { get; init; }

    /// <summary>BLEU of 13a tokens; lower-cased where the run's data are.</summary>
    public required BleuScore Bleu { get; init; }

    /// <summary>chrF2, lower-cased likewise.</summary>
    public required ChrFScore ChrF { get; init; }

    /// <summary>How likely the model finds the references.</summary>
    public required ReferenceLikelihood Likelihood { get; init; }

    /// <summary>Share of translations that equal their reference, 0 to 1; white space at the ends does not count, nor does case where
    /// the run's data are lower-cased.</summary>
    public required double ExactMatch { get; init; }

    /// <summary>Accuracy and F1 where the references look like labels; else null.</summary>
    public ClassificationScore? Classification { get; init; }

    /// <summary>Translates the sources and compares.</summary>
    /// <param name="model">Stays the caller's.</param>
    /// <param name="options">How to search.</param>
    /// <param name="sources">A sentence each, at least one.</param>
    /// <param name="references">The translation of each.</param>
    /// <param name="cancellation">Gives up.</param>
    public static EvaluationReport Compute(TranslationModel model, DecodingOptions options, IReadOnlyList<string> sources,
        IReadOnlyList<string> references, CancellationToken cancellation)
    {
        var translator = new Translator(model, options);
        string[] outputs = [.. translator.Translate(sources, progress: null, cancellation).Select(translation => translation.Text)];
        var lowercase = model.Configuration.Data.Lowercase;
        string[] found = [.. outputs.Select(Plain)], expected = [.. references.Select(Plain)];
        return new EvaluationReport
        {
            Checkpoint = model.CheckpointPath,
            Step = model.Step,
            Sentences = sources.Count,
            Beam = options.Beam,
            Bleu = Model.Evaluation.Bleu.Corpus(outputs, references, new BleuOptions { Lowercase = lowercase }),
            ChrF = Model.Evaluation.ChrF.Corpus(outputs, references, new ChrFOptions { Lowercase = lowercase }),
            Likelihood = TeacherForcing.Score(model, sources, references, cancellation),
            ExactMatch = Accuracy.ExactMatch(found, expected),
            Classification = AreLabels(expected) ? Model.Evaluation.Classification.Score(found, expected) : null,
        };

        string Plain(string line) => lowercase ? line.Trim().ToLowerInvariant() : line.Trim();
    }

    /// <summary>Whether references look like labels: one token each, few distinct ones, most of them more than once.</summary>
    /// <param name="references">Without white space at the ends.</param>
    public static bool AreLabels(IReadOnlyList<string> references)
    {
        if (references.Any(line => line.Length == 0 || line.Any(char.IsWhiteSpace)))
            return false;
        var distinct = references.Distinct(StringComparer.Ordinal).Count();
        return distinct <= MaxLabels && 2 * distinct <= references.Count;
    }

    /// <summary>For people.</summary>
    public void Write(TextWriter output)
    {
        var search = Beam == 1 ? "greedy search" : string.Create(CultureInfo.InvariantCulture, $"beam {Beam}");
        ScoreText.Line(output, "Sentences", string.Create(CultureInfo.InvariantCulture, $"{Sentences} ({search}, checkpoint of step {Step})"));
        ScoreText.Line(output, "BLEU", ScoreText.Of(Bleu));
        ScoreText.Line(output, ChrF.Name, ScoreText.Two(ChrF.Score));
        ScoreText.Line(output, "Exact match", ScoreText.Percent(ExactMatch));
        ScoreText.Line(output, "Perplexity", string.Create(CultureInfo.InvariantCulture,
            $"{Likelihood.Perplexity:0.000}  ({Likelihood.Loss:0.0000} nats a token of the references)"));
        ScoreText.Line(output, "Token accuracy", string.Create(CultureInfo.InvariantCulture,
            $"{ScoreText.Percent(Likelihood.TokenAccuracy)}  ({Likelihood.Correct} of {Likelihood.Tokens} tokens of the references, {Likelihood.Unknown} of them unknown)"));
        if (Classification is not null)
            WriteLabels(output, Classification);
        output.WriteLine();
        ScoreText.Line(output, "BLEU", Bleu.Signature);
        ScoreText.Line(output, ChrF.Name, ChrF.Signature);
    }

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["checkpoint"] = Checkpoint,
            ["step"] = Step,
            ["sentences"] = Sentences,
            ["beam"] = Beam,
            ["bleu"] = ScoreText.Json(Bleu),
            [ChrF.Name] = ScoreText.Json(ChrF),
            ["exactMatch"] = JsonText.Number(ExactMatch),
            ["loss"] = JsonText.Number(Likelihood.Loss),
            ["perplexity"] = JsonText.Number(Likelihood.Perplexity),
            ["tokenAccuracy"] = JsonText.Number(Likelihood.TokenAccuracy),
            ["tokens"] = Likelihood.Tokens,
            ["unknownTokens"] = Likelihood.Unknown,
        };
        if (Classification is not null)
        {
            json["classification"] = new JsonObject
            {
                ["accuracy"] = JsonText.Number(Classification.Accuracy),
                ["macroF1"] = JsonText.Number(Classification.MacroF1),
                ["microF1"] = JsonText.Number(Classification.MicroF1),
                ["labels"] = new JsonArray([.. Classification.Labels.Select(label => new JsonObject
                {
                    ["label"] = label.Label,
                    ["precision"] = JsonText.Number(label.Precision),
                    ["recall"] = JsonText.Number(label.Recall),
                    ["f1"] = JsonText.Number(label.F1),
                    ["support"] = label.Support,
                })]),
            };
        }

        return json;
    }

    private static void WriteLabels(TextWriter output, ClassificationScore score)
    {
        ScoreText.Line(output, "Accuracy", ScoreText.Percent(score.Accuracy));
        ScoreText.Line(output, "Macro F1", ScoreText.Percent(score.MacroF1));
        // A model may say anything; only what the references hold is worth a line.
        foreach (var label in score.Labels.Where(label => label.Support > 0))
        {
            ScoreText.Line(output, "  " + label.Label, string.Create(CultureInfo.InvariantCulture,
                $"F1 {ScoreText.Percent(label.F1)}, precision {ScoreText.Percent(label.Precision)}, recall {ScoreText.Percent(label.Recall)}, {label.Support} lines"));
        }
    }
}
