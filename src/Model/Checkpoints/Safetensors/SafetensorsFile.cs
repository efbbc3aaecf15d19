using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;

namespace DistSeq2Seq.Model.Checkpoints.Safetensors;

/// <summary>
/// A safetensors file, mapped into memory and read strictly: every byte belongs to exactly one tensor, every tensor has
/// the size of its shape, no name appears twice. Spans are views of the file and valid until <see cref="Dispose"/>.
/// </summary>
/// <remarks>A file on a disk that fails while a mapped page is read ends the process, as with any mapped file. Where
/// that matters, read the file once through a stream first, as loading a checkpoint does to verify its hash.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private byte* _data;

    private SafetensorsFile(string path, SafetensorsHeader header, MemoryMappedFile map, long dataStart)
    {
        Path = path;
        Tensors = header.Entries;
        Metadata = header.Metadata;
        _byName = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        _map = map;
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + _view.PointerOffset + dataStart;
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>The tensors, by their place in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors { get; }

    /// <summary>The texts under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens, checks and maps a file.</summary>
    /// <exception cref="CheckpointException">The file is missing, cannot be read, or breaks the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be opened: {e.Message}", e);
        }
        using (stream)
            return Open(stream);
    }

    /// <summary>Checks and maps a file that is open already; the stream may be closed afterwards.</summary>
    internal static SafetensorsFile Open(FileStream stream)
    {
        var path = stream.Name;
        try
        {
            var length = stream.Length;
            var header = ReadHeader(stream, path, length, out var dataStart);
            var map = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new(path, header, map, dataStart);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Finds a tensor by name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out SafetensorsEntry? entry) =>
        _byName.TryGetValue(name, out entry);

    /// <summary>All elements of a float tensor, without a copy.</summary>
    /// <exception cref="CheckpointException">There is no such tensor, it has another type, or it has more elements than
    /// a span can have (2,147,483,647): read those piece by piece.</exception>
    public ReadOnlySpan<float> Floats(string name)
    {
        var entry = Find(name, TensorType.Float32);
        return new(_data + entry.Begin, SpanLength(entry));
    }

    /// <summary>Elements of a float tensor from <paramref name="start"/> on, for tensors beyond a span's
    /// length.</summary>
    /// <exception cref="CheckpointException">There is no such tensor, or it has another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The piece does not lie within the tensor.</exception>
    public ReadOnlySpan<float> Floats(string name, long start, int count)
    {
        var entry = Find(name, TensorType.Float32);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, entry.ElementCount - count);
        return new((float*)(_data + entry.Begin) + start, count);
    }

    /// <summary>All elements of a tensor of 64-bit integers, without a copy.</summary>
    /// <exception cref="CheckpointException">As for <see cref="Floats(string)"/>.</exception>
    public ReadOnlySpan<long> Integers(string name)
    {
        var entry = Find(name, TensorType.Int64);
        return new(_data + entry.Begin, SpanLength(entry));
    }

    /// <summary>All elements of a tensor of 8-bit integers, without a copy.</summary>
    /// <exception cref="CheckpointException">As for <see cref="Floats(string)"/>.</exception>
    public ReadOnlySpan<sbyte> Bytes(string name)
    {
        var entry = Find(name, TensorType.Int8);
        return new(_data + entry.Begin, SpanLength(entry));
    }

    /// <summary>Ends the mapping; spans taken from this file must not be used any more.</summary>
    public void Dispose()
    {
        if (_data is null)
            return;
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private static SafetensorsHeader ReadHeader(FileStream stream, string path, long length, out long dataStart)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        if (length < prefix.Length)
            throw new CheckpointException(path, $"truncated: {length} bytes are too few for a safetensors file");
        ReadExactly(stream, prefix, 0);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > SafetensorsHeader.MaximumBytes)
        {
            throw new CheckpointException(
                path, $"a header of {headerLength} bytes exceeds the format's {SafetensorsHeader.MaximumBytes}");
        }
        dataStart = prefix.Length + (long)headerLength;
        if (dataStart > length)
        {
            throw new CheckpointException(
                path, $"truncated: the header should end at byte {dataStart}, the file ends at {length}");
        }
        var json = new byte[headerLength];
        ReadExactly(stream, json, prefix.Length);
        return SafetensorsHeader.Parse(path, json, length - dataStart);
    }

    private static void ReadExactly(FileStream stream, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(stream.SafeFileHandle, buffer, offset);
            if (read == 0)
                throw new EndOfStreamException($"the file ended at byte {offset} while it was read");
            buffer = buffer[read..];
            offset += read;
        }
    }

    private SafetensorsEntry Find(string name, TensorType type)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        if (!_byName.TryGetValue(name, out var entry))
            throw new CheckpointException(Path, $"has no tensor named '{name}'");
        return entry.Type == type
            ? entry
            : throw new CheckpointException(
                Path, $"tensor '{name}' is of type {entry.Type.FileName()}, not {type.FileName()}");
    }

    private int SpanLength(SafetensorsEntry entry) => entry.ElementCount <= int.MaxValue
        ? (int)entry.ElementCount
        : throw new CheckpointException(
            Path, $"tensor '{entry.Name}' has {entry.ElementCount} elements; one view can hold {int.MaxValue}");
}
