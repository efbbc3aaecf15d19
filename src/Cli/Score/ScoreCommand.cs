using System.CommandLine;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Score;

/// <summary>The verb <c>score</c>: compares translations with references; no model is needed.</summary>
public static class ScoreCommand
{
    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    public static Command Create()
    {
        var hypotheses = new Option<string?>("--hypotheses")
        {
            Description = "The translations, a line a sentence, plain or .gz.",
            HelpName = "F",
        };
        var references = new Option<string?>("--references") { Description = "The reference of each line.", HelpName = "F" };
        var sentences = new Option<bool>("--sentence-level") { Description = "Print the scores of each line too." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("score", "Score translations against references: BLEU, chrF2, chrF2++, accuracy.")
            { hypotheses, references, sentences, json };
        var bleu = new BleuArguments();
        bleu.AddTo(command);
        command.SetWork((parsed, _) =>
        {
            var options = bleu.Read(parsed);
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
}
