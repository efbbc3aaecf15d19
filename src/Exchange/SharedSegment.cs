using System.Buffers;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Float32 memory that processes of one host share: an anonymous file (memfd_create), which no name holds on to, so that nothing
/// is left behind however its processes end. Others reach it through <c>/proc/PID/fd</c>; an identity in its first bytes tells
/// it from another file with that path, in another container for example.
/// </summary>
/// <remarks>
/// Reading and writing is safe from any thread; who may touch which part when is for the protocol around it. Pages exist once
/// they are touched, so a large segment that is used in part costs that part.
/// </remarks>
public sealed unsafe partial class SharedSegment : IDisposable
{
    /// <summary>Bytes before the numbers: the identity, and alignment to a cache line.</summary>
    private const int HeaderBytes = 64;

    /// <summary>Not handed down to programs that this process starts (MFD_CLOEXEC).</summary>
    private const uint CloseOnExecute = 1;

    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _start;

    private SharedSegment(SafeFileHandle file, long elements, MemoryMappedFileAccess access)
    {
        _file = file;
        Elements = elements;
        _mapping = MemoryMappedFile.CreateFromFile(file, null, BytesOf(elements), access, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, BytesOf(elements), access);
        _start = _view.PointerOffset + HeaderBytes;
    }

    /// <summary>Numbers in the segment.</summary>
    public long Elements { get; }

    /// <summary>How another process of this host finds it: process id, file number, identity, elements.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Makes a segment of zeros; null where the system has none (not Linux, or out of file numbers or memory).</summary>
    public static SharedSegment? TryCreate(long elements)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var number = memfd_create("distseq2seq", CloseOnExecute);
        if (number < 0)
            return null;
        var file = new SafeFileHandle(number, ownsHandle: true);
        try
        {
            RandomAccess.SetLength(file, BytesOf(elements));
            var identity = Guid.NewGuid();
            RandomAccess.Write(file, identity.ToByteArray(), 0);
            return new SharedSegment(file, elements, MemoryMappedFileAccess.ReadWrite)
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}/{number}/{identity:N}/{elements}"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            return null;
        }
    }

    /// <summary>Opens the segment of another process, for reading; null when it is not on this host or not there.</summary>
    /// <param name="name">Its <see cref="Name"/>, from anywhere: nothing but numbers of it goes into a path.</param>
    public static SharedSegment? TryOpen(string? name)
    {
        if (name?.Split('/') is not [var process, var number, var identity, var size]
            || !int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var fileNumber)
            || !Guid.TryParseExact(identity, "N", out var expected)
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var elements)
            || elements > (long.MaxValue - HeaderBytes) / sizeof(float)
            || !OperatingSystem.IsLinux())
            return null;

        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{fileNumber}"),
                share: FileShare.ReadWrite | FileShare.Delete);
            var found = new byte[16];
            if (RandomAccess.GetLength(file) == BytesOf(elements) && RandomAccess.Read(file, found, 0) == found.Length
                && new Guid(found) == expected)
                return new SharedSegment(file, elements, MemoryMappedFileAccess.Read) { Name = name };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Another host, container or user: then tensors go by the wire.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>Whether a range lies within the segment.</summary>
    public bool Contains(long at, long count) => at >= 0 && count >= 0 && at <= Elements - count;

    /// <summary>Copies numbers in.</summary>
    /// <exception cref="ObjectDisposedException">The segment is gone.</exception>
    public void Write(long at, ReadOnlySpan<float> values)
    {
        var start = Enter(at, values.Length);
        try
        {
            values.CopyTo(new Span<float>(start, values.Length));
        }
        finally
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>Copies numbers out.</summary>
    /// <exception cref="ObjectDisposedException">The segment is gone.</exception>
    public void Read(long at, Span<float> values)
    {
        using var view = View(at, values.Length);
        view.Values.CopyTo(values);
    }

    /// <summary>The numbers where they lie; they stay mapped until the view is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The segment is gone.</exception>
    internal FloatView View(long at, int count) => new(new ReadOnlySpan<float>(Enter(at, count), count), _view.SafeMemoryMappedViewHandle);

    /// <summary>
    /// The numbers where they lie, as memory; they stay mapped until the owner is disposed, even if the segment is before.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The segment is gone.</exception>
    public IMemoryOwner<float> Map(long at, int count) => new Mapped(Enter(at, count), count, _view.SafeMemoryMappedViewHandle);

    /// <summary>Unmaps the memory once all readers and writers have finished.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }

    private static long BytesOf(long elements) => HeaderBytes + (elements * sizeof(float));

    /// <summary>The place of a range, held mapped until ReleasePointer.</summary>
    private float* Enter(long at, int count)
    {
        if (!Contains(at, count))
            throw new ArgumentOutOfRangeException(nameof(at), at, $"{count} elements from there do not lie in a segment of {Elements}");
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return (float*)(start + _start) + at;
    }

    private sealed class Mapped(float* start, int count, SafeMemoryMappedViewHandle mapping) : MemoryManager<float>
    {
        private SafeMemoryMappedViewHandle? _mapping = mapping;

        public override Span<float> GetSpan() =>
            new(_mapping is not null ? start : throw new ObjectDisposedException(nameof(SharedSegment)), count);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _mapping, null)?.ReleasePointer();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int memfd_create(string name, uint flags);
}

/// <summary>Numbers to read for a while, and what keeps their memory mapped meanwhile.</summary>
internal readonly ref struct FloatView(ReadOnlySpan<float> values, SafeMemoryMappedViewHandle? mapping = null)
{
    /// <summary>The numbers.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Ends the reading.</summary>
    public void Dispose() => mapping?.ReleasePointer();
}
