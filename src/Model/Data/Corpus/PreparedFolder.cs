using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Vectors;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// A folder that <see cref="CorpusPreparer"/> made, opened for training: corpora, vocabularies and tokenizers.
/// </summary>
public sealed class PreparedFolder : IDisposable
{
    /// <summary>Name of the training split.</summary>
    public const string Train = "train";

    /// <summary>Name of the validation split.</summary>
    public const string Valid = "valid";

    /// <summary>Name of the test split.</summary>
    public const string Test = "test";

    /// <summary>File of the folder's description.</summary>
    public const string ManifestFile = "prepared.json";

    /// <summary>File of both tokenizers.</summary>
    public const string TokenizerFile = "tokenizer.json";

    /// <summary>File of the source vocabulary.</summary>
    public const string SourceVocabularyFile = "source.vocab";

    /// <summary>File of the target vocabulary.</summary>
    public const string TargetVocabularyFile = "target.vocab";

    /// <summary>File of the vectors that source embeddings start from, where there are any.</summary>
    public const string SourceVectorsFile = "source.vectors";

    /// <summary>File of the vectors that target embeddings start from, where there are any.</summary>
    public const string TargetVectorsFile = "target.vectors";

    private readonly Dictionary<string, PreparedCorpus> _corpora = [];

    private PreparedFolder(string path)
    {
        Path = path;
        Manifest = ReadManifest(path);
        SourceVocabulary = Vocabulary.Load(System.IO.Path.Combine(path, SourceVocabularyFile));
        TargetVocabulary = Vocabulary.Load(System.IO.Path.Combine(path, TargetVocabularyFile));
        (SourceTokenizer, TargetTokenizer) = TokenizerFactory.Load(System.IO.Path.Combine(path, TokenizerFile));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Its description.</summary>
    public PreparedManifest Manifest { get; }

    /// <summary>Hash of options and input content; the processes of a run compare it.</summary>
    public string Fingerprint => Manifest.Fingerprint;

    /// <summary>The source vocabulary.</summary>
    public Vocabulary SourceVocabulary { get; }

    /// <summary>The target vocabulary.</summary>
    public Vocabulary TargetVocabulary { get; }

    /// <summary>The tokenizer of source sentences.</summary>
    public ITokenizer SourceTokenizer { get; }

    /// <summary>The tokenizer of target sentences.</summary>
    public ITokenizer TargetTokenizer { get; }

    /// <summary>Reads the vectors that embeddings start from.</summary>
    /// <exception cref="DataException">A file is damaged.</exception>
    public PretrainedVectors ReadVectors() => new(
        Manifest.SourceVectors is null ? null : WordVectors.Load(System.IO.Path.Combine(Path, SourceVectorsFile)),
        Manifest.TargetVectors is null ? null : WordVectors.Load(System.IO.Path.Combine(Path, TargetVectorsFile)));

    /// <summary>The training corpus.</summary>
    public PreparedCorpus TrainCorpus => _corpora[Train];

    /// <summary>The validation corpus, if there is one.</summary>
    public PreparedCorpus? ValidCorpus => _corpora.GetValueOrDefault(Valid);

    /// <summary>The test corpus, if there is one.</summary>
    public PreparedCorpus? TestCorpus => _corpora.GetValueOrDefault(Test);

    /// <summary>Opens a folder and checks that its parts belong together.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="verifyContent">Whether to hash every file and compare; reads everything.</param>
    /// <exception cref="DataException">
    /// A file is missing, damaged, or not the one that <c>prepared.json</c> describes.
    /// </exception>
    public static PreparedFolder Open(string path, bool verifyContent = false)
    {
        var folder = new PreparedFolder(path);
        try
        {
            folder.OpenCorpora(verifyContent);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Name of a split's corpus file.</summary>
    public static string CorpusFile(string split) => $"{split}.corpus";

    /// <summary>
    /// Name of the file with a split's source sentences as they were read, one a line; not for the training split.
    /// </summary>
    public static string SourceTextFile(string split) => $"{split}.source.txt";

    /// <summary>
    /// Name of the file with a split's target sentences as they were read, one a line; not for the training split.
    /// </summary>
    public static string TargetTextFile(string split) => $"{split}.target.txt";

    /// <summary>
    /// The files that a model needs besides its parameters to translate text. Only files that are there are listed; files of merges are
    /// there only for sides with subword tokens.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <returns>File names.</returns>
    public static IReadOnlyList<string> TranslationFiles(string path) =>
    [
        SourceVocabularyFile, TargetVocabularyFile, TokenizerFile,
        .. new[] { TokenizerFactory.SourceCodesFile, TokenizerFactory.TargetCodesFile }
            .Where(name => File.Exists(System.IO.Path.Combine(path, name))),
    ];

    /// <summary>Unmaps the corpora.</summary>
    public void Dispose()
    {
        foreach (var corpus in _corpora.Values)
            corpus.Dispose();
    }

    internal static PreparedManifest ReadManifest(string path)
    {
        var manifest = DataJson.Read<PreparedManifest>(System.IO.Path.Combine(path, ManifestFile), "the description of a prepared folder");
        return manifest.Version == PreparedManifest.CurrentVersion
            ? manifest
            : throw new DataException($"{path}: prepared data of format {manifest.Version}, and this program reads format "
                + $"{PreparedManifest.CurrentVersion}; delete the folder and prepare the data again.");
    }

    private void OpenCorpora(bool verifyContent)
    {
        foreach (var file in Manifest.Files)
        {
            var name = System.IO.Path.Combine(Path, file.Name);
            if (InputFile.Size(name) != file.Bytes ||
                (verifyContent && InputFile.Hash(name, CancellationToken.None) != file.Sha256))
                throw new DataException($"{name}: is not the file that {ManifestFile} describes "
                    + $"({file.Bytes} bytes, SHA-256 {file.Sha256}); delete the folder and prepare the data again.");
        }
        foreach (var split in Manifest.Splits)
        {
            var corpus = PreparedCorpus.Open(System.IO.Path.Combine(Path, CorpusFile(split.Name)), verifyContent);
            _corpora.Add(split.Name, corpus);
            if (corpus.Digest != split.Digest || corpus.SourceVocabularySize != SourceVocabulary.Count ||
                corpus.TargetVocabularySize != TargetVocabulary.Count)
                throw new DataException($"{corpus.Path}: belongs to other vocabularies or another {ManifestFile} "
                    + $"(digest {corpus.Digest}, expected {split.Digest}); delete the folder and prepare the data again.");
        }
        if (!_corpora.ContainsKey(Train))
            throw new DataException($"{Path}: has no training corpus; delete the folder and prepare the data again.");
    }
}
