namespace DistSeq2Seq.Configuration;

/// <summary>Form of the text files.</summary>
public enum DataFormat
{
    /// <summary>Two files, line i of one is the translation of line i of the other.</summary>
    Parallel,

    /// <summary>One file, source TAB target, no header.</summary>
    Tsv,

    /// <summary>One file with a header line; fields may be quoted (RFC 4180).</summary>
    Csv,

    /// <summary>No files: the English-French corpus that the project generates from its own grammar.</summary>
    Quickstart,
}

/// <summary>Unicode normal form that text is brought to.</summary>
public enum UnicodeForm
{
    /// <summary>Text stays as it is.</summary>
    None,

    /// <summary>Canonical composition.</summary>
    Nfc,

    /// <summary>Compatibility composition.</summary>
    Nfkc,
}

/// <summary>Where the text comes from and how it becomes tokens.</summary>
public sealed record DataConfiguration
{
    /// <summary>Form of the text.</summary>
    [Setting("parallel (two files), tsv (source TAB target), csv (with a header) or quickstart (generated, no files). Plain or "
        + ".gz, UTF-8.")]
    public DataFormat Format { get; init; } = DataFormat.Parallel;

    /// <summary>Folder that relative file names start from.</summary>
    [Setting("Folder that the file names below start from. Empty: the current folder.", MayChangeOnResume = true)]
    public string Folder { get; init; } = "";

    /// <summary>Training split.</summary>
    [Setting("Training text.")]
    public SplitConfiguration Train { get; init; } = new();

    /// <summary>Validation split.</summary>
    [Setting("Validation text; its loss is computed while training.")]
    public SplitConfiguration Valid { get; init; } = new();

    /// <summary>Test split.</summary>
    [Setting("Test text, translated and scored at the end. Empty: none.")]
    public SplitConfiguration Test { get; init; } = new();

    /// <summary>Name of the source column of a CSV file.</summary>
    [Setting("format csv: name of the source column.")]
    public string SourceColumn { get; init; } = "";

    /// <summary>Name of the target column of a CSV file.</summary>
    [Setting("format csv: name of the target column.")]
    public string TargetColumn { get; init; } = "";

    /// <summary>Number of generated pairs.</summary>
    [Setting("format quickstart: pairs to generate.", Min = 2000, Max = 200000)]
    public int QuickstartPairs { get; init; } = 20000;

    /// <summary>How sentences become tokens.</summary>
    [Setting("word (splits punctuation from words), none (splits at white space only), character, bpe (subwords of words, learned from the "
        + "training text) or bpe_raw (subwords of the text as it stands, for languages without spaces too).")]
    public string Tokenizer { get; init; } = "word";

    /// <summary>Number of merges.</summary>
    [Setting("tokenizer bpe or bpe_raw: merges to learn for each side; about as many subwords come out.", Min = 1, Max = 1000000)]
    public int BpeMerges { get; init; } = 8000;

    /// <summary>Whether both sides share their merges.</summary>
    [Setting("tokenizer bpe or bpe_raw: learn one list of merges from both sides together, for languages that share words and letters.")]
    public bool BpeJoint { get; init; }

    /// <summary>Probability of leaving out a merge while training.</summary>
    [Setting("tokenizer bpe or bpe_raw: while training, each merge is left out with this probability, so that words come in other subwords "
        + "every epoch (BPE-dropout, Provilkov et al. 2020, who take 0.1). Batches are planned, and gradients divided, by the tokens "
        + "without it. 0: none.", Min = 0, Max = 0.99)]
    public double BpeDropout { get; init; }

    /// <summary>Normal form of the text.</summary>
    [Setting("Unicode normal form that text is brought to before anything else: none (as it is), nfc (one form for equal characters) or "
        + "nfkc (also plain forms for ligatures, full-width letters and the like).")]
    public UnicodeForm Normalization { get; init; } = UnicodeForm.None;

    /// <summary>Whether text is lower-cased first.</summary>
    [Setting("Lower-case all text first.")]
    public bool Lowercase { get; init; }

    /// <summary>Largest source vocabulary.</summary>
    [Setting("Largest source vocabulary, the four special tokens included; the most frequent tokens are kept.", Min = 5, Max = 10000000)]
    public int SourceVocabularySize { get; init; } = 50000;

    /// <summary>Largest target vocabulary.</summary>
    [Setting("Largest target vocabulary, the four special tokens included; the most frequent tokens are kept.", Min = 5, Max = 10000000)]
    public int TargetVocabularySize { get; init; } = 50000;

    /// <summary>Whether both sides share one vocabulary.</summary>
    [Setting("One vocabulary for both sides, of at most the larger of the two sizes; best with bpe_joint.")]
    public bool SharedVocabulary { get; init; }

    /// <summary>File of pretrained source vectors.</summary>
    [Setting("Text file of word vectors (word2vec or GloVe, plain or .gz) that the source embeddings start from; as wide as "
        + "model.embedding_size. Words that it lacks start as other weights. Empty: none.")]
    public string SourceVectors { get; init; } = "";

    /// <summary>File of pretrained target vectors.</summary>
    [Setting("As source_vectors, for the target embeddings.")]
    public string TargetVectors { get; init; } = "";

    /// <summary>Rarest token kept.</summary>
    [Setting("Tokens seen fewer times than this in the training text become <unk>.", Min = 1, Max = 1000000)]
    public int MinCount { get; init; } = 1;

    /// <summary>Longest source sentence kept.</summary>
    [Setting("Training pairs with more source tokens than this are dropped (and counted).", Min = 1, Max = 10000)]
    public int MaxSourceLength { get; init; } = 100;

    /// <summary>Longest target sentence kept.</summary>
    [Setting("Training pairs with more target tokens than this are dropped (and counted).", Min = 1, Max = 10000)]
    public int MaxTargetLength { get; init; } = 100;

    /// <summary>Largest ratio of the sides' lengths.</summary>
    [Setting("Pairs whose longer side has more than this many times the tokens of the shorter are dropped (and counted). 0: no limit; "
        + "otherwise at least 1.", Min = 0, Max = 10000)]
    public double MaxLengthRatio { get; init; }
}

/// <summary>The files of one split.</summary>
public sealed record SplitConfiguration
{
    /// <summary>Source file.</summary>
    [Setting("format parallel: source file. Several corpora: one file each, separated by commas (or as a YAML list).")]
    public string Source { get; init; } = "";

    /// <summary>Target file.</summary>
    [Setting("format parallel: target file, or as many as there are source files.")]
    public string Target { get; init; } = "";

    /// <summary>The file that holds both sides.</summary>
    [Setting("format tsv or csv: the file. Several corpora: one file each, separated by commas (or as a YAML list).")]
    public string Path { get; init; } = "";

    /// <summary>Tags of the corpora's target languages.</summary>
    [Setting("Name of the target language, for each corpus: every source begins with it, as <2fr> for fr, so that one model serves several "
        + "languages; `translate --to fr` asks for one. Empty: none.")]
    public string Tag { get; init; } = "";

    /// <summary>Weights of the corpora.</summary>
    [Setting("Training only: how often each pair is there, for each corpus: 2 is twice, 0.5 every other pair. Every copy is used exactly "
        + "once an epoch. Empty: 1 each.")]
    public string Weight { get; init; } = "";

    /// <summary>Whether no file is named.</summary>
    internal bool IsEmpty => Source.Length == 0 && Target.Length == 0 && Path.Length == 0;
}
