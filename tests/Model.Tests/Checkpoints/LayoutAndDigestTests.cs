using System.Security.Cryptography;
using System.Text;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class LayoutAndDigestTests
{
    [Fact]
    public void Create_Parameters_AreLaidOutWithoutGaps()
    {
        Assert.Equal([0L, 15, 39, 46, 47], Samples.Layout.Tensors.Select(tensor => tensor.Offset));
        Assert.Equal(47, Samples.Layout.Count);
        Assert.True(Samples.Layout.TryFind("scale", out var scale));
        Assert.Equal(1, scale.Count);
        Assert.False(Samples.Layout.TryFind("absent", out _));
    }

    [Fact]
    public void Digest_DependsOnNamesShapesAndOrder()
    {
        string Of(params (string, IReadOnlyList<long>)[] parameters) => TensorLayout.Create(parameters).Digest;

        var digest = Of(("a", [2, 3]), ("b", [4]));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("a\02,3\nb\04\n"u8)), digest);
        string[] others = [Of(("b", [4]), ("a", [2, 3])), Of(("a", [3, 2]), ("b", [4])), Of(("a", [6]), ("b", [4])), Of(("a", [2, 3]))];
        Assert.DoesNotContain(digest, others);
    }

    [Fact]
    public void Create_ImpossibleParameters_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => TensorLayout.Create([]));
        Assert.Throws<ArgumentException>(() => TensorLayout.Create([("", [1])]));
        Assert.Throws<ArgumentException>(() => TensorLayout.Create([("a\n", [1])]));
        Assert.Throws<ArgumentException>(() => TensorLayout.Create([("a", [-1])]));
        Assert.Throws<ArgumentException>(() => TensorLayout.Create([("a", [1]), ("a", [2])]));
    }

    [Fact]
    public void Compute_FollowsTheDocumentedOrder()
    {
        float[] parameters = [1, 2, 3], first = [4, 5, 6], second = [7, 8, 9];
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        void Floats(float[] values) => Array.ForEach(values, writer.Write);
        writer.Write(Encoding.ASCII.GetBytes("distseq2seq replica 1\n"));
        writer.Write(12L);
        writer.Write(3L);
        Floats(parameters);
        writer.Write(7L);
        writer.Write(Encoding.ASCII.GetBytes("exp_avg"));
        Floats(first);
        writer.Write(10L);
        writer.Write(Encoding.ASCII.GetBytes("exp_avg_sq"));
        Floats(second);
        OptimizerSlot[] slots = [new("exp_avg_sq", FloatBuffer.Of(second)), new("exp_avg", FloatBuffer.Of(first))];

        var digest = ReplicaDigest.Compute(FloatBuffer.Of(parameters), slots, 12);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())), digest);
        Assert.NotEqual(digest, ReplicaDigest.Compute(FloatBuffer.Of(parameters), slots, 13));
        parameters[1] = MathF.BitIncrement(parameters[1]);
        Assert.NotEqual(digest, ReplicaDigest.Compute(FloatBuffer.Of(parameters), slots, 12));
    }

    [Fact]
    public void Append_PiecesOfAnySize_GiveTheDigestOfTheWhole()
    {
        float[] values = [.. Enumerable.Range(0, 600_000).Select(i => (float)i)];
        using var digest = new ReplicaDigest(5, values.Length);
        foreach (var piece in values.Chunk(77_777))
            digest.Append(piece);

        Assert.Equal(ReplicaDigest.Compute(FloatBuffer.Of(values), [], 5), digest.Finish());
    }

    [Fact]
    public void Append_WrongAmountOrOrder_IsRefused()
    {
        using var digest = new ReplicaDigest(0, 2);
        Assert.Throws<InvalidOperationException>(() => digest.Finish());
        Assert.Throws<ArgumentException>(() => digest.Append(new float[3]));
        digest.Append(new float[2]);
        digest.BeginSlot("b");
        Assert.Throws<InvalidOperationException>(() => digest.BeginSlot("c"));
        digest.Append(new float[2]);
        Assert.Throws<ArgumentException>(() => digest.BeginSlot("a"));
        Assert.Throws<ArgumentException>(
            () => ReplicaDigest.Compute(FloatBuffer.Of(new float[2]), [new("s", FloatBuffer.Of(new float[1]))], 0));
    }
}
