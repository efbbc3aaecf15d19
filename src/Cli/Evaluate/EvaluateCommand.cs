using System.CommandLine;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Evaluate;

/// <summary>The verb <c>evaluate</c>: translates sentences whose translations are known, and says how well.</summary>
public static class EvaluateCommand
{
    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    public static Command Create()
    {
        var model = new ModelArguments();
        var source = new Option<string?>("--source")
        {
            Description = "Text to translate, a line a sentence, plain or .gz.",
            HelpName = "F",
        };
        var target = new Option<string?>("--target") { Description = "The reference of each line.", HelpName = "F" };
        var beam = new Option<int?>("--beam") { Description = "Beam width; 1 is greedy search. By default the run's.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("evaluate", "Measure how well a model translates: BLEU, chrF2, perplexity, accuracy.")
            { source, target, beam, json };
        var language = new TargetLanguage();
        var bleu = new BleuArguments();
        model.AddTo(command);
        language.AddTo(command);
        bleu.AddTo(command);
        command.SetWork((parsed, cancellation) => Task.Run(
            () =>
            {
                var (sources, references) = ScoreText.ReadPair(
                    ScoreText.Require(parsed.GetValue(source), "--source", "test.en"),
                    ScoreText.Require(parsed.GetValue(target), "--target", "test.fr"));
                var scoring = bleu.Read(parsed);
                using var loaded = model.Load(parsed, "Evaluating");
                var configured = DecodingOptions.From(loaded.Configuration.Decoding);
                var options = configured with { Beam = parsed.GetValue(beam) ?? configured.Beam };
                if (language.TagFor(parsed, loaded) is { Length: > 0 } tag)
                    sources = [.. sources.Select(line => LanguageTag.Put(tag, line))];
                var report = EvaluationReport.Compute(loaded, options, sources, references, scoring, cancellation);
                if (parsed.GetValue(json))
                    JsonText.Write(parsed.InvocationConfiguration.Output, report.ToJson());
                else
                    report.Write(parsed.InvocationConfiguration.Output);
                return ExitCodes.Success;
            },
            cancellation));
        return command;
    }
}
