using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class MixedCorporaTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "a0 a1 a2 a3")]
    [InlineData(2, "a0 a0 a1 a1 a2 a2 a3 a3")]
    [InlineData(0.5, "a1 a3")]
    [InlineData(1.5, "a0 a1 a1 a2 a3 a3")]
    [InlineData(0.2, "")]
    public void Read_Weight_RepeatsPairsEvenly(double weight, string expected)
    {
        using var reader = SentencePairReader.Open(CorpusSource.Mixed([Corpus("a", 4) with { Weight = weight }, Corpus("b", 1)]));
        var read = new List<string>();
        while (reader.TryRead(out var pair))
            read.Add(pair.Source);
        Assert.Equal($"{expected} b0".Trim(), string.Join(' ', read));
    }

    [Fact]
    public void Read_Tag_StandsBeforeEverySourceThatHasText()
    {
        File.WriteAllText(_folder["x.tsv"], "one\teins\n \tleer\n");
        using var reader = SentencePairReader.Open(CorpusSource.Mixed([CorpusSource.Tsv(_folder["x.tsv"]) with { Tag = "de" }]));
        Assert.True(reader.TryRead(out var pair));
        Assert.Equal(new SentencePair("<2de> one", "eins", 1), pair);
        Assert.True(reader.TryRead(out pair));
        Assert.Equal(" ", pair.Source);
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData("word", 2)]
    [InlineData("none", 2)]
    [InlineData("bpe", 3)] // "b0" was never seen as one
    [InlineData("bpe_raw", 4)] // nor was "▁b0"
    [InlineData("character", 4)] // the tag, the space, two letters
    public void Prepare_Tags_AreOneTokenEach_AndWeightedCopiesAreEntries(string tokenizer, int least)
    {
        var options = new PrepareOptions
        {
            Train = CorpusSource.Mixed([Corpus("a", 6) with { Tag = "fr", Weight = 2 }, Corpus("b", 3) with { Tag = "de" }]),
            SourceTokenizer = new TokenizerOptions { Name = tokenizer },
            TargetTokenizer = new TokenizerOptions { Name = tokenizer },
            BpeMerges = 1,
        };
        var manifest = CorpusPreparer.Prepare(options, _folder["data"]).Manifest;
        Assert.Equal(15, manifest.Split(PreparedFolder.Train)!.Kept);
        Assert.True(CorpusPreparer.Prepare(options, _folder["data"]).Reused);
        using var data = PreparedFolder.Open(_folder["data"]);
        Assert.NotEqual(Vocabulary.Unknown, data.SourceVocabulary.Lookup("<2fr>"));
        Assert.NotEqual(Vocabulary.Unknown, data.SourceVocabulary.Lookup("<2de>"));
        Assert.InRange(new SentenceEncoder(data.SourceTokenizer, data.SourceVocabulary).Encode("<2de> b0").Length, 2, least);
        Assert.Equal("<2de>", data.SourceTokenizer.Tokenize("<2de> b0")[0]);
        Assert.Equal(["<2de>", "<2fr>"], data.SourceVocabulary.Tokens.Skip(Vocabulary.SpecialCount).Where(token => token.Contains('<'))
            .Order(StringComparer.Ordinal));
        Assert.Equal("<2de>", data.SourceVocabulary[data.TrainCorpus.Source(14)[0]]);

        // Every copy comes once in an epoch.
        var plan = EpochPlan.Create(data.TrainCorpus, new BatchingOptions(20, 2, 1), 0);
        var uses = Enumerable.Range(0, plan.Count)
            .SelectMany(b => Enumerable.Range(0, 2).SelectMany(m => plan.Batch(b).Sentences(m).ToArray()));
        Assert.Equal(Enumerable.Range(0, 15), uses.Order());

        // A corpus with another weight has another fingerprint.
        var other = options with { Train = CorpusSource.Mixed([Corpus("a", 6) with { Tag = "fr" }, Corpus("b", 3) with { Tag = "de" }]) };
        Assert.NotEqual(manifest.Fingerprint, CorpusPreparer.Prepare(other, _folder["other"]).Manifest.Fingerprint);
    }

    [Theory]
    [InlineData("<2fr> x", "<2fr>")]
    [InlineData("<2pt-BR>x", "<2pt-BR>")]
    [InlineData("<2> x", "<")]
    [InlineData("<2f r> x", "<")]
    [InlineData("<3fr> x", "<")]
    public void Tokenize_Tag_OnlyWhereItIsOne(string text, string first) =>
        Assert.Equal(first, new WordTokenizer(false).Tokenize(text)[0].TrimEnd(TokenSpacing.JoinedMark, TokenSpacing.SpacedMark));

    [Theory]
    [InlineData("character", "<2fr> ab c", "<2fr> ▁ a b ▁ c")]
    [InlineData("character", "<2fr>ab", "<2fr> a b")]
    [InlineData("character", "a <2", "a ▁ < 2")]
    [InlineData("bpe_raw", "<2fr> ab c", "<2fr> ▁ ab ▁ c")]
    [InlineData("bpe_raw", "<2fr>ab", "<2fr> ab")]
    [InlineData("bpe_raw", "a <2fr>", "▁ a ▁ < 2 f r >")]
    [InlineData("bpe_raw", "<2fr>", "<2fr>")]
    public void Tokenize_TagBeforeTextAsItStands_IsOneToken_AndComesBack(string name, string text, string tokens)
    {
        var tokenizer = TokenizerFactory.Create(new TokenizerOptions { Name = name }, new BpeCodes([new("a", "b</w>")]));
        Assert.Equal(tokens, string.Join(' ', tokenizer.Tokenize(text)));
        Assert.Equal(text, tokenizer.Detokenize(tokenizer.Tokenize(text)));
    }

    [Theory]
    [InlineData("bpe")]
    [InlineData("bpe_raw")]
    public void Dropout_NeverCutsATag(string name)
    {
        var options = new TokenizerOptions { Name = name };
        File.WriteAllLines(_folder["t.tsv"], ["<2fr> abab ab\tx", "<2fr>abab ab\tx", "<2fr>abab\tx"]);
        CorpusPreparer.Prepare(new PrepareOptions
        {
            Train = CorpusSource.Tsv(_folder["t.tsv"]),
            SourceTokenizer = options,
            TargetTokenizer = options,
            AllSubwords = true,
        }, _folder["data"]);
        using var data = PreparedFolder.Open(_folder["data"]);
        var dropping = new SubwordDropout((BpeTokenizer)data.SourceTokenizer, data.SourceVocabulary, 0.7);
        foreach (var text in new[] { "<2fr> abab ab", "<2fr>abab" })
        {
            var ids = new SentenceEncoder(data.SourceTokenizer, data.SourceVocabulary).Encode(text);
            var forms = Enumerable.Range(0, 20).Select(seed => dropping.Apply(ids, (ulong)seed)).ToArray();
            Assert.All(forms, form => Assert.Equal("<2fr>", data.SourceVocabulary[form[0]]));
            Assert.NotEqual(1, forms.Select(form => form.Length).Distinct().Count()); // the words behind it are cut in several ways
        }
    }

    private CorpusSource Corpus(string name, int pairs)
    {
        File.WriteAllLines(_folder[name + ".tsv"], Enumerable.Range(0, pairs).Select(i => $"{name}{i}\t{name.ToUpperInvariant()}{i}"));
        return CorpusSource.Tsv(_folder[name + ".tsv"]);
    }
}
