using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Cli.Score;

/// <summary>The verb <c>score</c>: compares translations with references; no model is needed.</summary>
public static class ScoreCommand
{
    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    public static Command Create()
    {
        var hypotheses = new Option<string?>("--hypotheses") { Description = "The translations, a line a sentence, plain or .gz.", HelpName = "F" };
        var references = new Option<string?>("--references") { Description = "The reference of each line.", HelpName = "F" };
        var tokenize = new Option<string>("--tokenize")
        {
            Description = "How BLEU cuts lines into tokens: 13a, char or none.", HelpName = "13a|char|none", DefaultValueFactory = _ => "13a",
        };
        var lowercase = new Option<bool>("--lowercase") { Description = "Ignore case." };
        var smoothing = new Option<string>("--smoothing")
        {
            Description = "What BLEU does with an n-gram order without a match.", HelpName = "exp|none|floor|add-k", DefaultValueFactory = _ => "exp",
        };
        var value = new Option<double?>("--smoothing-value")
        {
            Description = "The value of floor (by default 0.1) or add-k (by default 1).", HelpName = "X",
        };
        var sentences = new Option<bool>("--sentence-level") { Description = "Print the scores of each line too." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("score", "Score translations against references: BLEU, chrF2 and chrF2++.")
        {
            hypotheses, references, tokenize, lowercase, smoothing, value, sentences, json,
        };
        command.SetWork((parsed, _) =>
        {
            var options = new BleuOptions
            {
                Tokenization = Tokenization(parsed.GetRequiredValue(tokenize)),
                Lowercase = parsed.GetValue(lowercase),
                Smoothing = Smoothing(parsed.GetRequiredValue(smoothing)),
                SmoothingValue = parsed.GetValue(value),
            };
            RequireValueFits(options);
            var (outputs, expected) = ScoreText.ReadPair(
                ScoreText.Require(parsed.GetValue(hypotheses), "--hypotheses", "output.fr"),
                ScoreText.Require(parsed.GetValue(references), "--references", "test.fr"));
            var report = ScoreReport.Compute(outputs, expected, options, parsed.GetValue(sentences));
            if (parsed.GetValue(json))
                JsonText.Write(parsed.InvocationConfiguration.Output, report.ToJson());
            else
                report.Write(parsed.InvocationConfiguration.Output);
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static BleuTokenization Tokenization(string name)
    {
        try
        {
            return BleuTokenizer.Parse(name);
        }
        catch (ArgumentException)
        {
            throw new ConfigurationException($"--tokenize is '{name}'; choose 13a, char or none");
        }
    }

    private static BleuSmoothing Smoothing(string name) => name switch
    {
        "exp" => BleuSmoothing.Exponential,
        "none" => BleuSmoothing.None,
        "floor" => BleuSmoothing.Floor,
        "add-k" => BleuSmoothing.AddK,
        _ => throw new ConfigurationException($"--smoothing is '{name}'; choose exp, none, floor or add-k"),
    };

    private static void RequireValueFits(BleuOptions options)
    {
        if (options.SmoothingValue is not { } value)
            return;
        if (!double.IsFinite(value) || value < 0)
            throw new ConfigurationException(FormattableString.Invariant($"--smoothing-value is {value}; it must be 0 or more"));
        if (options.Smoothing is not (BleuSmoothing.Floor or BleuSmoothing.AddK))
            throw new ConfigurationException("--smoothing-value is for --smoothing floor and add-k; leave it out or choose one of them");
    }
}
