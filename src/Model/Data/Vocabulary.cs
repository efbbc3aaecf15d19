using System.Text;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data;

/// <summary>
/// The tokens a model knows, numbered from 0. The first four are special: padding, the unknown token, sentence begin and sentence end.
/// Text never gives a special id other than that of the unknown token. Immutable.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>Id of <c>&lt;pad&gt;</c>, which fills short sentences of a batch and never counts.</summary>
    public const int Pad = 0;

    /// <summary>Id of <c>&lt;unk&gt;</c>, for every token that is not in the vocabulary.</summary>
    public const int Unknown = 1;

    /// <summary>Id of <c>&lt;s&gt;</c>, the decoder's first input.</summary>
    public const int Begin = 2;

    /// <summary>Id of <c>&lt;/s&gt;</c>, which ends source and target sentences.</summary>
    public const int End = 3;

    /// <summary>The number of special tokens, and so the first id of an ordinary one.</summary>
    public const int SpecialCount = 4;

    private static readonly string[] Specials = ["<pad>", "<unk>", "<s>", "</s>"];

    private readonly string[] _tokens;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;

    private Vocabulary(string[] tokens, Dictionary<string, int> ids)
    {
        _tokens = tokens;
        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Number of tokens, the special ones included.</summary>
    public int Count => _tokens.Length;

    /// <summary>All tokens in order of their ids.</summary>
    public IReadOnlyList<string> Tokens => _tokens;

    /// <summary>The token of an id.</summary>
    /// <param name="id">From 0 to <see cref="Count"/> - 1.</param>
    public string this[int id] => _tokens[id];

    /// <summary>
    /// Chooses the most frequent tokens; among equally frequent ones, the first in ordinal (UTF-16) order.
    /// </summary>
    /// <param name="counts">How often each token occurs.</param>
    /// <param name="maxSize">Most tokens to hold, the four special ones included; 0 for no limit.</param>
    /// <param name="minCount">Tokens that occur less often are left out.</param>
    /// <exception cref="DataException"><paramref name="maxSize"/> leaves no room for any token.</exception>
    public static Vocabulary Build(IEnumerable<KeyValuePair<string, long>> counts, int maxSize, long minCount)
    {
        if (maxSize is not 0 and <= SpecialCount)
            throw new DataException($"A vocabulary of {maxSize} tokens holds no words: {SpecialCount} are special; "
                + $"give at least {SpecialCount + 1}, or 0 for no limit.");
        var chosen = counts
            .Where(c => c.Value >= minCount && !Specials.Contains(c.Key))
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .Take(maxSize == 0 ? int.MaxValue : maxSize - SpecialCount)
            .Select(c => c.Key);
        return Create([.. Specials, .. chosen], "the token counts");
    }

    /// <summary>Reads a vocabulary file.</summary>
    /// <exception cref="DataException">
    /// It is missing, not UTF-8, lacks the special tokens, or holds an empty or repeated token.
    /// </exception>
    public static Vocabulary Load(string path)
    {
        using var lines = new Utf8LineReader(path);
        var tokens = new List<string>();
        while (lines.ReadLine() is { } token)
            tokens.Add(token);
        for (var i = 0; i < SpecialCount; i++)
            if (i >= tokens.Count || tokens[i] != Specials[i])
                throw new DataException($"{path}: line {i + 1}: a vocabulary begins with the lines {string.Join(" ", Specials)}, "
                    + $"and {(i < tokens.Count ? $"\"{tokens[i]}\" stands here" : "the file ends here")}.");
        return Create(tokens, path);
    }

    /// <summary>Writes the vocabulary as UTF-8 text, one token a line in order of ids, atomically.</summary>
    public void Save(string path)
    {
        var text = new StringBuilder();
        foreach (var token in _tokens)
            text.Append(token).Append('\n');
        DurableFile.WriteText(path, text.ToString());
    }

    /// <summary>
    /// The id of a token of text; <see cref="Unknown"/> when it is not in the vocabulary, or is the name of a special one.
    /// </summary>
    public int Lookup(ReadOnlySpan<char> token) => _ids.TryGetValue(token, out var id) ? id : Unknown;

    private static Vocabulary Create(List<string> tokens, string where)
    {
        // Only ordinary tokens can be looked up, so text that spells "</s>" cannot end a sentence.
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = SpecialCount; id < tokens.Count; id++)
        {
            if (tokens[id].Length == 0 || Specials.Contains(tokens[id]))
                throw new DataException($"{where}: line {id + 1}: "
                    + $"{(tokens[id].Length == 0 ? "an empty line" : $"\"{tokens[id]}\" again")}; "
                    + "one ordinary token is needed on each line after the special ones.");
            if (!ids.TryAdd(tokens[id], id))
                throw new DataException($"{where}: line {id + 1}: the token \"{tokens[id]}\" stands on line "
                    + $"{ids[tokens[id]] + 1} too; each may occur once.");
        }
        return new Vocabulary([.. tokens], ids);
    }
}
