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
/// Any thread may read and write. The protocol of the exchange decides which process may use which part at which time. The system
/// allocates a page at its first use, so a large segment takes only the memory of its used parts.
/// </remarks>
public sealed unsafe partial class SharedSegment : IDisposable
{
    /// <summary>Bytes before the numbers: the identity, and alignment to a cache line.</summary>
    private const int HeaderBytes = 64;

    /// <summary>MFD_CLOEXEC: programs that this process starts do not inherit the file.</summary>
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

    /// <summary>Process id, file number, identity and elements, with which another process of this host opens the segment.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Creates a segment of zeros; null where that fails (not Linux, or no file numbers or memory left).</summary>
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

    /// <summary>Opens the segment of another process for reading; null where this host has no such segment.</summary>
    /// <param name="name">The segment's <see cref="Name"/>. It may come from an untrusted peer: only its numbers go into a path.</param>
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
            // The process is on another host, in another container or another user's: then tensors go over the network.
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

    /// <summary>A range of the numbers, not copied; they stay mapped until the view is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The segment is gone.</exception>
    internal FloatView View(long at, int count) => new(new ReadOnlySpan<float>(Enter(at, count), count), _view.SafeMemoryMappedViewHandle);

    /// <summary>
    /// A range of the numbers as memory, not copied. They stay mapped until the owner is disposed, even if the segment is disposed first.
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

    /// <summary>The address of a range, which stays mapped until ReleasePointer.</summary>
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

/// <summary>Numbers to read; their memory stays mapped until the view is disposed.</summary>
internal readonly ref struct FloatView(ReadOnlySpan<float> values, SafeMemoryMappedViewHandle? mapping = null)
{
    /// <summary>The numbers.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Ends the reading.</summary>
    public void Dispose() => mapping?.ReleasePointer();
}
