namespace DistSeq2Seq.Model.Data;

/// <summary>Makes tokenizers by name, and writes and reads their description, <c>tokenizer.json</c>.</summary>
public static class TokenizerFactory
{
    /// <summary>Words and punctuation, <see cref="WordTokenizer"/>.</summary>
    public const string Word = "word";

    /// <summary>White space only, <see cref="WhitespaceTokenizer"/>: for text that is tokenized already.</summary>
    public const string None = "none";

    /// <summary>The names known.</summary>
    public static IReadOnlyList<string> Names { get; } = [Word, None];

    /// <summary>Makes a tokenizer.</summary>
    /// <exception cref="DataException">No tokenizer has that name.</exception>
    public static ITokenizer Create(TokenizerOptions options) => options.Name switch
    {
        Word => new WordTokenizer(options.Lowercase),
        None => new WhitespaceTokenizer(options.Lowercase),
        _ => throw new DataException($"No tokenizer \"{options.Name}\"; there are {string.Join(", ", Names)}."),
    };

    /// <summary>Writes the tokenizers of both sides to one file, atomically.</summary>
    /// <param name="path">The file, usually <c>tokenizer.json</c>.</param>
    /// <param name="source">Tokenizer of source sentences.</param>
    /// <param name="target">Tokenizer of target sentences.</param>
    public static void Save(string path, ITokenizer source, ITokenizer target) =>
        DurableFile.WriteText(path, DataJson.Write(new Sides(source.Options, target.Options)));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataException">
    /// The file is missing, is no such description, or names an unknown tokenizer.
    /// </exception>
    public static (ITokenizer Source, ITokenizer Target) Load(string path)
    {
        var sides = DataJson.Read<Sides>(path, "a tokenizer description");
        if (sides.Source is null || sides.Target is null)
            throw new DataException($"{path}: not a tokenizer description: \"source\" and \"target\" are needed.");
        return (Create(sides.Source), Create(sides.Target));
    }

    private sealed record Sides(TokenizerOptions Source, TokenizerOptions Target);
}
