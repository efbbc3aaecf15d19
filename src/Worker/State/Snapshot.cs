using System.Buffers;
using DistSeq2Seq.Exchange;

namespace DistSeq2Seq.Worker.State;

/// <summary>
/// A copy of a replica's state. All sections lie one after the other in shared memory where there is any, else each in an array.
/// </summary>
internal sealed class Snapshot : IDisposable
{
    private readonly IMemoryOwner<float>[] _mapped = [];
    private readonly Memory<float>[] _sections;

    /// <param name="like">Sections of the sizes to make room for.</param>
    /// <param name="shared">Whether other processes of this host may read the copy.</param>
    public Snapshot(IReadOnlyList<float[]> like, bool shared)
    {
        Segment = shared ? SharedSegment.TryCreate(like.Sum(section => (long)section.Length)) : null;
        if (Segment is null)
        {
            _sections = [.. like.Select(section => GC.AllocateUninitializedArray<float>(section.Length).AsMemory())];
            return;
        }

        var at = 0L;
        _mapped = [.. like.Select(section => Segment.Map((at += section.Length) - section.Length, section.Length))];
        _sections = [.. _mapped.Select(section => section.Memory)];
    }

    /// <summary>The shared memory; null where the copy lies in arrays.</summary>
    public SharedSegment? Segment { get; }

    /// <summary>Parameters, then each slot of the optimizer.</summary>
    public IReadOnlyList<ReadOnlyMemory<float>> Sections => [.. _sections.Select(section => (ReadOnlyMemory<float>)section)];

    /// <summary>Skipped steps up to this state.</summary>
    public StepCounts Counts { get; private set; }

    /// <summary>Readers that have not finished.</summary>
    public int Readers { get; set; }

    /// <summary>Whether a checkpoint may still ask for this copy.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Whether sections of these sizes fit into this memory.</summary>
    public bool Fits(IReadOnlyList<float[]> sections) =>
        sections.Select(section => section.Length).SequenceEqual(_sections.Select(section => section.Length));

    /// <summary>Copies a state into this memory.</summary>
    public void Fill(IReadOnlyList<float[]> sections, StepCounts counts)
    {
        for (var i = 0; i < sections.Count; i++)
            sections[i].CopyTo(_sections[i]);
        (Counts, IsWanted) = (counts, true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_mapped, section => section.Dispose());
        Segment?.Dispose();
    }
}
