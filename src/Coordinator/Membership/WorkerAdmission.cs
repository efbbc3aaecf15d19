using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>
/// Decides whether a worker fits the run: its replica must belong to this run, and its model, corpus and arithmetic must equal those of
/// the other workers.
/// </summary>
/// <param name="runId">Identity of the run.</param>
/// <param name="corpusDigest">Digest of the training split.</param>
internal sealed class WorkerAdmission(string runId, string corpusDigest)
{
    private const int DigestStart = 8;
    private string? _arithmetic;

    /// <summary>The model's parameters, as the first accepted worker describes them; null before that.</summary>
    public TensorLayout? Layout { get; private set; }

    /// <summary>The optimizer's state buffers, in order.</summary>
    public IReadOnlyList<string> Slots { get; private set; } = [];

    /// <summary>The reason to refuse a worker that announces itself; null for an accepted one.</summary>
    public Refusal? Judge(JoinRequest request)
    {
        if (request.ProtocolVersion != ProtocolVersion.Current)
        {
            return new Refusal(RefusalReasons.Version, $"it speaks version {request.ProtocolVersion} of the protocol between processes, "
                + $"this coordinator version {ProtocolVersion.Current}: start both from the same build or image");
        }

        return request.Position.RunId.Length == 0 || request.Position.RunId == runId
            ? null
            : new Refusal(RefusalReasons.Run, $"it holds a replica of run {request.Position.RunId}, but this is run {runId}; "
                + "start it anew");
    }

    /// <summary>The reason to refuse a worker that is ready; null for an accepted one.</summary>
    public Refusal? Judge(WorkerReady ready)
    {
        TensorLayout layout;
        try
        {
            layout = TensorLayout.Create(ready.Layout.Select(t => (t.Name, (IReadOnlyList<long>)[.. t.Shape])));
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            return new Refusal(RefusalReasons.Model, "its model or corpus differs from this run's: it describes a model that cannot be "
                + $"({e.Message}); its build may be another version");
        }

        if (ready.CorpusDigest != corpusDigest || layout.Digest != (Layout?.Digest ?? layout.Digest))
        {
            return new Refusal(RefusalReasons.Model, $"its model or corpus differs from this run's (model {Start(layout.Digest)}, "
                + $"expected {Start(Layout?.Digest ?? layout.Digest)}; "
                + $"corpus {Start(ready.CorpusDigest)}, expected {Start(corpusDigest)}); its build may be another version");
        }

        if (ready.Arithmetic != (_arithmetic ?? ready.Arithmetic))
        {
            return new Refusal(RefusalReasons.Arithmetic, $"it computes with {ready.Arithmetic}, the others with {_arithmetic}: the last "
                + "bits of gradients would depend on who computed what; give it the same processor kind, build and threads");
        }

        (Layout, Slots, _arithmetic) = (layout, [.. ready.Slots], ready.Arithmetic);
        return null;
    }

    private static string Start(string digest) => digest.Length > DigestStart ? digest[..DigestStart] : digest;
}

/// <summary>Why a worker is refused.</summary>
/// <param name="Kind">One of <see cref="RefusalReasons"/>.</param>
/// <param name="Reason">The text for the worker and for the log.</param>
internal sealed record Refusal(string Kind, string Reason);
