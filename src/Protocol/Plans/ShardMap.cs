namespace DistSeq2Seq.Protocol.Plans;

/// <summary>The part of the flat gradient buffer that one message carries.</summary>
/// <param name="Number">Position in <see cref="ShardMap.Chunks"/>.</param>
/// <param name="Offset">First element.</param>
/// <param name="Length">Elements.</param>
/// <param name="Owner">Index of the owner, which finishes the chunk's sum.</param>
public readonly record struct Chunk(int Number, long Offset, int Length, int Owner);

/// <summary>
/// Division of the flat gradient buffer into buckets, of each bucket into one shard per owner, and of each shard into chunks. It depends
/// on the arguments alone, so every member and every owner computes the same map.
/// </summary>
public sealed class ShardMap
{
    /// <summary>Shards begin at multiples of this many elements (a cache line of float32), so that sums stay vectorised.</summary>
    private const int Alignment = 16;

    private readonly Dictionary<long, int> _byOffset;

    /// <summary>Divides a buffer of <paramref name="elements"/> float32 numbers.</summary>
    /// <param name="elements">Elements of the flat buffer, at least 1.</param>
    /// <param name="bucketElements">Elements of a bucket, at least 1.</param>
    /// <param name="chunkElements">Maximum elements of a chunk, at least 1.</param>
    /// <param name="owners">Number of owners, at least 1.</param>
    public ShardMap(long elements, long bucketElements, int chunkElements, int owners)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elements, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketElements, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkElements, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(owners, 1);
        Elements = elements;
        Owners = owners;
        var chunks = new List<Chunk>();
        for (long bucket = 0; bucket < elements; bucket += bucketElements)
        {
            var size = Math.Min(bucketElements, elements - bucket);
            var shard = RoundUp((size + owners - 1) / owners);
            for (var owner = 0; owner < owners; owner++)
            {
                var end = bucket + Math.Min(size, (owner + 1) * shard);
                for (var offset = bucket + Math.Min(size, owner * shard); offset < end; offset += chunkElements)
                    chunks.Add(new Chunk(chunks.Count, offset, (int)Math.Min(chunkElements, end - offset), owner));
            }
        }

        Chunks = chunks;
        _byOffset = chunks.ToDictionary(c => c.Offset, c => c.Number);
    }

    /// <summary>Elements of the flat buffer.</summary>
    public long Elements { get; }

    /// <summary>Number of owners.</summary>
    public int Owners { get; }

    /// <summary>Every chunk; together they cover the buffer exactly once.</summary>
    public IReadOnlyList<Chunk> Chunks { get; }

    /// <summary>Counts the chunks of a map without building the map.</summary>
    /// <param name="elements">As in the constructor.</param>
    /// <param name="bucketElements">As in the constructor.</param>
    /// <param name="chunkElements">As in the constructor.</param>
    /// <param name="owners">As in the constructor.</param>
    public static long CountChunks(long elements, long bucketElements, int chunkElements, int owners)
    {
        var (full, rest) = Math.DivRem(elements, bucketElements);
        return (full * OfBucket(bucketElements)) + OfBucket(rest);

        long OfBucket(long size)
        {
            if (size == 0)
                return 0;
            var shard = RoundUp((size + owners - 1) / owners);
            var (whole, last) = Math.DivRem(size, shard); // shards of full length, and the rest for the owner after them
            return (whole * Ceiling(shard)) + Ceiling(last);
        }

        long Ceiling(long length) => (length + chunkElements - 1) / chunkElements;
    }

    /// <summary>Finds the chunk that begins at an element.</summary>
    public bool TryFind(long offset, out Chunk chunk)
    {
        var found = _byOffset.TryGetValue(offset, out var number);
        chunk = found ? Chunks[number] : default;
        return found;
    }

    private static long RoundUp(long value) => (value + Alignment - 1) / Alignment * Alignment;
}
