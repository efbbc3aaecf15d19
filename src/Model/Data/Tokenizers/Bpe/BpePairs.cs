using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>How often each pair of symbols occurs, in which words, and which pair is the best.</summary>
internal sealed class BpePairs
{
    private readonly BpeSymbols _symbols;
    private readonly Dictionary<ulong, int> _byKey = [];
    private readonly List<Pair> _pairs = [];
    private readonly PriorityQueue<int, Candidate> _queue;
    private readonly List<int> _grown = [];

    public BpePairs(BpeSymbols symbols)
    {
        _symbols = symbols;
        _queue = new PriorityQueue<int, Candidate>(Comparer<Candidate>.Create(Compare));
    }

    public (int Left, int Right) SymbolsOf(int pair) => (_pairs[pair].Left, _pairs[pair].Right);

    /// <summary>Changes a pair's count; with a gain, the word is noted as one that holds the pair.</summary>
    public void Change(int left, int right, long by, int word)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, BpeSymbols.Key(left, right), out var known);
        if (!known)
        {
            index = _pairs.Count;
            _pairs.Add(new Pair(left, right));
        }
        var pair = _pairs[index];
        pair.Count += by;
        if (by < 0)
            return;
        if (pair.Words.Count == 0 || pair.Words[^1] != word)
            pair.Words.Add(word);
        if (!pair.Grown)
        {
            pair.Grown = true;
            _grown.Add(index);
        }
    }

    /// <summary>Queues the pairs whose counts grew.</summary>
    public void EndStep()
    {
        foreach (var index in _grown)
        {
            var pair = _pairs[index];
            pair.Grown = false;
            if (pair.Count > 0)
                _queue.Enqueue(index, new Candidate(pair.Count, pair.Left, pair.Right));
        }
        _grown.Clear();
    }

    /// <summary>Takes the most frequent pair; null when none occurs often enough.</summary>
    public int? TakeBest(long minFrequency)
    {
        while (_queue.TryDequeue(out var index, out var candidate))
        {
            if (candidate.Count < minFrequency)
                return null;
            var count = _pairs[index].Count;
            if (count == candidate.Count)
                return index;
            // The count fell since this entry was queued. A pair whose count grew instead has a later entry, which came first.
            if (count > 0 && count < candidate.Count)
                _queue.Enqueue(index, candidate with { Count = count });
        }
        return null;
    }

    /// <summary>
    /// Returns the words that may hold a pair, and forgets them. Words that held the pair earlier can be among them, and a word can be
    /// there twice.
    /// </summary>
    public List<int> TakeWords(int pair)
    {
        var words = _pairs[pair].Words;
        _pairs[pair].Words = [];
        return words;
    }

    private int Compare(Candidate x, Candidate y)
    {
        if (x.Count != y.Count)
            return y.Count.CompareTo(x.Count);
        if (x.Left != y.Left)
            return CodePointOrder.Instance.Compare(_symbols[y.Left], _symbols[x.Left]);
        return x.Right == y.Right ? 0 : CodePointOrder.Instance.Compare(_symbols[y.Right], _symbols[x.Right]);
    }

    private readonly record struct Candidate(long Count, int Left, int Right);

    private sealed class Pair(int left, int right)
    {
        public int Left { get; } = left;

        public int Right { get; } = right;

        public long Count { get; set; }

        public List<int> Words { get; set; } = [];

        public bool Grown { get; set; }
    }
}
