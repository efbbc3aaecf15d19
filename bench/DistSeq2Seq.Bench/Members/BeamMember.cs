using System.CommandLine;
using System.Text.Json;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Bench.Members;

/// <summary>Translates sentences with the product's own translator, and writes down what it found for the peer to compare.</summary>
internal static class BeamMember
{
    /// <summary>The hidden verb.</summary>
    public static Command Create()
    {
        var model = new Option<string>("--model") { Required = true };
        var sentences = new Option<string>("--sentences") { Required = true };
        var translations = new Option<string>("--translations") { Required = true };
        var ratio = new Option<double>("--ratio");
        var extra = new Option<int>("--extra");
        var command = new Command("beam-member") { Hidden = true };
        foreach (var option in (IEnumerable<Option>)[model, sentences, translations, ratio, extra])
            command.Add(option);
        command.SetAction(parsed =>
        {
            var options = new DecodingOptions { MaxLengthRatio = parsed.GetValue(ratio), MaxLengthExtra = parsed.GetValue(extra) };
            Console.WriteLine(Run(parsed.GetValue(model)!, File.ReadAllLines(parsed.GetValue(sentences)!), parsed.GetValue(translations)!,
                options).ToLine());
            return 0;
        });
        return command;
    }

    private static Measurement Run(string checkpoint, string[] lines, string translations, DecodingOptions options)
    {
        TorchSharp.torch.set_num_threads(1);
        using var model = TranslationModel.Load(checkpoint);
        var translator = new Translator(model, options);
        translator.Translate(lines); // as the peer: load, compile for good, fault in
        IReadOnlyList<Translation> found = [];
        var timer = new RoundTimer();
        timer.Round(() => found = translator.Translate(lines));
        File.WriteAllLines(translations,
            found.Select(f => JsonSerializer.Serialize(new { score = f.Hypotheses[0].Score, tokens = f.Hypotheses[0].Tokens })));
        return timer.Result(new Dictionary<string, double> { ["tokens"] = found.Sum(f => f.Hypotheses[0].Tokens.Count) });
    }
}
