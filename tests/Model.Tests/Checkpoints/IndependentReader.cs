using System.Text;
using System.Text.Json;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>A second, simple reader of the safetensors format that shares nothing with the product's.</summary>
internal static class IndependentReader
{
    public static Dictionary<string, (string Type, long[] Shape, byte[] Data)> Read(byte[] file)
    {
        var headerLength = BitConverter.ToInt64(file, 0);
        using var header = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, (int)headerLength));
        var tensors = new Dictionary<string, (string, long[], byte[])>();
        foreach (var property in header.RootElement.EnumerateObject())
        {
            if (property.Name == "__metadata__")
                continue;
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(item => item.GetInt64())];
            int[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(item => item.GetInt32())];
            var start = 8 + (int)headerLength;
            tensors.Add(
                property.Name,
                (property.Value.GetProperty("dtype").GetString()!, shape, file[(start + offsets[0])..(start + offsets[1])]));
        }
        return tensors;
    }

    public static float[] Floats(byte[] data) =>
        [.. Enumerable.Range(0, data.Length / 4).Select(i => BitConverter.ToSingle(data, i * 4))];
}
