using System.IO.Compression;
using System.Text;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Vectors;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Tests.Training;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

[Collection(TorchCollection.Name)]
public sealed class WordVectorsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("the 1 2.5 -3e-1\ncat 4 5 6\nunheard 7 8 9\n")]
    [InlineData("3 3\nthe 1 2.5 -3e-1 \ncat 4 5 6 \nunheard 7 8 9 \n")] // word2vec: a header, a space at each end
    [InlineData("unheard of 7 8 9\r\ncat 4 5 6\r\nthe 1 2.5 -0.3\r\ncat 0 0 0\r\n</s> 1 1 1")] // words of two, twice, special
    public void Prepare_WithVectors_FindsTheVocabularysWords(string text)
    {
        var result = Prepare(text);

        Assert.Equal(new VectorRecord(2, 3), result.Manifest.SourceVectors);
        Assert.Null(result.Manifest.TargetVectors);
        using var data = PreparedFolder.Open(result.Directory, verifyContent: true);
        var vectors = data.ReadVectors();
        Assert.Null(vectors.Target);
        var expected = new Dictionary<long, float[]>
        {
            [data.SourceVocabulary.Lookup("the")] = [1, 2.5f, -0.3f],
            [data.SourceVocabulary.Lookup("cat")] = [4, 5, 6],
        };
        Assert.Equal(expected.Keys.Order(), vectors.Source!.Ids);
        Assert.Equal(expected.OrderBy(e => e.Key).SelectMany(e => e.Value), vectors.Source.Values);
    }

    [Fact]
    public void Prepare_OfACompressedFile_FindsTheSame()
    {
        using (var file = new GZipStream(File.Create(_folder["v.gz"]), CompressionLevel.Fastest))
            file.Write(Encoding.UTF8.GetBytes("cat 1 2 3\n"));

        Assert.Equal(new VectorRecord(1, 3), CorpusPreparer.Prepare(Options(_folder["v.gz"]), _folder["out"]).Manifest.SourceVectors);
    }

    [Fact]
    public void Prepare_Again_IsReusedUntilTheVectorsChange()
    {
        var first = Prepare("cat 1 2 3\n");
        Assert.True(Prepare("cat 1 2 3\n").Reused);

        var changed = Prepare("cat 1 2 4\n");

        Assert.False(changed.Reused);
        Assert.NotEqual(first.Manifest.Fingerprint, changed.Manifest.Fingerprint);
        Assert.NotEqual(first.Manifest.Fingerprint, CorpusPreparer.Prepare(Options(null), _folder["none"]).Manifest.Fingerprint);
    }

    [Theory]
    [InlineData("2 4\ncat 1 2 3 4\n", "line 1: its vectors have 4 numbers, and embeddings of 3 are wanted; set model.embedding_size to 4")]
    [InlineData("cat 1 2 3\nthe 1 2\n", "line 2: 2 numbers after a word, and 3 are wanted")]
    [InlineData("cat 1 2 3\nthe 1 x 2\n", "line 2: \"x\" is not one of the 3 numbers")]
    [InlineData("cat 1 nan 3\n", "line 1: \"nan\" is not one of the 3 numbers")]
    [InlineData("cat\n", "line 1: 0 numbers after a word")]
    public void Prepare_WithAWrongLine_NamesItAndLeavesNothing(string text, string expected)
    {
        var error = Assert.Throws<DataException>(() => Prepare(text));

        Assert.Contains(_folder["vectors.txt"], error.Message);
        Assert.Contains(expected, error.Message);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void Prepare_WithoutTheFile_NamesIt() =>
        Assert.Contains("nowhere.txt: no such file",
            Assert.Throws<DataException>(() => CorpusPreparer.Prepare(Options(_folder["nowhere.txt"]), _folder["out"])).Message);

    [Theory]
    [InlineData(TiedEmbeddings.None)]
    [InlineData(TiedEmbeddings.All)]
    public void Replica_WithVectors_StartsFromThemAndElseAsWithout(TiedEmbeddings tied)
    {
        var configuration = Runs.Small with
        {
            Model = Runs.Small.Model with { EmbeddingSize = 8, Decoder = new() { HiddenSize = 8 }, TiedEmbeddings = tied },
        };
        var source = new WordVectors([5, 9], [.. Enumerable.Range(0, 16).Select(i => (float)i)]);
        var target = tied == TiedEmbeddings.None ? new WordVectors([4], [.. Enumerable.Repeat(3f, 8)]) : null;
        using var without = new Replica(configuration, Runs.Vocabulary, Runs.Vocabulary);
        using var with = new Replica(configuration, Runs.Vocabulary, Runs.Vocabulary, new PretrainedVectors(source, target));
        var expected = without.Parameters.ToArray();
        Assert.True(with.Layout.TryFind("encoder.embedding.weight", out var encoder));
        source.Values.AsSpan(0, 8).CopyTo(expected.AsSpan((int)encoder.Offset + (5 * 8)));
        source.Values.AsSpan(8, 8).CopyTo(expected.AsSpan((int)encoder.Offset + (9 * 8)));
        if (with.Layout.TryFind("decoder.embedding.weight", out var decoder))
            target!.Values.CopyTo(expected.AsSpan((int)decoder.Offset + (4 * 8)));
        Assert.Equal(tied == TiedEmbeddings.None, decoder is not null);

        Assert.Equal(expected, with.Parameters);

        Runs.Step(with, configuration, Runs.MicroBatches(configuration, 0));
        with.Reset();
        Assert.Equal(expected, with.Parameters);
    }

    private PrepareResult Prepare(string vectors)
    {
        File.WriteAllText(_folder["vectors.txt"], vectors);
        return CorpusPreparer.Prepare(Options(_folder["vectors.txt"]), _folder["out"]);
    }

    private PrepareOptions Options(string? vectors)
    {
        File.WriteAllText(_folder["a"], "the cat\nthe dog\n");
        File.WriteAllText(_folder["b"], "le chat\nle chien\n");
        return new PrepareOptions
        {
            Train = CorpusSource.Parallel(_folder["a"], _folder["b"]),
            SourceVectors = vectors is null ? null : new VectorSource(vectors, 3),
        };
    }
}
