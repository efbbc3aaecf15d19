using System.Text.Json;

namespace DistSeq2Seq.Model.Checkpoints.Safetensors;

/// <summary>A tensor of a file: what the header says about it.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record SafetensorsEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long ElementCount => (End - Begin) / Type.Size();
}

/// <summary>The parsed JSON header of a safetensors file, checked against the size of the data that follows
/// it.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";

    /// <summary>The limit of the reference implementation: a header beyond it is taken for an attack or
    /// damage.</summary>
    public const long MaximumBytes = 100_000_000;

    private readonly string _path;
    private readonly List<SafetensorsEntry> _listed = [];
    private SafetensorsEntry[] _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>The tensors, by their place in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Parses and checks a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">Bytes in the file after the header.</param>
    /// <exception cref="CheckpointException">The header breaks the format.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataBytes)
    {
        var header = new SafetensorsHeader(path);
        if (json.IsEmpty || json[0] != (byte)'{')
            throw header.Damage("the header does not begin with '{'");
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            header.ReadAll(ref reader);
            if (reader.Read())
                throw header.Damage("the header goes on after its end");
        }
        // InvalidOperationException: a token of another kind than the one asked for, or text that is not UTF-8.
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException(path, $"the header is not the JSON of a safetensors file: {e.Message}", e);
        }
        header.CheckPlaces(dataBytes);
        return header;
    }

    private CheckpointException Damage(string problem) => new(_path, problem);

    private void ReadAll(ref Utf8JsonReader reader)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw Damage($"the name '{name}' appears twice in the header");
            reader.Read();
            Expect(reader, JsonTokenType.StartObject, name);
            if (name == MetadataKey)
                ReadMetadata(ref reader);
            else
                _listed.Add(ReadEntry(ref reader, name));
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(reader, JsonTokenType.String, $"{MetadataKey}.{key}");
            if (!_metadata.TryAdd(key, reader.GetString()!))
                throw Damage($"the name '{key}' appears twice in {MetadataKey}");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            if (field == "dtype" && type is null)
                type = reader.GetString();
            else if (field == "shape" && shape is null)
                shape = ReadNumbers(ref reader, name, field);
            else if (field == "data_offsets" && offsets is null)
                offsets = ReadNumbers(ref reader, name, field);
            else
                throw Damage($"tensor '{name}' has a field '{field}' that is unknown or appears twice");
        }
        if (type is null || shape is null || offsets is null)
            throw Damage($"tensor '{name}' lacks one of dtype, shape and data_offsets");
        if (offsets.Count != 2)
            throw Damage($"tensor '{name}' has {offsets.Count} data_offsets instead of 2");
        var known = TensorTypes.FromFileName(type)
            ?? throw Damage($"tensor '{name}' is of type '{type}'; F32, I64 and I8 can be read");
        var size = TensorTypes.ElementCount(shape) is long count && count <= long.MaxValue / known.Size()
            ? count * known.Size()
            : throw Damage($"tensor '{name}' has a shape [{string.Join(", ", shape)}] beyond any file's size");
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != size)
        {
            throw Damage($"tensor '{name}' lies from byte {offsets[0]} to {offsets[1]}, but its shape "
                + $"[{string.Join(", ", shape)}] needs {size} bytes");
        }
        return new(name, known, shape, offsets[0], offsets[1]);
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        Expect(reader, JsonTokenType.StartArray, $"{name}.{field}");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var number = reader.GetInt64();
            if (number < 0)
                throw Damage($"tensor '{name}' has the negative number {number} in {field}");
            numbers.Add(number);
        }
        return numbers;
    }

    private void Expect(in Utf8JsonReader reader, JsonTokenType type, string subject)
    {
        if (reader.TokenType != type)
            throw Damage($"'{subject}' in the header is {reader.TokenType} instead of {type}");
    }

    /// <summary>Every byte of the data belongs to exactly one tensor, so a file can hide nothing and lack
    /// nothing.</summary>
    private void CheckPlaces(long dataBytes)
    {
        // A stable sort: empty tensors at one place stay in the order of the header.
        _entries = [.. _listed.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long end = 0;
        var before = "the header";
        foreach (var entry in _entries)
        {
            var what = $"tensor '{entry.Name}'";
            if (entry.Begin < end)
                throw Damage($"{what} begins at byte {entry.Begin} and overlaps {before}, which ends at {end}");
            if (entry.Begin > end)
                throw Damage($"{entry.Begin - end} bytes between {before} and {what} belong to no tensor");
            end = entry.End;
            before = what;
        }
        if (end > dataBytes)
            throw Damage($"truncated: {before} ends at data byte {end}, but only {dataBytes} bytes follow the header");
        if (end < dataBytes)
            throw Damage($"{dataBytes - end} bytes after {before} belong to no tensor");
    }
}
