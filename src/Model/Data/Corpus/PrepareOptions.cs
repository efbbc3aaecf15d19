using System.Globalization;
using System.Text.Json.Serialization;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Vectors;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// Which corpus to prepare and how. The options and the content of the files decide every byte of the result.
/// </summary>
public sealed record PrepareOptions
{
    /// <summary>The training split.</summary>
    public required CorpusSource Train { get; init; }

    /// <summary>The validation split; none by default.</summary>
    public CorpusSource? Valid { get; init; }

    /// <summary>The test split; none by default.</summary>
    public CorpusSource? Test { get; init; }

    /// <summary>Vectors that source embeddings start from; none by default.</summary>
    public VectorSource? SourceVectors { get; init; }

    /// <summary>Vectors that target embeddings start from; none by default.</summary>
    public VectorSource? TargetVectors { get; init; }

    /// <summary>How source sentences are cut into tokens. Default: words, letter case kept.</summary>
    public TokenizerOptions SourceTokenizer { get; init; } = new();

    /// <summary>How target sentences are cut into tokens. Default: words, letter case kept.</summary>
    public TokenizerOptions TargetTokenizer { get; init; } = new();

    /// <summary>
    /// Most tokens of the source vocabulary, the four special ones included; 0 (default) for no limit.
    /// </summary>
    public int SourceVocabularySize { get; init; }

    /// <summary>
    /// Most tokens of the target vocabulary, the four special ones included; 0 (default) for no limit.
    /// </summary>
    public int TargetVocabularySize { get; init; }

    /// <summary>Tokens that occur less often in the training split become <c>&lt;unk&gt;</c>. Default: 1.</summary>
    public int MinCount { get; init; } = 1;

    /// <summary>One vocabulary for both sides, of at most the larger of the two sizes. Default: false.</summary>
    public bool SharedVocabulary { get; init; }

    /// <summary>Pairs with a source of more tokens are left out; 0 for no limit. Default: 100.</summary>
    public int MaxSourceLength { get; init; } = 100;

    /// <summary>Pairs with a target of more tokens are left out; 0 for no limit. Default: 100.</summary>
    public int MaxTargetLength { get; init; } = 100;

    /// <summary>
    /// Pairs whose longer side has more than this many times the shorter's tokens are left out; 0 (default) for no
    /// limit, otherwise at least 1.
    /// </summary>
    public double MaxLengthRatio { get; init; }

    /// <summary>Merges to learn for each side whose tokenizer uses merges. Default: 8000.</summary>
    public int BpeMerges { get; init; } = 8000;

    /// <summary>Whether both sides' merges are learned from both sides' words together. Default: false.</summary>
    public bool BpeJoint { get; init; }

    /// <summary>
    /// Whether the vocabularies hold every subword that dropping merges can lead to (<c>bpe_dropout</c>). Default: false.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // folders made without it keep their fingerprint
    public bool AllSubwords { get; init; }

    /// <summary>Whether merges are to be learned.</summary>
    internal bool LearnsBpe => TokenizerFactory.NeedsCodes(SourceTokenizer) || TokenizerFactory.NeedsCodes(TargetTokenizer);

    /// <summary>The splits given, by name: <c>train</c>, <c>valid</c>, <c>test</c>.</summary>
    internal IEnumerable<(string Name, CorpusSource Source)> Splits()
    {
        yield return (PreparedFolder.Train, Train);
        if (Valid is not null)
            yield return (PreparedFolder.Valid, Valid);
        if (Test is not null)
            yield return (PreparedFolder.Test, Test);
    }

    /// <summary>Every file that is read, with the split or the vectors that it belongs to.</summary>
    internal IEnumerable<(string Part, string Path)> InputFiles()
    {
        foreach (var (name, source) in Splits())
        {
            foreach (var file in source.Files())
                yield return (name, file);
        }

        if (SourceVectors is not null)
            yield return (PreparedFolder.SourceVectorsFile, SourceVectors.Path);
        if (TargetVectors is not null)
            yield return (PreparedFolder.TargetVectorsFile, TargetVectors.Path);
    }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="DataException">A number is out of its range.</exception>
    internal void Validate()
    {
        Require(nameof(MinCount), MinCount, 1);
        Require(nameof(MaxSourceLength), MaxSourceLength, 0);
        Require(nameof(MaxTargetLength), MaxTargetLength, 0);
        Require(nameof(SourceVocabularySize), SourceVocabularySize, 0);
        Require(nameof(TargetVocabularySize), TargetVocabularySize, 0);
        Require(nameof(BpeMerges), BpeMerges, 1);
        if (MaxLengthRatio != 0 && !(MaxLengthRatio >= 1 && double.IsFinite(MaxLengthRatio)))
            throw new DataException(
                $"preparing data: {nameof(MaxLengthRatio)} is {MaxLengthRatio.ToString(CultureInfo.InvariantCulture)}; "
                + "it must be 0, for no limit, or 1 or more.");
        if (BpeJoint && LearnsBpe && SourceTokenizer.Name != TargetTokenizer.Name)
            throw new DataException($"preparing data: {nameof(BpeJoint)} needs the same tokenizer on both sides; "
                + $"they are \"{SourceTokenizer.Name}\" and \"{TargetTokenizer.Name}\".");
    }

    private static void Require(string name, int value, int least)
    {
        if (value < least)
            throw new DataException($"preparing data: {name} is {value}; it must be {least} or more.");
    }
}
