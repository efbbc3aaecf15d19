using System.Text.Json;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

/// <summary>What PyTorch computes, from fixtures.json (made by make_fixtures.py).</summary>
internal sealed class Fixtures
{
    private static readonly JsonDocument Document = Read();

    private readonly JsonElement _case;

    internal Fixtures(string name) => _case = Document.RootElement.GetProperty(name);

    /// <summary>The values' names that start with a prefix, without it.</summary>
    internal IEnumerable<string> NamesUnder(string prefix) =>
        _case.EnumerateObject().Select(p => p.Name).Where(n => n.StartsWith(prefix)).Select(n => n[prefix.Length..]);

    /// <summary>A new tensor with the value's shape, float32 unless said.</summary>
    internal Tensor Get(string name, ScalarType dtype = ScalarType.Float32)
    {
        var value = _case.GetProperty(name);
        var shape = value.GetProperty("shape").EnumerateArray().Select(x => x.GetInt64()).ToArray();
        var data = value.GetProperty("data").EnumerateArray().Select(x => x.GetSingle()).ToArray();
        return tensor(data, shape).to(dtype);
    }

    internal Tensor Leaf(string name) => Get(name).requires_grad_();

    /// <summary>Fails unless the tensor agrees with the value to float32's accuracy.</summary>
    internal void AssertMatches(string name, Tensor? actual)
    {
        Assert.NotNull(actual);
        var expected = Get(name);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(
            allclose(actual, expected, rtol: 1e-4, atol: 1e-6),
            $"{name}: expected {Text(expected)}, got {Text(actual)}");
    }

    private static string Text(Tensor values) => string.Join(" ", values.detach().data<float>().ToArray());

    private static JsonDocument Read()
    {
        using var stream = typeof(Fixtures).Assembly.GetManifestResourceStream("torch-fixtures.json")!;
        return JsonDocument.Parse(stream);
    }
}
