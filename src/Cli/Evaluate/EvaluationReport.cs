using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Evaluate;

/// <summary>How well a model does on sentences with references.</summary>
internal sealed record EvaluationReport
{
    /// <summary>The checkpoint's folder.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Global steps of training that it has seen.</summary>
    public required long Step { get; init; }

    /// <summary>Sentences compared.</summary>
    public required int Sentences { get; init; }

    /// <summary>Beam width; 1 is greedy search.</summary>
    public required int Beam { get; init; }

    /// <summary>BLEU.</summary>
    public required BleuScore Bleu { get; init; }

    /// <summary>chrF2, lower-cased as BLEU is.</summary>
    public required ChrFScore ChrF { get; init; }

    /// <summary>How likely the model finds the references.</summary>
    public required ReferenceLikelihood Likelihood { get; init; }

    /// <summary>How many translations are right.</summary>
    public required LineAccuracy Accuracy { get; init; }

    /// <summary>Translates the sources and compares.</summary>
    /// <param name="model">Stays the caller's.</param>
    /// <param name="options">How to search.</param>
    /// <param name="sources">A sentence each, at least one.</param>
    /// <param name="references">The translation of each.</param>
    /// <param name="scoring">How to compute BLEU; case does not count where the run's data are lower-cased.</param>
    /// <param name="cancellation">Gives up.</param>
    public static EvaluationReport Compute(TranslationModel model, DecodingOptions options, IReadOnlyList<string> sources,
        IReadOnlyList<string> references, BleuOptions scoring, CancellationToken cancellation)
    {
        var translator = new Translator(model, options);
        string[] outputs = [.. translator.Translate(sources, progress: null, cancellation).Select(translation => translation.Text)];
        var lowercase = scoring.Lowercase || model.Configuration.Data.Lowercase;
        return new EvaluationReport
        {
            Checkpoint = model.CheckpointPath,
            Step = model.Step,
            Sentences = sources.Count,
            Beam = options.Beam,
            Bleu = Model.Evaluation.Bleu.Corpus(outputs, references, scoring with { Lowercase = lowercase }),
            ChrF = Model.Evaluation.ChrF.Corpus(outputs, references, new ChrFOptions { Lowercase = lowercase }),
            Likelihood = TeacherForcing.Score(model, sources, references, cancellation),
            Accuracy = LineAccuracy.Compute(outputs, references, lowercase),
        };
    }

    /// <summary>For people.</summary>
    public void Write(TextWriter output)
    {
        var search = Beam == 1 ? "greedy search" : string.Create(CultureInfo.InvariantCulture, $"beam {Beam}");
        ScoreText.Line(output, "Sentences",
            string.Create(CultureInfo.InvariantCulture, $"{Sentences} ({search}, checkpoint of step {Step})"));
        ScoreText.Line(output, "BLEU", ScoreText.Of(Bleu));
        ScoreText.Line(output, ChrF.Name, ScoreText.Two(ChrF.Score));
        ScoreText.Line(output, "Exact match", ScoreText.Percent(Accuracy.ExactMatch));
        ScoreText.Line(output, "Perplexity", string.Create(CultureInfo.InvariantCulture,
            $"{Likelihood.Perplexity:0.000}  ({Likelihood.Loss:0.0000} nats a token of the references)"));
        ScoreText.Line(output, "Token accuracy", string.Create(CultureInfo.InvariantCulture,
            $"{ScoreText.Percent(Likelihood.TokenAccuracy)}  ({Likelihood.Correct} of {Likelihood.Tokens} tokens of the "
            + $"references, {Likelihood.Unknown} of them unknown)"));
        Accuracy.WriteLabels(output);
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
            ["exactMatch"] = JsonText.Number(Accuracy.ExactMatch),
            ["loss"] = JsonText.Number(Likelihood.Loss),
            ["perplexity"] = JsonText.Number(Likelihood.Perplexity),
            ["tokenAccuracy"] = JsonText.Number(Likelihood.TokenAccuracy),
            ["tokens"] = Likelihood.Tokens,
            ["unknownTokens"] = Likelihood.Unknown,
        };
        Accuracy.AddLabelsTo(json);
        return json;
    }
}
