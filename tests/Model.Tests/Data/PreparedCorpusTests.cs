using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class PreparedCorpusTests : IDisposable
{
    private static readonly (int Source, int Target)[] SomeLengths = [(3, 4), (1, 1), (7, 2)];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_WhatWasWritten_HasTheSameSentences()
    {
        var sentence = Gen.Choose(4, int.MaxValue - 1).ArrayOf();
        Prop.ForAll(sentence.Two().ArrayOf().ToArbitrary(), pairs =>
        {
            using var folder = new TestFolder();
            string digest;
            using (var writer = new CorpusWriter(folder["x"], int.MaxValue, 5))
            {
                foreach (var (source, target) in pairs)
                    writer.Add(source, target);
                digest = writer.Complete();
            }

            using var corpus = PreparedCorpus.Open(folder["x"], verifyContent: true);

            Assert.Equal(
                (pairs.Length, digest, int.MaxValue, 5),
                (corpus.Count, corpus.Digest, corpus.SourceVocabularySize, corpus.TargetVocabularySize));
            Assert.Equal((pairs.Sum(p => p.Item1.Length), pairs.Sum(p => p.Item2.Length)), (corpus.SourceTokens, corpus.TargetTokens));
            for (var i = 0; i < pairs.Length; i++)
            {
                Assert.Equal(pairs[i].Item1, corpus.Source(i).ToArray());
                Assert.Equal(pairs[i].Item2, corpus.Target(i).ToArray());
                Assert.Equal((pairs[i].Item1.Length, pairs[i].Item2.Length), (corpus.SourceLength(i), corpus.TargetLength(i)));
            }
            Assert.Single(Directory.EnumerateFiles(folder.Path));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Digest_OtherSplitIntoSentences_IsAnother()
    {
        Assert.NotEqual(Digest("a", [1, 2], [3]), Digest("b", [1], [2, 3]));
        Assert.Equal(Digest("c", [1, 2], [3]), Digest("d", [1, 2], [3]));
    }

    [Fact]
    public void Open_AnyBitFlipped_IsRefused()
    {
        var whole = File.ReadAllBytes(TestCorpus.Write(_folder["x"], SomeLengths));
        var damaged = _folder["damaged.corpus"];
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(damaged, bytes);

            var error = Assert.Throws<DataException>(() => PreparedCorpus.Open(damaged, verifyContent: true).Dispose());

            Assert.Contains("damaged.corpus", error.Message, StringComparison.Ordinal);
            Assert.Contains("prepare the data again", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_CutShort_SaysSoWithoutReadingTheContent()
    {
        var whole = File.ReadAllBytes(TestCorpus.Write(_folder["x"], SomeLengths));
        for (var length = 0; length < whole.Length; length += 5)
        {
            var cut = _folder.Write("cut.corpus", whole[..length]);

            var error = Assert.Throws<DataException>(() => PreparedCorpus.Open(cut).Dispose());

            Assert.Contains(length < 128 ? "not a prepared corpus" : $"{length} bytes, and its header asks for {whole.Length}: it "
                + "was cut short",
                error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Source_DamagedOffsets_AreRefusedAndNotFollowed()
    {
        var bytes = File.ReadAllBytes(TestCorpus.Write(_folder["x"], SomeLengths));
        // The second to last offset: where the last target begins.
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 16), long.MaxValue / 8);
        using var corpus = PreparedCorpus.Open(_folder.Write("y", bytes));

        var error = Assert.Throws<DataException>(() => corpus.Target(2).Length);

        Assert.Contains("damaged: sentence 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnfinishedFile_IsRefused()
    {
        using (var writer = new CorpusWriter(_folder["x"], 10, 10))
            writer.Add([4, 5], [6]);

        Assert.Throws<DataException>(() => PreparedCorpus.Open(_folder["x"]).Dispose());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Source_IndexOutside_Throws(int index)
    {
        using var corpus = TestCorpus.Create(SomeLengths);

        Assert.Throws<ArgumentOutOfRangeException>(() => corpus.Source(index).Length);
    }

    [Fact]
    public void Source_AfterDispose_Throws()
    {
        var corpus = TestCorpus.Create(SomeLengths);
        corpus.Dispose();

        Assert.Throws<ObjectDisposedException>(() => corpus.Source(0).Length);
    }

    private string Digest(string name, int[] source, int[] target)
    {
        using var writer = new CorpusWriter(_folder[name], 10, 10);
        writer.Add(source, target);
        return writer.Complete();
    }
}
