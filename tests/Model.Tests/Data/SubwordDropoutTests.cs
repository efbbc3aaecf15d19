using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

/// <summary>BPE-dropout on sentences of ids, as training applies it, where the text is no longer at hand.</summary>
public sealed class SubwordDropoutTests : IDisposable
{
    private static readonly string[] Sentences =
        ["low lower lowest newest", "widest wide low-new", "new newer, lower! \"wider\"", "low",
            "lowest lowest lowest lowest lowest newest"];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TokenizerFactory.Bpe)]
    [InlineData(TokenizerFactory.BpeRaw)]
    public void Apply_IdsOfASentence_GivesWhatCuttingItsTextGives(string tokenizer)
    {
        using var data = Prepare(tokenizer, allSubwords: true);
        var subwords = (BpeTokenizer)data.SourceTokenizer;
        var (encoder, tokens) = (new SentenceEncoder(subwords, data.SourceVocabulary), new TokenBuffer());
        foreach (var dropout in new[] { 0, 0.3, 1 })
        {
            var dropping = new SubwordDropout(subwords, data.SourceVocabulary, dropout);
            for (var seed = 0UL; seed < 20; seed++)
            {
                foreach (var sentence in Sentences)
                {
                    subwords.TokenizeWithDropout(sentence, tokens, dropout, new DeterministicRandom(seed));
                    var found = dropping.Apply(encoder.Encode(sentence), seed);
                    Assert.Equal(tokens.ToArray(), found.Select(id => data.SourceVocabulary[id]));
                    Assert.DoesNotContain(Vocabulary.Unknown, found);
                    Assert.Equal(encoder.Decode(encoder.Encode(sentence)), encoder.Decode(found));
                }
            }
        }
    }

    [Fact]
    public void Apply_OtherSeeds_CutAWordInManyWays()
    {
        using var data = Prepare(TokenizerFactory.Bpe, allSubwords: true);
        var dropping = new SubwordDropout((BpeTokenizer)data.SourceTokenizer, data.SourceVocabulary, 0.3);
        var ids = new SentenceEncoder(data.SourceTokenizer, data.SourceVocabulary).Encode("lowest");
        var forms = Enumerable.Range(0, 100).Select(seed => string.Join(' ', dropping.Apply(ids, (ulong)seed))).ToHashSet();
        Assert.Contains(string.Join(' ', ids), forms);
        Assert.InRange(forms.Count, 3, 100);
    }

    [Fact]
    public void Apply_UnknownTokens_StayAsTheyAre_WordsAroundThemDoNot()
    {
        using var data = Prepare(TokenizerFactory.Bpe, allSubwords: false);
        var dropping = new SubwordDropout((BpeTokenizer)data.SourceTokenizer, data.SourceVocabulary, 1);
        var encoder = new SentenceEncoder(data.SourceTokenizer, data.SourceVocabulary);
        var ids = encoder.Encode("low xyz lowest");
        Assert.Contains(Vocabulary.Unknown, ids);
        var found = dropping.Apply(ids, 1);
        // Characters that the text with all merges never shows are in no vocabulary: such a word stays whole, and nothing new is unknown.
        Assert.Equal(ids.Count(id => id == Vocabulary.Unknown), found.Count(id => id == Vocabulary.Unknown));
        Assert.Equal(encoder.Decode(ids), encoder.Decode(found));
    }

    [Fact]
    public void Prepare_AllSubwords_VocabularyHoldsMergesAndCharacters_TheCorpusIsTheSame()
    {
        using var less = Prepare(TokenizerFactory.Bpe, allSubwords: false);
        using var more = Prepare(TokenizerFactory.Bpe, allSubwords: true);
        Assert.NotEqual(less.Fingerprint, more.Fingerprint);
        Assert.True(more.SourceVocabulary.Count > less.SourceVocabulary.Count);
        foreach (var token in less.SourceVocabulary.Tokens)
            Assert.Contains(token, more.SourceVocabulary.Tokens);
        foreach (var token in new[] { "l@@", "w", "w@@", "lo@@", "t" })
            Assert.Contains(token, more.SourceVocabulary.Tokens);
        for (var i = 0; i < less.TrainCorpus.Count; i++)
            Assert.Equal(Text(less, i), Text(more, i));

        static string[] Text(PreparedFolder data, int i)
        {
            var tokens = new List<string>();
            foreach (var id in data.TrainCorpus.Source(i))
                tokens.Add(data.SourceVocabulary[id]);
            return [.. tokens];
        }
    }

    private PreparedFolder Prepare(string tokenizer, bool allSubwords)
    {
        var path = _folder[$"{tokenizer}-{allSubwords}"];
        var options = new TokenizerOptions { Name = tokenizer };
        CorpusPreparer.Prepare(new PrepareOptions
        {
            Train = CorpusSource.Tsv(_folder.Write("t.tsv", string.Concat(Sentences.Select(sentence => $"{sentence}\t{sentence}\n")))),
            SourceTokenizer = options,
            TargetTokenizer = options,
            BpeMerges = 12,
            AllSubwords = allSubwords,
        }, path);
        return PreparedFolder.Open(path);
    }
}
