using System.Globalization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Decoding;
using Spectre.Console;

namespace DistSeq2Seq.Cli.Train;

/// <summary>The output at the end: translations of unseen sentences, and their BLEU.</summary>
internal static class TestView
{
    private const int Samples = 5;

    /// <summary>Translates and scores the test split, where the run has one.</summary>
    public static void Show(RunConfiguration configuration)
    {
        var console = AnsiConsole.Console;
        var prepared = Path.Combine(configuration.Run, "data");
        if (TestReport.HasTestSplit(prepared))
        {
            using var model = TranslationModel.LoadBest(configuration.Run);
            var report = TestReport.Run(model, prepared, Samples);
            foreach (var sample in report.Samples)
                console.WriteLine($"\n  source     {sample.Source}\n  output     {sample.Output}\n  reference  {sample.Reference}");
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\nBLEU {report.Bleu.Score:F2} on the unseen test split (checkpoint of step {model.Step}, "
                + $"beam {configuration.Decoding.Beam})"));
            console.WriteLine(report.Bleu.Signature);
        }

        console.WriteLine($"Translate with: echo \"…\" | ./dist translate --run {configuration.Run}");
    }
}
