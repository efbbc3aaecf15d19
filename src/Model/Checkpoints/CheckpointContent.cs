using System.Text;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>One flat buffer of optimizer state, for example Adam's first moments.</summary>
public sealed record OptimizerSlot
{
    /// <summary>Names a buffer.</summary>
    /// <param name="name">PyTorch's name of the state (<c>exp_avg</c>, <c>exp_avg_sq</c>, <c>momentum_buffer</c>):
    /// ASCII letters, digits and underscores.</param>
    /// <param name="values">As many elements as there are parameters, in the layout's order.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public OptimizerSlot(string name, FloatBuffer values)
    {
        // A dot would make "<slot>.<parameter>" ambiguous.
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
            throw new ArgumentException($"'{name}' is no slot's name: use letters, digits and '_'", nameof(name));
        Name = name;
        Values = values;
    }

    /// <summary>The slot's name.</summary>
    public string Name { get; }

    /// <summary>Its elements.</summary>
    public FloatBuffer Values { get; }
}

/// <summary>A further file of a checkpoint, for example a vocabulary.</summary>
public sealed class CheckpointAttachment
{
    private readonly Func<Stream> _open;

    private CheckpointAttachment(string name, Func<Stream> open)
    {
        if (!ChecksumList.IsFileName(name) || name is StateFile.Name or ChecksumList.Name
            or CheckpointContent.ModelFile or CheckpointContent.AverageFile or CheckpointContent.OptimizerFile)
        {
            throw new ArgumentException($"'{name}' cannot name a file carried along in a checkpoint", nameof(name));
        }
        Name = name;
        _open = open;
    }

    /// <summary>The name in the checkpoint's folder.</summary>
    public string Name { get; }

    /// <summary>A copy of a file.</summary>
    /// <param name="path">The file to copy, when the checkpoint is written.</param>
    /// <param name="name">Its name in the checkpoint; the file's own name if null.</param>
    public static CheckpointAttachment Copy(string path, string? name = null) =>
        new(name ?? System.IO.Path.GetFileName(path), () => File.OpenRead(path));

    /// <summary>A file with the given text, as UTF-8.</summary>
    public static CheckpointAttachment Text(string name, string content) =>
        new(name, () => new MemoryStream(Encoding.UTF8.GetBytes(content), writable: false));

    internal Stream Open() => _open();
}

/// <summary>Everything that goes into one checkpoint. The buffers must stay unchanged while it is written.</summary>
public sealed record CheckpointContent
{
    /// <summary>File of the parameters, under their own names.</summary>
    public const string ModelFile = "model.safetensors";

    /// <summary>File of the optimizer's slots; its tensors are named <c>slot.parameter</c>.</summary>
    public const string OptimizerFile = "optimizer.safetensors";

    /// <summary>File of the moving average of the parameters, under the parameters' own names, where one is kept.</summary>
    public const string AverageFile = "ema.safetensors";

    /// <summary>
    /// Key of the model file's metadata that holds the parameters' names in the flat buffer's order, one a line. The key is there if the
    /// file has quantized matrices.
    /// </summary>
    internal const string OrderKey = "parameters";

    /// <summary>Name of the slot with the moving average of the parameters.</summary>
    public const string AverageSlot = "ema";

    /// <summary>
    /// The order of slots in files and in the replica digest: <see cref="AverageSlot"/> first, the optimizer's in ordinal order of their
    /// names.
    /// </summary>
    public static IComparer<string> SlotOrder { get; } = Comparer<string>.Create((first, second) =>
        (first != AverageSlot).CompareTo(second != AverageSlot) is var byAverage and not 0
        ? byAverage
        : string.CompareOrdinal(first, second));

    /// <summary>The order of the flat buffers.</summary>
    public required TensorLayout Layout { get; init; }

    /// <summary>The flat parameters, as many elements as the layout has.</summary>
    public required FloatBuffer Parameters { get; init; }

    /// <summary>Matrices that are written as 8-bit integers; for these, the parameters hold the dequantized weights.</summary>
    public IReadOnlyList<QuantizedMatrix> Quantized { get; init; } = [];

    /// <summary>
    /// The optimizer's flat buffers, each as long as the parameters; none for an optimizer without state. <see cref="AverageSlot"/> is
    /// written to a file of its own.
    /// </summary>
    public IReadOnlyList<OptimizerSlot> Slots { get; init; } = [];

    /// <summary>All content besides tensors and files.</summary>
    public required CheckpointState State { get; init; }

    /// <summary>Further files: configuration, vocabularies, tokenizer.</summary>
    public IReadOnlyList<CheckpointAttachment> Attachments { get; init; } = [];

    /// <summary>Refuses content that contradicts itself, before anything is written.</summary>
    /// <exception cref="ArgumentException">A length, digest or name does not fit the rest.</exception>
    internal void Validate()
    {
        if (State.Step is < 0 or > CheckpointFolder.MaximumStep)
            throw new ArgumentException($"step {State.Step} is not between 0 and {CheckpointFolder.MaximumStep}");
        if (Parameters.Length != Layout.Count)
            throw new ArgumentException($"{Parameters.Length} parameter elements; the layout has {Layout.Count}");
        if (State.LayoutDigest.Length > 0 && State.LayoutDigest != Layout.Digest)
            throw new ArgumentException($"the state has the layout digest {State.LayoutDigest}, not {Layout.Digest}");
        foreach (var slot in Slots)
        {
            if (slot.Values.Length != Layout.Count)
            {
                throw new ArgumentException(
                    $"slot {slot.Name} has {slot.Values.Length} elements; the layout has {Layout.Count}");
            }
        }
        RequireDistinct(Slots.Select(slot => slot.Name), "slots");
        RequireDistinct(Attachments.Select(attachment => attachment.Name), "attachments");
    }

    private static void RequireDistinct(IEnumerable<string> names, string what)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.Add(name))
                throw new ArgumentException($"two {what} are named {name}");
        }
    }
}
