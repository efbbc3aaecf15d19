using System.Globalization;
using DistSeq2Seq.Bench.Comparing;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>Beam search with one model by both sides; the peer refuses when it does not search for the same.</summary>
/// <param name="folder">Corpora.</param>
/// <param name="peers">Folder of the peers' scripts.</param>
internal sealed class BeamCase(BenchFolder folder, string peers)
{
    private const int Sentences = 1000;
    private const string Translations = "translations.jsonl";

    /// <summary>
    /// The model has learned nothing, not even when to end: with these bounds its translations are as long as a trained model's.
    /// </summary>
    private const double MaxLengthRatio = 1;

    private const int MaxLengthExtra = 2;

    private readonly Lazy<Task<string>> _work = new(async () =>
    {
        var work = folder.New("beam");
        await ProcessGroup.AloneAsync("beam-model", "--corpus", folder.Captions, "--count", $"{Sentences}", "--folder", work);
        return work;
    });

    /// <summary>1,000 sentences of Multi30k's lengths.</summary>
    public PeerCase Create() => new("beam", "beam-5 translation of 1,000 sentences, against PyTorch", "sentences", Sentences, 2.0,
        OursAsync, PeerAsync);

    private async Task<Measurement> OursAsync()
    {
        var work = await _work.Value;
        return await ProcessGroup.AloneAsync(["beam-member", "--model", await CheckpointAsync(work), "--sentences",
            Path.Combine(work, "sentences.txt"),
            "--translations", Path.Combine(work, Translations), .. Bounds()]);
    }

    private async Task<Measurement> PeerAsync(string python)
    {
        var work = await _work.Value;
        return await ProcessGroup.PeerAsync(python, Path.Combine(peers, "beam.py"), 1,
            ["--model", Path.Combine(await CheckpointAsync(work), "model.safetensors"),
            "--sentences", Path.Combine(work, "sentences.jsonl"), "--expect", Path.Combine(work, Translations), .. Bounds()]);
    }

    private static Task<string> CheckpointAsync(string work) => File.ReadAllTextAsync(Path.Combine(work, "checkpoint"));

    private static string[] Bounds() => ["--ratio", MaxLengthRatio.ToString(CultureInfo.InvariantCulture), "--extra", $"{MaxLengthExtra}"];
}
