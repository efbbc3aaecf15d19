using DistSeq2Seq.Model.Data.Normalization;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// Makes tokenizers by name, and writes and reads their description, <c>tokenizer.json</c>, with the codes files that
/// stand beside it.
/// </summary>
public static class TokenizerFactory
{
    /// <summary>Words and punctuation, <see cref="WordTokenizer"/>.</summary>
    public const string Word = "word";

    /// <summary>White space only, <see cref="WhitespaceTokenizer"/>: for text that is tokenized already.</summary>
    public const string None = "none";

    /// <summary>Characters, <see cref="CharacterTokenizer"/>.</summary>
    public const string Character = "character";

    /// <summary>Subwords of words, <see cref="BpeTokenizer"/>.</summary>
    public const string Bpe = "bpe";

    /// <summary>Subwords of text as it stands, <see cref="BpeTokenizer"/>.</summary>
    public const string BpeRaw = "bpe_raw";

    /// <summary>The merges of the source side; beside <c>tokenizer.json</c>, when that side has subwords.</summary>
    public const string SourceCodesFile = "source.codes";

    /// <summary>The merges of the target side.</summary>
    public const string TargetCodesFile = "target.codes";

    /// <summary>The names known.</summary>
    public static IReadOnlyList<string> Names { get; } = [Word, None, Character, Bpe, BpeRaw];

    /// <summary>Whether a tokenizer needs merges, which are learned from text.</summary>
    public static bool NeedsCodes(TokenizerOptions options) => options.Name is Bpe or BpeRaw;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="options">Which.</param>
    /// <param name="codes">The merges, where <see cref="NeedsCodes"/> says so; otherwise ignored.</param>
    /// <exception cref="DataException">No tokenizer has that name, or it needs merges and got none.</exception>
    public static ITokenizer Create(TokenizerOptions options, BpeCodes? codes = null)
    {
        if (!NeedsCodes(options))
            return CreateWordsOf(options);
        return codes is null
            ? throw new DataException($"the tokenizer \"{options.Name}\" needs merges; learn them with prepare, or read a codes file.")
            : new BpeTokenizer(options, codes);
    }

    /// <summary>
    /// The tokenizer that gives whole words: those that merges are learned from, where there are merges.
    /// </summary>
    /// <exception cref="DataException">No tokenizer has that name.</exception>
    public static ITokenizer CreateWordsOf(TokenizerOptions options)
    {
        ITokenizer tokenizer = options.Name switch
        {
            Word or Bpe => new WordTokenizer(options.Lowercase),
            None => new WhitespaceTokenizer(options.Lowercase),
            Character => new CharacterTokenizer(options.Lowercase),
            BpeRaw => new ChunkTokenizer(options),
            _ => throw new DataException($"there is no tokenizer \"{options.Name}\"; the tokenizers are {string.Join(", ", Names)}."),
        };
        return options.Normalization == TextNormalization.None ? tokenizer : new NormalizingTokenizer(tokenizer, options);
    }

    /// <summary>
    /// Writes the tokenizers of both sides to one file, atomically, and the merges of each side that has some beside
    /// it.
    /// </summary>
    /// <param name="path">The file, usually <c>tokenizer.json</c>.</param>
    /// <param name="source">Tokenizer of source sentences.</param>
    /// <param name="target">Tokenizer of target sentences.</param>
    /// <returns>The names of the codes files written.</returns>
    public static IReadOnlyList<string> Save(string path, ITokenizer source, ITokenizer target)
    {
        var names = new List<string>();
        foreach (var (tokenizer, name) in new[] { (source, SourceCodesFile), (target, TargetCodesFile) })
        {
            if (tokenizer is not BpeTokenizer bpe)
                continue;
            bpe.Codes.Save(Beside(path, name));
            names.Add(name);
        }
        DurableFile.WriteText(path, DataJson.Write(new Sides(source.Options, target.Options)));
        return names;
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataException">
    /// The file is missing, is not a tokenizer description, or names an unknown tokenizer; or a codes file is missing or invalid.
    /// </exception>
    public static (ITokenizer Source, ITokenizer Target) Load(string path)
    {
        var sides = DataJson.Read<Sides>(path, "a tokenizer description");
        if (sides.Source is null || sides.Target is null)
            throw new DataException($"{path}: not a tokenizer description: \"source\" and \"target\" are needed.");
        return (Load(sides.Source, Beside(path, SourceCodesFile)), Load(sides.Target, Beside(path, TargetCodesFile)));
    }

    private static ITokenizer Load(TokenizerOptions options, string codes) =>
        Create(options, NeedsCodes(options) ? BpeCodes.Load(codes) : null);

    private static string Beside(string path, string name) => Path.Combine(Path.GetDirectoryName(path) ?? "", name);

    private sealed record Sides(TokenizerOptions Source, TokenizerOptions Target);
}
