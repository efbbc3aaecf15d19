namespace DistSeq2Seq.Quickstart;

/// <summary>Finds the sentences that hold no rare word.</summary>
/// <param name="threshold">A word is rare when the remaining sentences hold it fewer times than this.</param>
internal sealed class RareWords(int threshold)
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly List<int[]> _sentences = [];

    /// <summary>Adds the words of the next sentence.</summary>
    public void Add(IEnumerable<string> words)
    {
        var sentence = new List<int>();
        foreach (var word in words)
        {
            if (!_names.TryGetValue(word, out var name))
                _names.Add(word, name = _names.Count);
            sentence.Add(name);
        }
        _sentences.Add([.. sentence]);
    }

    /// <summary>
    /// The positions, in order, of the sentences without rare words. Dropping one can make its other words rare, so this repeats.
    /// </summary>
    public List<int> SentencesWithout()
    {
        var kept = Enumerable.Range(0, _sentences.Count).ToList();
        while (true)
        {
            var counts = new int[_names.Count];
            foreach (var index in kept)
            {
                foreach (var word in _sentences[index])
                    counts[word]++;
            }
            if (kept.RemoveAll(index => Array.Exists(_sentences[index], word => counts[word] < threshold)) == 0)
                return kept;
        }
    }
}
