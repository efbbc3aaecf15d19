using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Translate;

/// <summary>The verb <c>translate</c>: translates lines of text with a run's best checkpoint.</summary>
public static class TranslateCommand
{
    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    /// <param name="standardInput">Where text comes from without <c>--input</c>; the process's own by default.</param>
    public static Command Create(Func<Stream>? standardInput = null)
    {
        var chosen = new ModelArguments();
        var input = new Option<string?>("--input") { Description = "Text, a line a sentence, plain or .gz; else standard input.", HelpName = "F" };
        var output = new Option<string?>("--output") { Description = "Where translations go; by default standard output.", HelpName = "F" };
        var beam = new Option<int?>("--beam") { Description = "Beam width; 1 is greedy search. By default the run's.", HelpName = "N" };
        var penalty = new Option<double?>("--length-penalty")
        {
            Description = "Length penalty; 0 favours short output. By default the run's.", HelpName = "A",
        };
        var best = new Option<int?>("--n-best")
        {
            Description = "Give the N best translations of each line, as: number ||| translation ||| score.", HelpName = "N",
        };
        var batch = new Option<int?>("--batch-size") { Description = "Sentences decoded together. By default the run's.", HelpName = "N" };
        var command = new Command("translate", "Translate text with a trained model.")
        {
            input, output, beam, penalty, best, batch,
        };
        chosen.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var console = parsed.InvocationConfiguration.Output;
                var error = parsed.InvocationConfiguration.Error;
                try
                {
                    var target = new TranslateTarget(parsed.GetValue(output), console);
                    using var lines = parsed.GetValue(input) is { } path
                        ? Utf8LineReader.OpenChecked(path)
                        : new Utf8LineReader((standardInput ?? Console.OpenStandardInput)(), "standard input");
                    using var model = chosen.Load(parsed, "Translating");
                    var configured = DecodingOptions.From(model.Configuration.Decoding);
                    var options = configured with
                    {
                        Beam = parsed.GetValue(beam) ?? configured.Beam,
                        LengthPenalty = parsed.GetValue(penalty) ?? configured.LengthPenalty,
                        BestCount = parsed.GetValue(best) ?? 1,
                        BatchSize = parsed.GetValue(batch) ?? configured.BatchSize,
                    };
                    var translator = new Translator(model, options);
                    var numbered = parsed.GetValue(best) is not null;
                    target.Write(writer => LineTranslation.Run(lines, translator, writer, numbered, cancellation));
                    return ExitCodes.Success;
                }
                catch (Exception problem) when (problem is DataException or ConfigurationException or CheckpointException)
                {
                    error.WriteLine($"error: {problem.Message}");
                    return ExitCodes.BadInput;
                }
                catch (IOException problem)
                {
                    error.WriteLine($"error: the translations could not be written: {problem.Message}");
                    return ExitCodes.Failure;
                }
            },
            cancellation));
        return command;
    }
}
