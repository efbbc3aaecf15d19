using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>Counts tokens; a token seen before costs no allocation.</summary>
internal sealed class TokenCounter
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public TokenCounter() => _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(TokenBuffer tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(_lookup, tokens[i], out _)++;
    }
}
