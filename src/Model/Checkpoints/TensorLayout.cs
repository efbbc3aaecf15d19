using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using DistSeq2Seq.Model.Checkpoints.Safetensors;

namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>A parameter's place in the flat buffer.</summary>
/// <param name="Name">PyTorch's parameter name, as <c>encoder.rnn.weight_ih_l0</c>.</param>
/// <param name="Shape">Dimensions; empty for a scalar.</param>
/// <param name="Offset">First element in the flat buffer.</param>
/// <param name="Count">Number of elements.</param>
public sealed record TensorSlice(string Name, IReadOnlyList<long> Shape, long Offset, long Count);

/// <summary>
/// The order of a model's parameters in one flat float32 buffer, without gaps. Gradients and every optimizer slot lie
/// in flat buffers of the same order and length. Two replicas can work together only if their layouts' digests are
/// equal.
/// </summary>
public sealed class TensorLayout
{
    private readonly Dictionary<string, TensorSlice> _byName = new(StringComparer.Ordinal);

    private TensorLayout(IReadOnlyList<TensorSlice> tensors, long count)
    {
        Tensors = tensors;
        Count = count;
        foreach (var tensor in tensors)
        {
            if (!_byName.TryAdd(tensor.Name, tensor))
                throw new ArgumentException($"two parameters are named {tensor.Name}");
        }
        Digest = ComputeDigest(tensors);
    }

    /// <summary>The parameters in the flat buffer's order.</summary>
    public IReadOnlyList<TensorSlice> Tensors { get; }

    /// <summary>Elements of the flat buffer (P).</summary>
    public long Count { get; }

    /// <summary>SHA-256, in lower-case hexadecimal, over each parameter's name, a zero byte, its dimensions joined by
    /// commas, and a line feed, in order, as UTF-8.</summary>
    public string Digest { get; }

    /// <summary>Lays parameters out one after the other in the order given.</summary>
    /// <exception cref="ArgumentException">There is no parameter; a name is empty, holds control characters or appears twice; or a shape
    /// has no valid size.</exception>
    public static TensorLayout Create(IEnumerable<(string Name, IReadOnlyList<long> Shape)> parameters)
    {
        var tensors = new List<TensorSlice>();
        long offset = 0;
        foreach ((var name, var shape) in parameters)
        {
            if (string.IsNullOrEmpty(name) || name.Any(char.IsControl) || name == SafetensorsHeader.MetadataKey)
                throw new ArgumentException($"'{name}' is not a parameter name", nameof(parameters));
            var count = TensorTypes.ElementCount(shape) ?? throw new ArgumentException(
                $"parameter {name}: shape [{string.Join(", ", shape)}] is not a size", nameof(parameters));
            tensors.Add(new(name, [.. shape], offset, count));
            offset = checked(offset + count);
        }
        if (tensors.Count == 0)
            throw new ArgumentException("a model has at least one parameter", nameof(parameters));
        return new(tensors, offset);
    }

    /// <summary>Finds a parameter by name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out TensorSlice? tensor) =>
        _byName.TryGetValue(name, out tensor);

    private static string ComputeDigest(IEnumerable<TensorSlice> tensors)
    {
        var text = new StringBuilder();
        foreach (var tensor in tensors)
            text.Append(tensor.Name).Append('\0').AppendJoin(',', tensor.Shape).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
