using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class BpeTests : IDisposable
{
    /// <summary>
    /// Few letters, so that words repeat themselves; among them one beyond U+FFFF and one after the surrogates.
    /// </summary>
    private static readonly string[] Letters = ["a", "b", "c", "a", "b", "\U0001F600", "\uFF21"];

    private static readonly Gen<string> Word =
        from length in Gen.Choose(1, 12)
        from letters in Gen.Elements(Letters).ListOf(length)
        select string.Concat(letters);

    private static readonly Gen<Dictionary<string, long>> Words =
        from size in Gen.Choose(0, 25)
        from words in Word.ListOf(size)
        from counts in Gen.Choose(1, 4).ListOf(size)
        select words.Zip(counts).GroupBy(p => p.First).ToDictionary(g => g.Key, g => g.Sum(p => (long)p.Second));

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learn_RandomWords_EqualsTheTextbook() =>
        Prop.ForAll(Words.ToArbitrary(), Gen.Choose(1, 3).ToArbitrary(), (words, minFrequency) =>
            BpeLearner.Learn(words, 60, minFrequency).Merges.SequenceEqual(NaiveBpe.Learn(words, 60, minFrequency)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Segment_RandomCodesAndWords_EqualsTheTextbook() =>
        Prop.ForAll(Words.ToArbitrary(), Word.ListOf().ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (words, others, seed) =>
        {
            // Shuffled, so that a merge may stand before those that make its symbols.
            var merges = BpeLearner.Learn(words, 60, 1).Merges.ToArray();
            var order = Enumerable.Range(0, merges.Length).ToArray();
            if (seed % 2 == 1)
                new DeterministicRandom((ulong)seed).Shuffle(order);
            var codes = new BpeCodes([.. order.Select(i => merges[i])]);
            var segmenter = new BpeSegmenter(codes);
            return others.Concat(words.Keys).All(w => Pieces(w, segmenter.Segment(w)).SequenceEqual(NaiveBpe.Apply(w, codes.Merges)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Segment_VeryLongWord_EqualsTheTextbook()
    {
        var codes = BpeLearner.Learn(new Dictionary<string, long> { ["abcabcab"] = 5, ["bcab"] = 3, ["aab"] = 4 }, 20);
        var word = string.Concat(Enumerable.Range(0, 300).Select(i => "abcaab"[i % 6]));

        Assert.Equal(NaiveBpe.Apply(word, codes.Merges), Pieces(word, new BpeSegmenter(codes).Segment(word)));
    }

    [Fact]
    public void SegmentWithDropout_AtItsEnds_IsPlainSegmentationAndCharacters() =>
        Prop.ForAll(Words.ToArbitrary(), words =>
        {
            var segmenter = new BpeSegmenter(BpeLearner.Learn(words, 60, 1));
            return words.Keys.All(w =>
                segmenter.SegmentWithDropout(w, 0, new DeterministicRandom(1)).SequenceEqual(segmenter.Segment(w)) &&
                segmenter.SegmentWithDropout(w, 1, new DeterministicRandom(1)).Count == w.EnumerateRunes().Count());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SegmentWithDropout_OneSeed_IsRepeatable_ManySeeds_Differ()
    {
        var segmenter = new BpeSegmenter(BpeLearner.Learn(new Dictionary<string, long> { ["international"] = 9 }, 50));
        string Cut(ulong seed) => string.Join(' ', segmenter.SegmentWithDropout("international", 0.3, new DeterministicRandom(seed)));
        var cuts = Enumerable.Range(0, 50).Select(i => Cut((ulong)i)).ToList();

        Assert.Equal(cuts, Enumerable.Range(0, 50).Select(i => Cut((ulong)i)));
        Assert.InRange(cuts.Distinct().Count(), 5, 50);
        Assert.Throws<ArgumentOutOfRangeException>(() => segmenter.SegmentWithDropout("a", 1.5, new DeterministicRandom(1)));
    }

    /// <summary>The paper's example with subword-nmt's ends of words and ties, merged by hand.</summary>
    [Fact]
    public void Save_PaperExample_IsTheFileOfSubwordNmt()
    {
        var words = new Dictionary<string, long> { ["low"] = 5, ["lower"] = 2, ["newest"] = 6, ["widest"] = 3 };

        BpeLearner.Learn(words, 10).Save(_folder["codes"]);

        // es and st</w> occur 9 times each: the greatest pair, "s t</w>", comes first.
        Assert.Equal(
            "#version: 0.2\ns t</w>\ne st</w>\nl o\nw est</w>\nn e\nne west</w>\nlo w</w>\nw i\nwi d\nwid est</w>\n",
            File.ReadAllText(_folder["codes"]));
        Assert.Equal(File.ReadLines(_folder["codes"]).Skip(1), BpeCodes.Load(_folder["codes"]).Merges.Select(m => $"{m.Left} {m.Right}"));
    }

    [Theory]
    [InlineData("", "line 1: a codes file begins with \"#version: 0.2\", and this one is empty")]
    [InlineData("a b\n", "line 1: a codes file begins with \"#version: 0.2\", and \"a b\" stands here")]
    [InlineData("#version: 0.2 byte\n", "and \"#version: 0.2 byte\" stands here")]
    [InlineData("#version: 0.2\na b\nabc\n", "line 3: \"abc\" is not a merge")]
    [InlineData("#version: 0.2\na b c\n", "line 2: \"a b c\" is not a merge")]
    [InlineData("#version: 0.2\n\na b\n", "line 2: \"\" is not a merge")]
    public void Load_NoCodes_NamesFileAndLine(string text, string expected)
    {
        var error = Assert.Throws<DataException>(() => BpeCodes.Load(_folder.Write("codes", text)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["codes"], error.Message, StringComparison.Ordinal);
    }

    private static List<string> Pieces(string word, IReadOnlyList<int> ends) =>
        [.. ends.Select((end, i) => word[(i == 0 ? 0 : ends[i - 1])..end])];
}
