namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>The words that merges are learned from, as symbols; they shrink in place.</summary>
internal sealed class BpeWords
{
    private readonly BpeSymbols _symbols;
    private readonly BpePairs _pairs;
    private readonly List<int> _all = [];
    private readonly List<Word> _words = [];

    /// <summary>Cuts the words into code points and counts their pairs.</summary>
    public BpeWords(BpeSymbols symbols, BpePairs pairs, IEnumerable<KeyValuePair<string, long>> words)
    {
        (_symbols, _pairs) = (symbols, pairs);
        foreach (var (text, count) in words)
        {
            if (text.Length == 0)
                continue;
            var start = _all.Count;
            foreach (var symbol in BpeLearner.FirstSymbols(text))
                _all.Add(symbols.Intern(symbol));
            for (var i = start + 1; i < _all.Count; i++)
                pairs.Change(_all[i - 1], _all[i], count, _words.Count);
            _words.Add(new Word(start, _all.Count - start, count));
        }
        pairs.EndStep();
    }

    /// <summary>Merges a pair wherever it stands, from the left, and keeps all counts exact.</summary>
    public void Merge(int left, int right, List<int> words)
    {
        var merged = _symbols.Intern(_symbols[left] + _symbols[right]);
        var all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_all);
        var entries = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_words);
        foreach (var index in words)
        {
            ref var word = ref entries[index];
            word.Length = MergeIn(all.Slice(word.Start, word.Length), left, right, merged, word.Count, index);
        }
    }

    // Of the sequence x [a b] y: (x a), (a b) and (b y) go, (x ab) and (ab y) come. Where y begins another occurrence,
    // what stands between the two is counted once, by the second.
    private int MergeIn(Span<int> word, int left, int right, int merged, long count, int index)
    {
        var (written, before) = (0, -1);
        for (var read = 0; read < word.Length;)
        {
            var symbol = word[read];
            if (symbol != left || read + 1 == word.Length || word[read + 1] != right)
            {
                before = symbol;
                word[written++] = symbol;
                read++;
                continue;
            }
            _pairs.Change(left, right, -count, index);
            if (written > 0)
            {
                _pairs.Change(before, left, -count, index);
                _pairs.Change(word[written - 1], merged, count, index);
            }
            var next = read + 2;
            if (next < word.Length && !(word[next] == left && next + 1 < word.Length && word[next + 1] == right))
            {
                _pairs.Change(right, word[next], -count, index);
                _pairs.Change(merged, word[next], count, index);
            }
            word[written++] = merged;
            before = right;
            read = next;
        }
        return written;
    }

    private record struct Word(int Start, int Length, long Count);
}
