using System.CommandLine;
using DistSeq2Seq.Cli.Translate.Attention;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Protocol;

namespace DistSeq2Seq.Cli.Translate;

/// <summary>The verb <c>translate</c>: translates lines of text with a run's best checkpoint.</summary>
public static class TranslateCommand
{
    /// <summary>The verb with its options. It exits with 0, or with 2 and one line on bad input.</summary>
    /// <param name="standardInput">Where text comes from without <c>--input</c>; the process's own by default.</param>
    public static Command Create(Func<Stream>? standardInput = null)
    {
        var chosen = new ModelArguments(several: true);
        var search = new SearchArguments();
        var language = new TargetLanguage();
        var input = new Option<string?>("--input")
        { Description = "Text, a line a sentence, plain or .gz; else standard input.", HelpName = "F" };
        var output = new Option<string?>("--output") { Description = "Where translations go; by default standard output.", HelpName = "F" };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "What each translation begins with: a line of target text for each line, empty where there is nothing to "
                + "begin with.",
            HelpName = "F",
        };
        var attention = new Option<string?>("--attention")
        {
            Description = "Write where the model looked: as JSON, where the name ends in .json, else as pictures (SVG) into a new folder.",
            HelpName = "FILE.json|FOLDER",
        };
        var command = new Command("translate", "Translate text with a trained model.") { input, output, prefix, attention };
        chosen.AddTo(command);
        language.AddTo(command);
        search.AddTo(command);
        command.SetWork((parsed, cancellation) => Task.Run(
            () =>
            {
                var target = new TranslateTarget(parsed.GetValue(output), parsed.InvocationConfiguration.Output);
                using var lines = parsed.GetValue(input) is { } path
                    ? Utf8LineReader.OpenChecked(path)
                    : new Utf8LineReader((standardInput ?? Console.OpenStandardInput)(), "standard input");
                using var prefixes = parsed.GetValue(prefix) is { } given ? Utf8LineReader.OpenChecked(given) : null;
                using var models = chosen.LoadAll(parsed, "Translating");
                var keepAttention = parsed.GetValue(attention) is not null;
                var options = search.Read(parsed, models[0].Configuration.Decoding) with { KeepAttention = keepAttention };
                using var looks = AttentionOutput.Open(parsed.GetValue(attention));
                var translation = new LineTranslation(new Translator([.. models], options))
                {
                    Tag = language.TagFor(parsed, models[0]),
                    Numbered = search.WantsList(parsed),
                    Prefixes = prefixes,
                    Attention = looks,
                };
                try
                {
                    target.Write(writer =>
                    {
                        translation.Run(lines, writer, cancellation);
                        looks?.Complete();
                    });
                }
                catch (IOException e)
                {
                    throw new TroubleException($"the translations could not be written: {e.Message}", e);
                }

                return ExitCodes.Success;
            },
            cancellation));
        return command;
    }
}
