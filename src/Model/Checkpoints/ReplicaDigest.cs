using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>
/// The replica digest: one number for all parameters and optimizer state after a step. Two replicas with equal digests
/// are equal bit for bit.
/// </summary>
/// <remarks>
/// SHA-256 over, integers as little-endian 64-bit: the ASCII text <c>distseq2seq replica 1</c> and a line feed; the
/// step; the number of parameter elements P; the parameters as little-endian float32 in the flat buffer's order; then
/// for each optimizer slot, in <see cref="CheckpointContent.SlotOrder"/>: the length of its name in bytes, the name as UTF-8, the P
/// elements. Not safe for use by several threads at once.
/// </remarks>
public sealed class ReplicaDigest : IDisposable
{
    private const int PieceElements = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _elements;
    private string _part = "the parameters";
    private string? _slot;
    private long _missing;

    /// <summary>Begins with the parameters, which follow through <see cref="Append"/>.</summary>
    /// <param name="step">The global step that the state is the result of, 0 before the first.</param>
    /// <param name="elements">P, the elements of the flat buffer.</param>
    public ReplicaDigest(long step, long elements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        _elements = elements;
        _missing = elements;
        _hash.AppendData("distseq2seq replica 1\n"u8);
        AppendInteger(step);
        AppendInteger(elements);
    }

    /// <summary>The digest of whole buffers, in lower-case hexadecimal (64 characters).</summary>
    /// <param name="parameters">The flat parameters.</param>
    /// <param name="slots">The optimizer's slots in any order; each as long as the parameters.</param>
    /// <param name="step">The global step that the state is the result of.</param>
    /// <exception cref="ArgumentException">A slot's length is not that of the parameters, or two slots have the same name.</exception>
    public static string Compute(FloatBuffer parameters, IEnumerable<OptimizerSlot> slots, long step)
    {
        using var digest = new ReplicaDigest(step, parameters.Length);
        digest.AppendAll(parameters);
        foreach (var slot in slots.OrderBy(slot => slot.Name, CheckpointContent.SlotOrder))
        {
            if (slot.Values.Length != parameters.Length)
            {
                throw new ArgumentException(
                    $"slot {slot.Name} has {slot.Values.Length} elements, the parameters {parameters.Length}",
                    nameof(slots));
            }
            digest.BeginSlot(slot.Name);
            digest.AppendAll(slot.Values);
        }
        return digest.Finish();
    }

    /// <summary>Begins an optimizer slot; its elements follow through <see cref="Append"/>.</summary>
    /// <exception cref="ArgumentException">The name is not after the one before in <see cref="CheckpointContent.SlotOrder"/>.</exception>
    /// <exception cref="InvalidOperationException">The part before is not complete.</exception>
    public void BeginSlot(string name)
    {
        RequireComplete();
        if (_slot is not null && CheckpointContent.SlotOrder.Compare(name, _slot) <= 0)
            throw new ArgumentException($"slot {name} was begun after {_slot}; each is taken once, {CheckpointContent.AverageSlot} "
                + "first and the others in ordinal order", nameof(name));
        _slot = name;
        _part = $"slot {name}";
        _missing = _elements;
        var bytes = Encoding.UTF8.GetBytes(name);
        AppendInteger(bytes.Length);
        _hash.AppendData(bytes);
    }

    /// <summary>The next elements of the parameters or of the slot begun last, in pieces of any size.</summary>
    /// <exception cref="ArgumentException">There are more than the part has.</exception>
    public void Append(ReadOnlySpan<float> values)
    {
        if (values.Length > _missing)
        {
            throw new ArgumentException(
                $"{_part}: {values.Length - _missing} elements more than {_elements}", nameof(values));
        }
        _missing -= values.Length;
        _hash.AppendData(MemoryMarshal.AsBytes(values));
    }

    /// <summary>The digest in lower-case hexadecimal.</summary>
    /// <exception cref="InvalidOperationException">The last part is not complete.</exception>
    public string Finish()
    {
        RequireComplete();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AppendAll(FloatBuffer buffer)
    {
        for (long start = 0; start < buffer.Length; start += PieceElements)
            Append(buffer.Slice(start, (int)Math.Min(PieceElements, buffer.Length - start)));
    }

    private void AppendInteger(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.AppendData(bytes);
    }

    private void RequireComplete()
    {
        if (_missing > 0)
            throw new InvalidOperationException($"{_part}: {_missing} of {_elements} elements are missing");
    }
}
