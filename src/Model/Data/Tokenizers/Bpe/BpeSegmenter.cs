using System.Collections.Concurrent;
using System.Text;
using DistSeq2Seq.Model.Data.Batching;

namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>
/// Cuts words into subwords (Sennrich, Haddow, Birch 2016). Of the pairs in a word, the one learned first is merged at all its places,
/// from the left; this repeats until no pair can be merged. Safe from several threads at once.
/// </summary>
public sealed class BpeSegmenter
{
    /// <summary>Longer words are not cached, because they hardly occur again.</summary>
    private const int LongestKept = 64;

    /// <summary>Largest number of cached words; they take some tens of megabytes.</summary>
    private const int MostKept = 1 << 18;

    private const int Unknown = -1;
    private const int Gone = -2;

    private readonly BpeSymbols _symbols = new();
    private readonly Dictionary<ulong, (int Rank, int Merged)> _merges = [];
    private readonly ConcurrentDictionary<string, int[]> _kept = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _keptLookup;
    private int _keptCount;

    /// <summary>Creates the segmenter of codes.</summary>
    public BpeSegmenter(BpeCodes codes)
    {
        Codes = codes;
        _keptLookup = _kept.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var rank = 0; rank < codes.Merges.Count; rank++)
        {
            var (left, right) = codes.Merges[rank];
            var merged = _symbols.Intern(left + right);
            _merges.TryAdd(BpeSymbols.Key(_symbols.Intern(left), _symbols.Intern(right)), (rank, merged));
        }
    }

    /// <summary>The merges.</summary>
    public BpeCodes Codes { get; }

    /// <summary>Where the subwords of a word end.</summary>
    /// <param name="word">The word, without end mark.</param>
    /// <returns>Ends in UTF-16 units, ascending; the last is the word's length. Empty for an empty word.</returns>
    public IReadOnlyList<int> Segment(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestKept)
            return Ends(Merge(word));
        if (_keptLookup.TryGetValue(word, out var ends))
            return ends;
        ends = Ends(Merge(word));
        if (_keptCount < MostKept && _kept.TryAdd(word.ToString(), ends))
            Interlocked.Increment(ref _keptCount);
        return ends;
    }

    /// <summary>
    /// As <see cref="Segment"/>, but before each merge every place is skipped with some probability (Provilkov, Emelianenko, Voita:
    /// BPE-Dropout, 2020, algorithm 1). Time grows with the square of the word's length.
    /// </summary>
    /// <param name="word">The word, without end mark.</param>
    /// <param name="dropout">Probability, 0 to 1; at 0 nothing is skipped, at 1 characters are left.</param>
    /// <param name="random">Decides; equal seeds give equal subwords.</param>
    public IReadOnlyList<int> SegmentWithDropout(ReadOnlySpan<char> word, double dropout, DeterministicRandom random)
    {
        if (!(dropout >= 0 && dropout <= 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A probability from 0 to 1 is needed.");
        var nodes = FirstNodes(word);
        while (TryPickKept(nodes, dropout, random, out var rank, out var places))
        {
            foreach (var place in places)
                Apply(nodes, place, rank);
            nodes.RemoveAll(n => n.Symbol == Gone);
            Link(nodes);
        }
        return Ends(nodes);
    }

    private bool TryPickKept(List<Node> nodes, double dropout, DeterministicRandom random, out int best, out List<int> places)
    {
        best = int.MaxValue;
        places = [];
        for (var i = 0; i + 1 < nodes.Count; i++)
        {
            if (!_merges.TryGetValue(BpeSymbols.Key(nodes[i].Symbol, nodes[i + 1].Symbol), out var merge))
                continue;
            // 53 random bits: a number from 0 to below 1.
            if ((random.Next() >> 11) * (1.0 / (1UL << 53)) < dropout || merge.Rank > best)
                continue;
            if (merge.Rank < best)
                places.Clear();
            best = merge.Rank;
            places.Add(i);
        }
        return places.Count > 0;
    }

    private List<Node> Merge(ReadOnlySpan<char> word)
    {
        var nodes = FirstNodes(word);
        var queue = new PriorityQueue<int, (int Rank, int Place)>();
        for (var i = 0; i < nodes.Count; i++)
            Offer(nodes, i, queue);
        var places = new List<int>();
        while (queue.TryPeek(out _, out var first))
        {
            // All places of one merge are merged before any pair that they create, even if that pair was learned earlier.
            places.Clear();
            while (queue.TryPeek(out var place, out var next) && next.Rank == first.Rank)
            {
                queue.Dequeue();
                if (Apply(nodes, place, first.Rank))
                    places.Add(place);
            }
            foreach (var place in places)
            {
                if (nodes[place].Before >= 0)
                    Offer(nodes, nodes[place].Before, queue);
                Offer(nodes, place, queue);
            }
        }
        nodes.RemoveAll(n => n.Symbol == Gone);
        return nodes;
    }

    private void Offer(List<Node> nodes, int place, PriorityQueue<int, (int Rank, int Place)> queue)
    {
        if (RankAt(nodes, place, out _) is var rank and >= 0)
            queue.Enqueue(place, (rank, place));
    }

    /// <summary>The rank of the pair that begins at a place; -1 for none.</summary>
    private int RankAt(List<Node> nodes, int place, out int merged)
    {
        var (symbol, after) = (nodes[place].Symbol, nodes[place].After);
        merged = Unknown;
        if (symbol < 0 || after >= nodes.Count || nodes[after].Symbol < 0 ||
            !_merges.TryGetValue(BpeSymbols.Key(symbol, nodes[after].Symbol), out var merge))
            return -1;
        merged = merge.Merged;
        return merge.Rank;
    }

    /// <summary>Merges at a place if the pair of that rank still stands there.</summary>
    private bool Apply(List<Node> nodes, int place, int rank)
    {
        if (RankAt(nodes, place, out var merged) != rank)
            return false;
        var gone = nodes[place].After;
        var after = nodes[gone].After;
        nodes[place] = nodes[place] with { Symbol = merged, End = nodes[gone].End, After = after };
        nodes[gone] = nodes[gone] with { Symbol = Gone };
        if (after < nodes.Count)
            nodes[after] = nodes[after] with { Before = place };
        return true;
    }

    private List<Node> FirstNodes(ReadOnlySpan<char> word)
    {
        var nodes = new List<Node>(word.Length);
        Span<char> last = stackalloc char[2 + BpeCodes.WordEnd.Length];
        for (var at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word[at..], out _, out var used);
            scoped var symbol = word.Slice(at, used);
            at += used;
            if (at == word.Length)
            {
                symbol.CopyTo(last);
                BpeCodes.WordEnd.CopyTo(last[used..]);
                symbol = last[..(used + BpeCodes.WordEnd.Length)];
            }
            nodes.Add(new Node(_symbols.Lookup.TryGetValue(symbol, out var id) ? id : Unknown, at, 0, 0));
        }
        Link(nodes);
        return nodes;
    }

    private static void Link(List<Node> nodes)
    {
        for (var i = 0; i < nodes.Count; i++)
            nodes[i] = nodes[i] with { Before = i - 1, After = i + 1 };
    }

    private static int[] Ends(List<Node> nodes) => [.. nodes.Select(n => n.End)];

    /// <param name="Symbol">Number of the symbol, <see cref="Unknown"/>, or <see cref="Gone"/> when merged.</param>
    /// <param name="End">Where its text ends in the word.</param>
    /// <param name="Before">Place of the symbol before it; -1 for none.</param>
    /// <param name="After">Place of the symbol after it; the number of nodes for none.</param>
    private readonly record struct Node(int Symbol, int End, int Before, int After);
}
