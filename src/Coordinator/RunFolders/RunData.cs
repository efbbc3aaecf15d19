using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Normalization;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Vectors;
using DistSeq2Seq.Quickstart;

namespace DistSeq2Seq.Coordinator.RunFolders;

/// <summary>Prepares the corpus of a run from the configuration's <c>data</c> section.</summary>
public static class RunData
{
    /// <summary>Prepares the corpus, unless that is done already, and opens it.</summary>
    /// <param name="configuration">Configuration of the run.</param>
    /// <param name="folder">Folder of the prepared corpus.</param>
    /// <param name="progress">Receives reports during the preparation.</param>
    /// <exception cref="DataException">The text files do not fit the configuration.</exception>
    public static PreparedFolder Prepare(RunConfiguration configuration, string folder, IProgress<PrepareProgress>? progress = null)
    {
        CorpusPreparer.Prepare(Options(configuration), folder, progress);
        return PreparedFolder.Open(folder);
    }

    /// <summary>Converts the configuration to options of the preparation. It writes files only where the corpus is generated.</summary>
    public static PrepareOptions Options(RunConfiguration configuration)
    {
        var data = configuration.Data;
        var tokenizer = new TokenizerOptions
        {
            Name = data.Tokenizer,
            Lowercase = data.Lowercase,
            Normalization = Form(data.Normalization),
        };
        if (data.Format == DataFormat.Quickstart)
            QuickstartCorpus.Write(QuickstartFolder(configuration), configuration.Seed, data.QuickstartPairs);
        return new PrepareOptions
        {
            Train = Split(configuration, data.Train, PreparedFolder.Train)!,
            Valid = Split(configuration, data.Valid, PreparedFolder.Valid),
            Test = Split(configuration, data.Test, PreparedFolder.Test),
            SourceVectors = Vectors(configuration, data.SourceVectors),
            TargetVectors = Vectors(configuration, data.TargetVectors),
            SourceTokenizer = tokenizer,
            TargetTokenizer = tokenizer,
            SourceVocabularySize = data.SourceVocabularySize,
            TargetVocabularySize = data.TargetVocabularySize,
            SharedVocabulary = data.SharedVocabulary,
            MinCount = data.MinCount,
            MaxSourceLength = data.MaxSourceLength,
            MaxTargetLength = data.MaxTargetLength,
            MaxLengthRatio = data.MaxLengthRatio,
            BpeMerges = data.BpeMerges,
            BpeJoint = data.BpeJoint,
            AllSubwords = data.BpeDropout > 0,
        };
    }

    private static VectorSource? Vectors(RunConfiguration configuration, string file) =>
        file.Length == 0 ? null : new VectorSource(Path.Combine(configuration.Data.Folder, file), configuration.Model.EmbeddingSize);

    private static TextNormalization Form(UnicodeForm form) => form switch
    {
        UnicodeForm.Nfc => TextNormalization.Nfc,
        UnicodeForm.Nfkc => TextNormalization.Nfkc,
        _ => TextNormalization.None,
    };

    private static string QuickstartFolder(RunConfiguration configuration) => Path.Combine(configuration.Run, "corpus");

    private static CorpusSource? Split(RunConfiguration configuration, SplitConfiguration files, string name)
    {
        var data = configuration.Data;
        string At(string path) => Path.Combine(data.Folder, path);
        if (data.Format == DataFormat.Quickstart || files is { Source.Length: 0, Path.Length: 0 })
            return One(new CorpusPart("", "", "", "", 1));
        CorpusSource[] parts =
            [.. SplitCorpora.Of(files, "data." + name).Select(part => One(part)! with { Tag = part.Tag, Weight = part.Weight })];
        return CorpusSource.Mixed(parts);

        CorpusSource? One(CorpusPart files) => data.Format switch
        {
            DataFormat.Quickstart => CorpusSource.Parallel(
                Path.Combine(QuickstartFolder(configuration), name + ".en"), Path.Combine(QuickstartFolder(configuration), name + ".fr")),
            DataFormat.Parallel => files.Source.Length == 0 ? null : CorpusSource.Parallel(At(files.Source), At(files.Target)),
            DataFormat.Tsv => files.Path.Length == 0 ? null : CorpusSource.Tsv(At(files.Path)),
            _ => files.Path.Length == 0 ? null : CorpusSource.Csv(At(files.Path), data.SourceColumn, data.TargetColumn),
        };
    }
}
