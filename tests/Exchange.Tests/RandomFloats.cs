using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange.Tests;

/// <summary>Numbers whose sum depends on the order of additions, and what the tree makes of them.</summary>
internal static class RandomFloats
{
    /// <summary>Magnitudes from 1e-30 to 1e30, both signs, some zeros.</summary>
    public static float[] Of(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = random.Next(20) == 0 ? 0 : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 31)));
        return values;
    }

    /// <summary>The sum over [node's micro-batches], added as the definition of the tree says.</summary>
    public static float[] TreeSum(SummationTree tree, TreeNode node, IReadOnlyList<float[]> microBatches)
    {
        if (node.Level == 0)
            return microBatches[node.Index];
        var left = new TreeNode(node.Level - 1, node.Index * 2);
        var sum = TreeSum(tree, left, microBatches);
        if (left.Sibling.First >= tree.MicroBatches)
            return sum;
        return [.. sum.Zip(TreeSum(tree, left.Sibling, microBatches), (a, b) => a + b)];
    }

    /// <summary>The values nearest to them with 8 significant bits, by arithmetic instead of bits.</summary>
    public static float[] Rounded(IEnumerable<float> values) => [.. values.Select(Rounded)];

    private static float Rounded(float value)
    {
        if (value == 0 || !float.IsFinite(value))
            return value;
        var unit = Math.ScaleB(1, Math.Max(Math.ILogB(value), -126) - 7); // of the last digit that stays
        return (float)(Math.Round(value / unit, MidpointRounding.ToEven) * unit);
    }

    /// <summary>The bits, so that equality means identity.</summary>
    public static uint[] Bits(ReadOnlySpan<float> values) => System.Runtime.InteropServices.MemoryMarshal.Cast<float, uint>(values)
        .ToArray();
}
