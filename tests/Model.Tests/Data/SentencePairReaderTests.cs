using System.Text;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Text;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class SentencePairReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ParallelFiles_PairsLineByLine()
    {
        var source = CorpusSource.Parallel(_folder.Write("a.en", "one\ntwo\n"), _folder.Write("a.fr", "un\ndeux"));

        Assert.Equal([("one", "un", 1), ("two", "deux", 2)], Read(source));
    }

    [Fact]
    public void Read_ByteOrderMarkAndCarriageReturns_AreNoText()
    {
        var source = CorpusSource.Parallel(
            _folder.Write("a.en", [0xEF, 0xBB, 0xBF, .. "one\r\ntwo\r\n"u8]), _folder.Write("a.fr", "un\ndeux\n"));

        Assert.Equal([("one", "un", 1), ("two", "deux", 2)], Read(source));
    }

    [Fact]
    public void Read_UnicodeSpacesAndSeparators_StayInTheSentence()
    {
        const string french = "Ça\u00A0va\u202F?\u2028Oui\u0085!";
        var source = CorpusSource.Tsv(_folder.Write("a.tsv", $"Well?\t{french}\n"));

        Assert.Equal([("Well?", french, 1)], Read(source));
    }

    [Fact]
    public void Read_GzippedFiles_AreDecompressed()
    {
        var source = CorpusSource.Parallel(_folder.WriteGzip("a.en.gz", "one\ntwo\n"), _folder.Write("a.fr", "un\ndeux\n"));

        Assert.Equal([("one", "un", 1), ("two", "deux", 2)], Read(source));
    }

    [Fact]
    public void Read_LineLongerThanTheBuffer_IsWhole()
    {
        var word = new string('x', 700_000);
        var source = CorpusSource.Tsv(_folder.Write("a.tsv", $"a\tb\n{word}\té{word}\nc\td\n"));

        var pairs = Read(source);

        Assert.Equal((word, "é" + word, 2), pairs[1]);
        Assert.Equal(("c", "d", 3), pairs[2]);
    }

    [Fact]
    public void Read_UnequalLineCounts_NamesBothNumbers()
    {
        var source = CorpusSource.Parallel(_folder.Write("a.en", "1\n2\n3\n"), _folder.Write("a.fr", "1\n2\n3\n4\n5\n"));

        AssertError(source, "a.en has 3 lines", "a.fr has 5;");
    }

    [Fact]
    public void Read_SourceLongerThanTarget_NamesBothNumbers()
    {
        var source = CorpusSource.Parallel(_folder.Write("a.en", "1\n2\n3\n4"), _folder.Write("a.fr", "1\n"));

        AssertError(source, "a.en has 4 lines", "a.fr has 1;");
    }

    [Fact]
    public void Read_InvalidUtf8_NamesFileLineAndByte()
    {
        var source = CorpusSource.Tsv(_folder.Write("a.tsv", [.. "one\tun\ntwo\td"u8, 0xE9, .. "ux\n"u8]));

        AssertError(source, "a.tsv", "line 2", "0xE9", "position 6");
    }

    [Fact]
    public void Read_Utf16_SaysSo() =>
        AssertError(
            CorpusSource.Tsv(_folder.Write("a.tsv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a\tb\n")])),
            "line 1", "UTF-16");

    [Fact]
    public void Read_GzipWithoutItsName_SaysSo()
    {
        var gzip = _folder.WriteGzip("a.tsv", "one\tun\n");

        AssertError(CorpusSource.Tsv(gzip), "line 1", ".gz");
    }

    [Fact]
    public void Read_NotGzipDespiteItsName_SaysSo() =>
        AssertError(CorpusSource.Tsv(_folder.Write("a.tsv.gz", "one\tun\n")), "a.tsv.gz", "not a valid .gz file");

    [Fact]
    public void Read_GzipCutShortAnywhere_SaysSo()
    {
        // Text that hardly compresses, so that the file spans several of the decompressor's buffers.
        var random = new DeterministicRandom(5);
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(_ => $"{random.Next()}\t{random.Next()}\n"));
        var whole = File.ReadAllBytes(_folder.WriteGzip("whole.gz", text));
        var lengths = Enumerable.Range(1, 40).Select(i => whole.Length * i / 41).Concat(Enumerable.Range(whole.Length - 12, 12))
            .Append(8192);

        Assert.All(lengths, length =>
            AssertError(CorpusSource.Tsv(_folder.Write("cut.tsv.gz", whole[..length])), "cut.tsv.gz: not a valid .gz file"));
    }

    [Fact]
    public void Read_GzipWithOneBitFlipped_NeverGivesOtherTextSilently()
    {
        var text = string.Concat(Enumerable.Range(0, 50).Select(i => $"{i}\t{i * i}\n"));
        var whole = File.ReadAllBytes(_folder.WriteGzip("whole.gz", text));
        var expected = Read(CorpusSource.Tsv(_folder.Write("whole.tsv", text)));
        // Behind the header's ten bytes, whose time stamp and system may be anything.
        for (var at = 10; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 4;
            var source = CorpusSource.Tsv(_folder.Write("damaged.tsv.gz", damaged));

            var read = Record.Exception(() => Assert.Equal(expected, Read(source)));

            Assert.True(read is null or DataException, $"byte {at}: {read}");
        }
    }

    [Fact]
    public void Read_ConcatenatedGzip_IsOneText()
    {
        byte[] both = [.. Gzip("a\tb\n"), .. Gzip("c\td\n")];

        Assert.Equal([("a", "b", 1), ("c", "d", 2)], Read(CorpusSource.Tsv(_folder.Write("both.tsv.gz", both))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(100_000)]
    public void Read_GzipWithZerosBehind_PassesThemOver(int zeros)
    {
        byte[] padded = [.. Gzip("a\tb\n"), .. Gzip("c\td\n"), .. new byte[zeros]];

        Assert.Equal([("a", "b", 1), ("c", "d", 2)], Read(CorpusSource.Tsv(_folder.Write("padded.tsv.gz", padded))));
    }

    [Fact]
    public void Read_GzipWithOtherBytesBehind_SaysSo()
    {
        byte[] first = Gzip("a\tb\n"), second = Gzip("c\td\n");
        byte[][] behind =
        [
            [65], [0x1F], [0x1F, 0x8B], [0, 65], [.. "c\td\n"u8], [.. new byte[8180], 65], [.. new byte[100_000], 65, 0],
            new byte[100_000], [0x20, .. second[1..]],
            [0x1F, 0x8C, .. second[2..]], [.. new byte[10], .. second], [.. new byte[100_000], .. second],
        ];
        Array.Fill(behind[7], (byte)'x');

        Assert.All(behind, bytes => AssertError(CorpusSource.Tsv(_folder.Write("more.tsv.gz", [.. first, .. bytes])),
            "more.tsv.gz: not a valid .gz file after line 1"));
    }

    [Fact]
    public void Read_GzipOfNothing_HasNoLines()
    {
        byte[] nothing = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, .. new byte[8]]; // what gzip makes of an empty file
        foreach (var bytes in new[] { [], nothing, [.. nothing, .. nothing], [.. nothing, .. new byte[20]] })
            Assert.Empty(Read(CorpusSource.Tsv(_folder.Write("empty.tsv.gz", bytes))));
    }

    [Theory]
    [InlineData("a\tb\nc\n", "line 2", "1 tab-separated fields")]
    [InlineData("a\tb\tc\n", "line 1", "3 tab-separated fields")]
    public void Read_TsvWithOtherThanTwoFields_NamesFileAndLine(string text, string line, string fields) =>
        AssertError(CorpusSource.Tsv(_folder.Write("a.tsv", text)), "a.tsv", line, fields);

    [Fact]
    public void Read_MissingFile_NamesItAndTheNearest()
    {
        _folder.Write("train.en", "x\n");

        AssertError(CorpusSource.Tsv(_folder["trian.en"]), "trian.en", "no such file", "did you mean train.en");
    }

    [Fact]
    public void Read_Folder_SaysSo() => AssertError(CorpusSource.Tsv(_folder.Path), "is a folder");

    [Fact]
    public void Read_ParallelWithoutTarget_SaysWhatIsNeeded() =>
        AssertError(new CorpusSource { Format = CorpusFormat.Parallel, SourcePath = _folder.Write("a", "x\n") }, "parallel",
            "a target file");

    [Fact]
    public void Read_Csv_FollowsRfc4180()
    {
        const string csv = "id,english,french\r\n"
            + "1,\"He said \"\"hi\"\", then left.\",\"Il a dit « salut »\r\npuis\nest parti.\"\r\n\r\n2,plain,simple\r\n3,\"\",x\r\n";
        var source = CorpusSource.Csv(_folder.Write("a.csv", csv), "english", "french");

        Assert.Equal(
            [("He said \"hi\", then left.", "Il a dit « salut » puis est parti.", 2), ("plain", "simple", 6), ("", "x", 7)],
            Read(source));
    }

    [Fact]
    public void Read_CsvColumnsInOtherOrder_AreFoundByName()
    {
        var source = CorpusSource.Csv(_folder.Write("a.csv", "french,english\nun,one\n"), "english", "french");

        Assert.Equal([("one", "un", 2)], Read(source));
    }

    [Fact]
    public void Read_CsvWithoutTheColumn_NamesWantedFoundAndNearest() =>
        AssertError(
            CorpusSource.Csv(_folder.Write("a.csv", "id,English,french\n"), "english", "french"),
            "a.csv", "no column \"english\"", "\"id\", \"English\", \"french\"", "did you mean \"English\"");

    [Theory]
    [InlineData("a,b\n1,2,3\n", "line 2: 3 fields, and the header has 2")]
    [InlineData("a,b\n1,\"2\n3\n", "line 2: a quoted field begins here and never ends")]
    [InlineData("a,b\n1,\"2\"x\n", "line 2: 'x' follows a closing quote")]
    [InlineData("a,b,a\n", "the column \"a\" twice")]
    [InlineData("", "is empty; a header line")]
    public void Read_BrokenCsv_NamesFileAndLine(string csv, string error) =>
        AssertError(CorpusSource.Csv(_folder.Write("x.csv", csv), "a", "b"), "x.csv", error);

    [Fact]
    public void Read_CsvWithOneColumnForBoth_IsAnError() =>
        AssertError(CorpusSource.Csv(_folder.Write("x.csv", "a,b\n"), "a", "a"), "both the column \"a\"");

    private byte[] Gzip(string text) => File.ReadAllBytes(_folder.WriteGzip("one.gz", text));

    private static List<(string Source, string Target, long Line)> Read(CorpusSource source)
    {
        using var reader = SentencePairReader.Open(source);
        var pairs = new List<(string, string, long)>();
        while (reader.TryRead(out var pair))
            pairs.Add((pair.Source, pair.Target, pair.Line));
        return pairs;
    }

    private static void AssertError(CorpusSource source, params string[] parts)
    {
        var error = Assert.Throws<DataException>(() => Read(source));
        Assert.All(parts, part =>
            Assert.True(error.Message.Contains(part, StringComparison.Ordinal), $"\"{part}\" is not in: {error.Message}"));
        Assert.DoesNotContain('\n', error.Message);
    }
}
