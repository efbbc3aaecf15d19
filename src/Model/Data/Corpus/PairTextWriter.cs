using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// Keeps all sentences of a validation or test split as they were read. Pairs that the corpus leaves out are kept too, because a score is
/// over the whole set.
/// </summary>
internal sealed class PairTextWriter : IDisposable
{
    private readonly FileStream _sourceFile;
    private readonly FileStream _targetFile;
    private readonly StreamWriter _source;
    private readonly StreamWriter _target;

    public PairTextWriter(string folder, string split)
    {
        _sourceFile = File.Create(Path.Combine(folder, PreparedFolder.SourceTextFile(split)));
        _targetFile = File.Create(Path.Combine(folder, PreparedFolder.TargetTextFile(split)));
        _source = new StreamWriter(_sourceFile, DurableFile.Utf8) { NewLine = "\n" };
        _target = new StreamWriter(_targetFile, DurableFile.Utf8) { NewLine = "\n" };
    }

    public void Add(SentencePair pair)
    {
        _source.WriteLine(pair.Source);
        _target.WriteLine(pair.Target);
    }

    /// <summary>Flushes both files to the device.</summary>
    public void Complete()
    {
        _source.Flush();
        _sourceFile.Flush(flushToDisk: true);
        _target.Flush();
        _targetFile.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }
}
