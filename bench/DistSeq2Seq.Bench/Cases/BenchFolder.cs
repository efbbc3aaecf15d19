using DistSeq2Seq.Bench.Corpora;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>A temporary folder with what the cases need, made when the first of them asks for it.</summary>
internal sealed class BenchFolder : IDisposable
{
    private const int Pairs = 5120;
    private const ulong Seed = 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-bench-");
    private readonly Lazy<string> _text, _reference, _captions;

    /// <param name="multi30K">Folder of Multi30k's train.en and train.fr; null for random words of the same lengths.</param>
    public BenchFolder(string? multi30K)
    {
        _text = new(() =>
        {
            const int words = ReferenceCase.Length - 1; // the end mark is the last position
            var folder = New("reference");
            SyntheticCorpus.Write(folder, [.. Enumerable.Repeat((words, words), Pairs)]);
            return folder;
        });
        _reference = new(() => SyntheticCorpus.Prepare(_text.Value));
        _captions = new(() =>
        {
            var folder = New("captions");
            if (multi30K is not null)
                return SyntheticCorpus.Prepare(folder, CorpusSource.Parallel(Path.Combine(multi30K, "train.en"),
                    Path.Combine(multi30K, "train.fr")), TokenizerFactory.Word);
            SyntheticCorpus.Write(folder, CaptionLengths.Draw(Pairs, Seed));
            return SyntheticCorpus.Prepare(folder);
        });
    }

    /// <summary>Folder of the reference case's text.</summary>
    public string Text => _text.Value;

    /// <summary>The reference case's prepared corpus.</summary>
    public string Reference => _reference.Value;

    /// <summary>A prepared corpus with Multi30k's lengths.</summary>
    public string Captions => _captions.Value;

    /// <summary>A folder in it.</summary>
    public string New(string name) => _folder.CreateSubdirectory(name).FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
