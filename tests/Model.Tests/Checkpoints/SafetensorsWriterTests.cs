using System.Runtime.InteropServices;
using System.Text;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Safetensors;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_TwoTypes_IsReadByAnIndependentReader()
    {
        float[] weights = [1.5f, -2, float.NaN, float.NegativeInfinity, 0, -0.0f];
        var file = Written(
        [
            SafetensorsTensor.Floats("scalar", [], FloatBuffer.Of(new[] { 7f })),
            SafetensorsTensor.Floats("gewicht.ß", [2, 3], FloatBuffer.Of(weights)),
            SafetensorsTensor.Integers("counts", [2], new long[] { long.MinValue, 3 }),
            SafetensorsTensor.Floats("none", [0, 5], FloatBuffer.Of(weights), 2),
        ]);

        var tensors = IndependentReader.Read(file);

        Assert.Equal(4, tensors.Count);
        Assert.Equal("F32", tensors["gewicht.ß"].Type);
        Assert.Equal([2, 3], tensors["gewicht.ß"].Shape);
        Assert.Equal(Bits(weights), Bits(IndependentReader.Floats(tensors["gewicht.ß"].Data)));
        Assert.Equal(BitConverter.GetBytes(7f), tensors["scalar"].Data);
        Assert.Empty(tensors["scalar"].Shape);
        Assert.Equal("I64", tensors["counts"].Type);
        Assert.Equal(long.MinValue, BitConverter.ToInt64(tensors["counts"].Data, 0));
        Assert.Empty(tensors["none"].Data);
    }

    [Fact]
    public void Write_AnyNames_AlignsHeaderAndTensors()
    {
        for (var length = 1; length <= 9; length++)
        {
            var file = Written(
            [
                SafetensorsTensor.Floats(new string('a', length), [1], FloatBuffer.Of(new[] { 1f })),
                SafetensorsTensor.Integers("z", [1], new long[] { 9 }),
            ]);

            var header = BitConverter.ToInt64(file, 0);
            Assert.Equal(0, header % 8);
            Assert.Equal((byte)'{', file[8]);
            // The wider elements come first, at an aligned place.
            Assert.Equal(9, BitConverter.ToInt64(file, 8 + (int)header));
            Assert.Matches("} *$", Encoding.UTF8.GetString(file, 8, (int)header));
        }
    }

    [Fact]
    public void Write_SameContentTwice_GivesTheSameBytes()
    {
        byte[] Once(params string[] keys)
        {
            using var stream = new MemoryStream();
            SafetensorsWriter.Write(
                stream,
                [SafetensorsTensor.Floats("a", [1], FloatBuffer.Of(new[] { 1f }))],
                keys.ToDictionary(key => key, key => key));
            return stream.ToArray();
        }

        Assert.Equal(Once("x", "y"), Once("y", "x"));
    }

    [Fact]
    public void Write_CallbackOfWrongLength_IsRefused()
    {
        void With(int bytes) => Written(
            [SafetensorsTensor.Streamed("a", TensorType.Float32, [2], output => output.Write(new byte[bytes]))]);

        With(8);
        Assert.Contains("4 of 8 bytes", Assert.Throws<InvalidOperationException>(() => With(4)).Message);
        Assert.Contains("more than the 8 bytes", Assert.Throws<InvalidOperationException>(() => With(9)).Message);
    }

    [Fact]
    public void Write_ImpossibleTensors_AreRefused()
    {
        var four = FloatBuffer.Of(new float[4]);
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.Floats("a", [5], four));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.Floats("a", [3], four, 2));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.Floats("__metadata__", [1], four));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.Integers("a", [2], new long[3]));
        Assert.Throws<ArgumentException>(
            () => SafetensorsTensor.Streamed("a", TensorType.Float32, [long.MaxValue, 2], _ => { }));
        var tensor = SafetensorsTensor.Floats("a", [4], four);
        Assert.Contains("two tensors are named a", Assert.Throws<ArgumentException>(() => Written([tensor, tensor])).Message);
    }

    [Fact]
    public void WriteAndOpen_AnyTensors_RoundTrip()
    {
        Gen<(string Name, float[] Values)[]> files =
            from names in Gen.Choose(0, 40).Select(i => "t" + i).ListOf().Select(list => list.Distinct().ToArray())
            from values in ArbMap.Default.GeneratorFor<float>().ArrayOf().ArrayOf(names.Length)
            select names.Zip(values).ToArray();
        var number = 0;

        Check.QuickThrowOnFailure(Prop.ForAll(files.ToArbitrary(), tensors =>
        {
            var path = _folder.File($"{number++}.safetensors");
            File.WriteAllBytes(path, Written([.. tensors.Select(
                tensor => SafetensorsTensor.Floats(tensor.Name, [tensor.Values.Length], FloatBuffer.Of(tensor.Values)))]));
            using var file = SafetensorsFile.Open(path);
            Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), file.Tensors.Select(entry => entry.Name).Order());
            foreach ((var name, var values) in tensors)
                Assert.Equal(Bits(values), Bits(file.Floats(name).ToArray()));
        }));
    }

    [Fact]
    public void WriteAndOpen_UnmanagedBufferOfManyPieces_RoundTrips()
    {
        float[] values = [.. Enumerable.Range(0, 300_001).Select(i => i * 0.5f)];
        var path = _folder.File("large.safetensors");
        var pinned = GCHandle.Alloc(values, GCHandleType.Pinned);
        var buffer = FloatBuffer.At(pinned.AddrOfPinnedObject(), values.Length);
        File.WriteAllBytes(path, Written([SafetensorsTensor.Floats("a", [300_000], buffer, 1)]));
        pinned.Free();

        using var file = SafetensorsFile.Open(path);

        Assert.True(file.Floats("a").SequenceEqual(values.AsSpan(1)));
        Assert.True(file.Floats("a", 299_998, 2).SequenceEqual(values.AsSpan(299_999)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = file.Floats("a", 299_999, 2).Length);
    }

    private static byte[] Written(SafetensorsTensor[] tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors);
        return stream.ToArray();
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
