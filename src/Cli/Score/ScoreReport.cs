using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Score;

/// <summary>The scores of one segment or of all, 0 to 100 each.</summary>
/// <param name="Bleu">BLEU.</param>
/// <param name="ChrF">chrF2: characters.</param>
/// <param name="ChrFWords">chrF2++: characters and words.</param>
internal sealed record Scores(BleuScore Bleu, ChrFScore ChrF, ChrFScore ChrFWords);

/// <summary>The results of the verb <c>score</c>.</summary>
/// <param name="Lines">Segments compared.</param>
/// <param name="Corpus">The scores of all together.</param>
/// <param name="Accuracy">How many lines are right.</param>
/// <param name="Sentences">The scores of each; null where they are not wanted.</param>
internal sealed record ScoreReport(int Lines, Scores Corpus, LineAccuracy Accuracy, IReadOnlyList<Scores>? Sentences)
{
    /// <summary>Scores segments; both lists have the same length.</summary>
    public static ScoreReport Compute(
        IReadOnlyList<string> hypotheses, IReadOnlyList<string> references, BleuOptions options, bool sentenceLevel)
    {
        var characters = ChrFOptions.Default with { Lowercase = options.Lowercase };
        var words = ChrFOptions.PlusPlus with { Lowercase = options.Lowercase };
        var corpus = new Scores(
            Bleu.Corpus(hypotheses, references, options),
            ChrF.Corpus(hypotheses, references, characters),
            ChrF.Corpus(hypotheses, references, words));
        return new ScoreReport(hypotheses.Count, corpus, LineAccuracy.Compute(hypotheses, references, options.Lowercase),
            !sentenceLevel ? null :
        [
            .. hypotheses.Zip(references, (hypothesis, reference) => new Scores(
                Bleu.Sentence(hypothesis, reference, options),
                ChrF.Sentence(hypothesis, reference, characters),
                ChrF.Sentence(hypothesis, reference, words))),
        ]);
    }

    /// <summary>For people: the sentences, then the whole, then how it was computed.</summary>
    public void Write(TextWriter output)
    {
        if (Sentences is not null)
            WriteSentences(output, Sentences);
        ScoreText.Line(output, "Lines", Lines.ToString(CultureInfo.InvariantCulture));
        ScoreText.Line(output, "BLEU", ScoreText.Of(Corpus.Bleu));
        ScoreText.Line(output, Corpus.ChrF.Name, ScoreText.Two(Corpus.ChrF.Score));
        ScoreText.Line(output, Corpus.ChrFWords.Name, ScoreText.Two(Corpus.ChrFWords.Score));
        ScoreText.Line(output, "Exact match", ScoreText.Percent(Accuracy.ExactMatch));
        ScoreText.Line(output, "Token accuracy", ScoreText.Percent(Accuracy.SameTokens) + "  (places with the same token in both lines)");
        Accuracy.WriteLabels(output);
        output.WriteLine();
        ScoreText.Line(output, "BLEU", Corpus.Bleu.Signature);
        ScoreText.Line(output, Corpus.ChrF.Name, Corpus.ChrF.Signature);
        ScoreText.Line(output, Corpus.ChrFWords.Name, Corpus.ChrFWords.Signature);
    }

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["lines"] = Lines,
            ["bleu"] = ScoreText.Json(Corpus.Bleu),
            [Corpus.ChrF.Name] = ScoreText.Json(Corpus.ChrF),
            [Corpus.ChrFWords.Name] = ScoreText.Json(Corpus.ChrFWords),
            ["exactMatch"] = JsonText.Number(Accuracy.ExactMatch),
            ["tokenAccuracy"] = JsonText.Number(Accuracy.SameTokens),
        };
        Accuracy.AddLabelsTo(json);
        if (Sentences is not null)
        {
            json["sentences"] = new JsonArray([.. Sentences.Select(sentence => new JsonObject
            {
                ["bleu"] = JsonText.Number(sentence.Bleu.Score),
                [sentence.ChrF.Name] = JsonText.Number(sentence.ChrF.Score),
                [sentence.ChrFWords.Name] = JsonText.Number(sentence.ChrFWords.Score),
            })]);
        }

        return json;
    }

    private static void WriteSentences(TextWriter output, IReadOnlyList<Scores> sentences)
    {
        output.WriteLine($"{"line",6}  {"BLEU",6}  {"chrF2",6}  {"chrF2++",7}");
        for (var i = 0; i < sentences.Count; i++)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{i + 1,6}  {sentences[i].Bleu.Score,6:0.00}  {sentences[i].ChrF.Score,6:0.00}  {sentences[i].ChrFWords.Score,7:0.00}"));
        }

        output.WriteLine();
    }
}
