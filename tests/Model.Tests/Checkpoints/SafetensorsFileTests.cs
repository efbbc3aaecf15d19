using System.Text;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Safetensors;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6,
        "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}""", 10,
        "2 bytes between")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "5 bytes after")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "1 data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "negative number -1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "beyond any file's size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "not the JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "not the JSON")]
    [InlineData("""{"a":{"dtype":"BF8","shape":[1],"data_offsets":[0,4]}}""", 4, "type 'BF8'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "lacks one of")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "appears twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "field 'x'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", 4,
        "'a' appears twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' appears twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "Number instead of String")]
    [InlineData("""{"a":7}""", 0, "Number instead of StartObject")]
    [InlineData("""[1]""", 0, "does not begin with")]
    [InlineData("", 0, "does not begin with")]
    [InlineData("""{"a":{"dtype":"F32","sha""", 0, "not the JSON")]
    [InlineData("""{} {}""", 0, "not the JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "not the JSON")]
    public void Open_HeaderNotAsTheFormatHasIt_NamesFileAndDamage(string header, int dataBytes, string expected)
    {
        var path = Put(Encoding.UTF8.GetBytes(header), dataBytes);

        var exception = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith(path, exception.Message);
        Assert.Contains(expected, exception.Message);
    }

    [Fact]
    public void Open_EmptyAndPaddedHeader_HasNoTensors()
    {
        using var file = SafetensorsFile.Open(Put("""{"__metadata__":{"k":"v"}}   """u8.ToArray(), 0));

        Assert.Empty(file.Tensors);
        Assert.Equal("v", file.Metadata["k"]);
    }

    [Fact]
    public void Open_HeaderLengthBeyondLimitOrFile_IsRefused()
    {
        foreach ((var length, var expected) in new[] { (ulong.MaxValue, "exceeds"), (100_000_001ul, "exceeds"), (99ul, "truncated") })
        {
            var path = _folder.File("length.safetensors");
            File.WriteAllBytes(path, [.. BitConverter.GetBytes(length), .. "{}"u8]);
            Assert.Contains(expected, Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message);
        }
    }

    [Fact]
    public void Open_InvalidUtf8InName_IsRefused()
    {
        var header = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""");
        header[2] = 0xff;
        var path = Put(header, 0);

        Assert.Contains("not the JSON", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message);
    }

    [Fact]
    public void Open_EveryTruncation_IsRefused()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorsTensor.Floats("a", [3], FloatBuffer.Of(new float[3]))]);
        var whole = stream.ToArray();
        var path = _folder.File("cut.safetensors");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path).Dispose());
        }
    }

    [Fact]
    public void Open_MissingFile_IsNamed()
    {
        var path = _folder.File("absent.safetensors");

        Assert.StartsWith(path, Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message);
    }

    [Fact]
    public void Floats_WrongNameTypeOrDisposed_IsRefused()
    {
        var path = _folder.File("typed.safetensors");
        using (var stream = File.Create(path))
            SafetensorsWriter.Write(stream, [SafetensorsTensor.Integers("n", [2], new long[] { 4, 5 })]);
        var file = SafetensorsFile.Open(path);

        Assert.Equal([4, 5], file.Integers("n").ToArray());
        Assert.Contains("'m'", Assert.Throws<CheckpointException>(() => _ = file.Floats("m").Length).Message);
        Assert.Contains("I64, not F32", Assert.Throws<CheckpointException>(() => _ = file.Floats("n").Length).Message);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = file.Integers("n").Length);
    }

    [Fact]
    public void Floats_MoreElementsThanASpanHolds_IsRefusedWholeAndReadInPieces()
    {
        const long elements = 2_200_000_000;
        var header = Encoding.UTF8.GetBytes(
            $$$"""{"a":{"dtype":"F32","shape":[{{{elements}}}],"data_offsets":[0,{{{elements * 4}}}]}}""");
        var path = Put(header, 0);
        using (var stream = File.OpenWrite(path))
        {
            // A file with a hole: it takes no room on the disk.
            stream.SetLength(8 + header.Length + (elements * 4));
            stream.Position = stream.Length - 4;
            stream.Write(BitConverter.GetBytes(6.5f));
        }
        using var file = SafetensorsFile.Open(path);

        Assert.Contains("2200000000 elements", Assert.Throws<CheckpointException>(() => _ = file.Floats("a").Length).Message);
        Assert.Equal([0f, 6.5f], file.Floats("a", elements - 2, 2).ToArray());
    }

    private string Put(byte[] header, int dataBytes)
    {
        var path = _folder.File($"{Guid.NewGuid():N}.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[dataBytes]]);
        return path;
    }
}
