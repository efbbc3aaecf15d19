using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Checkpoints.Safetensors;

/// <summary>
/// Writes the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the header's length,
/// little-endian; the header, JSON padded with spaces to a multiple of eight; the tensors' bytes without gaps. Memory holds one piece of
/// a tensor at a time.
/// </summary>
public static class SafetensorsWriter
{
    private static readonly JsonWriterOptions HeaderOptions = new()
    {
        // Names such as "décodeur.weight" stay readable; the header is not put into a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Writes the tensors in the order given, those of larger elements first, so that every tensor is aligned.
    /// </summary>
    /// <param name="output">Where the file goes; it is neither flushed nor closed.</param>
    /// <param name="tensors">The tensors, with unique names; the list may be empty.</param>
    /// <param name="metadata">Free text by key, kept under <c>__metadata__</c>.</param>
    /// <param name="cancellation">Checked before each tensor.</param>
    /// <exception cref="ArgumentException">Two tensors share a name, or the header would exceed the format's 100
    /// MB.</exception>
    /// <exception cref="InvalidOperationException">A tensor's callback wrote too few or too many bytes.</exception>
    public static void Write(
        Stream output,
        IReadOnlyList<SafetensorsTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are written on little-endian processors only");
        SafetensorsTensor[] ordered = [.. tensors.OrderByDescending(tensor => tensor.Type.Size())];
        var header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        output.Write(length);
        output.Write(header);
        foreach (var tensor in ordered)
        {
            cancellation.ThrowIfCancellationRequested();
            var exact = new ExactStream(output, tensor.Name, tensor.ByteCount);
            tensor.WriteTo(exact);
            exact.Complete();
        }
    }

    private static byte[] Header(SafetensorsTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
                WriteMetadata(json, metadata);
            var names = new HashSet<string>(StringComparer.Ordinal);
            long offset = 0;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                    throw new ArgumentException($"two tensors are named {tensor.Name}", nameof(tensors));
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.FileName());
                WriteNumbers(json, "shape", tensor.Shape);
                var end = checked(offset + tensor.ByteCount);
                WriteNumbers(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        if (buffer.Length > SafetensorsHeader.MaximumBytes)
        {
            throw new ArgumentException(
                $"a header of {buffer.Length} bytes exceeds the format's {SafetensorsHeader.MaximumBytes}",
                nameof(tensors));
        }
        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        // Sorted, so that equal content gives equal bytes.
        foreach ((var key, var value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>Lets exactly the announced number of bytes through, so that a wrong callback cannot shift its
    /// successors.</summary>
    private sealed class ExactStream(Stream inner, string tensor, long expected) : WriteOnlyStream
    {
        private long _written;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length > expected - _written)
            {
                throw new InvalidOperationException(
                    $"tensor {tensor}: more than the {expected} bytes of its shape were written");
            }
            inner.Write(buffer);
            _written += buffer.Length;
        }

        public void Complete()
        {
            if (_written != expected)
                throw new InvalidOperationException($"tensor {tensor}: {_written} of {expected} bytes were written");
        }
    }
}
