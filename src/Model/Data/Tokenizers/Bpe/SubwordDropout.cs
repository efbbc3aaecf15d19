using DistSeq2Seq.Model.Data.Batching;

namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>
/// BPE-dropout (Provilkov, Emelianenko, Voita 2020) on sentences of ids: the subwords of each word are joined and cut again with merges
/// left out at random. Words with an unknown token, and those that would get one, stay as they are. For one thread.
/// </summary>
public sealed class SubwordDropout
{
    private readonly BpeTokenizer _tokenizer;
    private readonly Vocabulary _vocabulary;
    private readonly double _dropout;
    private readonly TokenBuffer _tokens = new();
    private readonly List<int> _result = [];
    private char[] _word = [];

    /// <param name="tokenizer">The tokenizer that made the tokens.</param>
    /// <param name="vocabulary">The vocabulary of the ids.</param>
    /// <param name="dropout">Probability that a merge is skipped, 0 to 1.</param>
    public SubwordDropout(BpeTokenizer tokenizer, Vocabulary vocabulary, double dropout) =>
        (_tokenizer, _vocabulary, _dropout) = (tokenizer, vocabulary, dropout);

    /// <summary>Cuts a sentence anew.</summary>
    /// <param name="ids">Without special tokens at begin and end.</param>
    /// <param name="seed">Equal seeds give equal subwords.</param>
    public int[] Apply(ReadOnlySpan<int> ids, ulong seed)
    {
        var random = new DeterministicRandom(seed);
        _result.Clear();
        for (var (start, end) = (0, 0); start < ids.Length; start = end)
        {
            end = EndOfWord(ids, start);
            AddWord(ids[start..end], random);
        }

        return [.. _result];
    }

    private int EndOfWord(ReadOnlySpan<int> ids, int start)
    {
        var end = start + 1;
        while (end < ids.Length && !_tokenizer.IsWordEnd(_vocabulary[ids[end - 1]], _vocabulary[ids[end]]))
            end++;
        return end;
    }

    private void AddWord(ReadOnlySpan<int> ids, DeterministicRandom random)
    {
        var length = 0;
        foreach (var id in ids)
        {
            if (id < Vocabulary.SpecialCount)
            {
                _result.AddRange(ids);
                return;
            }

            var text = _tokenizer.TextOf(_vocabulary[id]);
            if (_word.Length < length + text.Length)
                Array.Resize(ref _word, Math.Max(2 * _word.Length, length + text.Length));
            text.CopyTo(_word.AsSpan(length));
            length += text.Length;
        }

        _tokenizer.CutWordWithDropout(_word.AsSpan(0, length), _tokens, _dropout, random);
        var first = _result.Count;
        for (var i = 0; i < _tokens.Count; i++)
        {
            var id = _vocabulary.Lookup(_tokens[i]);
            if (id == Vocabulary.Unknown)
            {
                _result.RemoveRange(first, _result.Count - first);
                _result.AddRange(ids);
                return;
            }

            _result.Add(id);
        }
    }
}
