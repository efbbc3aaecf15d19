using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Checkpoints.Safetensors;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Which parts of a checkpoint are opened.</summary>
public enum CheckpointScope
{
    /// <summary>All parts, as needed to resume; hashes and replica digest are verified.</summary>
    Everything,

    /// <summary>
    /// All but the optimizer's slots, as needed to translate; the hashes of the other files are verified. The optimizer's file may be
    /// missing.
    /// </summary>
    ModelOnly,
}

/// <summary>A verified checkpoint, its tensors mapped into memory until it is disposed of.</summary>
public sealed class LoadedCheckpoint : IDisposable
{
    private readonly SafetensorsFile? _average;
    private readonly SafetensorsFile? _optimizer;

    private LoadedCheckpoint(string path, CheckpointState state, TensorLayout layout, SafetensorsFile model,
        SafetensorsFile? average, SafetensorsFile? optimizer)
    {
        Path = path;
        State = state;
        Layout = layout;
        Model = model;
        _average = average;
        _optimizer = optimizer;
    }

    /// <summary>The checkpoint's folder.</summary>
    public string Path { get; }

    /// <summary>All content besides tensors and files.</summary>
    public CheckpointState State { get; }

    /// <summary>The parameters and their order in the flat buffer.</summary>
    public TensorLayout Layout { get; }

    /// <summary>The parameters by name.</summary>
    public SafetensorsFile Model { get; }

    /// <summary>Names of the optimizer slots that can be copied; empty where only the model was opened.</summary>
    public IReadOnlyList<string> Slots => _optimizer is null ? [] : State.Slots;

    /// <summary>The parameters to translate with, by name: the moving average if there is one, else the trained parameters.</summary>
    public SafetensorsFile Translating => _average ?? Model;

    /// <summary>Verifies a checkpoint's folder, wherever it lies, and opens it.</summary>
    /// <param name="path">The folder, as <c>runs/x/checkpoints/step-000001200</c>.</param>
    /// <param name="scope">Which parts to open.</param>
    /// <exception cref="CheckpointException">It is missing or damaged; the message names the file and the
    /// damage.</exception>
    public static LoadedCheckpoint Open(string path, CheckpointScope scope = CheckpointScope.Everything)
    {
        var files = CheckpointFiles.Open(path);
        var state = files.State;
        SafetensorsFile? model = null, average = null, optimizer = null;
        try
        {
            foreach (var file in state.Files)
            {
                if (scope == CheckpointScope.ModelOnly && file.Name == CheckpointContent.OptimizerFile)
                    continue;
                using var stream = files.OpenVerified(file.Name);
                if (file.Name == CheckpointContent.ModelFile)
                    model = SafetensorsFile.Open(stream);
                else if (file.Name == CheckpointContent.AverageFile)
                    average = SafetensorsFile.Open(stream);
                else if (file.Name == CheckpointContent.OptimizerFile)
                    optimizer = SafetensorsFile.Open(stream);
            }
            if (model is null)
                throw new CheckpointException(path, $"has no {CheckpointContent.ModelFile}");
            if (optimizer is null && scope == CheckpointScope.Everything)
            {
                throw new CheckpointException(
                    path, $"has no {CheckpointContent.OptimizerFile}: it can translate, not resume");
            }
            var loaded = new LoadedCheckpoint(path, state, LayoutOf(model), model, average, optimizer);
            loaded.VerifyTensors();
            return loaded;
        }
        catch
        {
            model?.Dispose();
            average?.Dispose();
            optimizer?.Dispose();
            throw;
        }
    }

    /// <summary>Copies all parameters into a flat buffer.</summary>
    /// <param name="destination">As many elements as the layout has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyParameters(Span<float> destination) => Copy(Model, "", destination);

    /// <summary>Copies an optimizer slot into a flat buffer.</summary>
    /// <param name="name">One of <see cref="Slots"/>.</param>
    /// <param name="destination">As many elements as the layout has.</param>
    /// <exception cref="CheckpointException">The checkpoint has no such slot, or only its model was opened.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopySlot(string name, Span<float> destination)
    {
        if (_optimizer is null || !Slots.Contains(name))
        {
            var there = Slots.Count == 0 ? "none" : string.Join(", ", Slots);
            throw new CheckpointException(Path, $"has no optimizer slot '{name}' (it has: {there})");
        }
        var (file, prefix) = PlaceOf(name);
        Copy(file, prefix, destination);
    }

    /// <summary>Whether the checkpoint has a moving average of the parameters.</summary>
    public bool HasAverage => _average is not null;

    /// <summary>
    /// Copies the parameters to translate with into a flat buffer: the moving average if there is one, else the trained parameters.
    /// </summary>
    /// <param name="destination">As many elements as the layout has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyTranslatingParameters(Span<float> destination) => Copy(Translating, "", destination);

    /// <summary>Whether matrices of the model are stored as 8-bit integers.</summary>
    public bool IsQuantized => Model.Tensors.Any(entry => entry.Type == TensorType.Int8);

    /// <summary>The matrices that are stored as 8-bit integers, in the flat buffer's order.</summary>
    public IEnumerable<QuantizedMatrix> QuantizedMatrices() => Layout.Tensors.Select(tensor => Quantized(Model, tensor))
        .OfType<QuantizedMatrix>();

    /// <summary>The path of a further file, for example <c>source.vocab</c>.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no such file.</exception>
    public string AttachmentPath(string name) => State.Files.Any(file => file.Name == name)
        ? System.IO.Path.Combine(Path, name)
        : throw new CheckpointException(
            Path, $"carries no file '{name}' (it has: {string.Join(", ", State.Files.Select(file => file.Name))})");

    /// <summary>Unmaps the files.</summary>
    public void Dispose()
    {
        Model.Dispose();
        _average?.Dispose();
        _optimizer?.Dispose();
    }

    /// <summary>The layout of the flat buffer, from the order of the parameters in the file.</summary>
    private static TensorLayout LayoutOf(SafetensorsFile model)
    {
        foreach (var entry in model.Tensors)
        {
            if (entry.Type == TensorType.Int64)
            {
                throw new CheckpointException(
                    model.Path, $"parameter '{entry.Name}' is of type {entry.Type.FileName()}, not F32 or I8");
            }
        }
        try
        {
            return TensorLayout.Create(Parameters(model).Select(entry => (entry.Name, entry.Shape)));
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new CheckpointException(model.Path, e.Message, e);
        }
    }

    /// <summary>
    /// The parameters in the flat buffer's order. It is the order of the file, or, with integers, the order in the metadata.
    /// </summary>
    private static IEnumerable<SafetensorsEntry> Parameters(SafetensorsFile model)
    {
        if (model.Tensors.All(entry => entry.Type != TensorType.Int8))
            return model.Tensors;
        if (!model.Metadata.TryGetValue(CheckpointContent.OrderKey, out var order))
            throw new CheckpointException(model.Path, "has integers, but its metadata do not tell the order of the parameters "
                + $"('{CheckpointContent.OrderKey}')");
        SafetensorsEntry[] named =
        [
            .. order.Split('\n').Select(name => model.TryFind(name, out var entry)
                ? entry : throw new CheckpointException(model.Path, $"has no tensor named '{name}', which its metadata name")),
        ];
        foreach (var matrix in named.Where(entry => entry.Type == TensorType.Int8))
        {
            var name = matrix.Name + QuantizedMatrix.ScaleSuffix;
            if (matrix.Shape.Count != 2 || !model.TryFind(name, out var scales)
                || scales.Type != TensorType.Float32 || !scales.Shape.SequenceEqual([matrix.Shape[0]]))
            {
                throw new CheckpointException(model.Path, $"matrix '{matrix.Name}' of integers has no tensor '{name}' with a scale "
                    + "for each row");
            }
        }
        return named;
    }

    /// <summary>A matrix that is stored as integers; null for one of floats.</summary>
    private static QuantizedMatrix? Quantized(SafetensorsFile file, TensorSlice tensor) =>
        file.TryFind(tensor.Name, out var entry) && entry.Type == TensorType.Int8
            ? new(tensor.Name, (int)tensor.Shape[0], (int)tensor.Shape[1], [.. file.Bytes(tensor.Name)],
                [.. file.Floats(tensor.Name + QuantizedMatrix.ScaleSuffix)])
            : null;

    private void VerifyTensors()
    {
        if (Layout.Digest != State.LayoutDigest)
        {
            throw new CheckpointException(
                Model.Path,
                $"its parameters have the layout digest {Layout.Digest}, {StateFile.Name} says {State.LayoutDigest}");
        }
        var hasAverage = State.Slots.Contains(CheckpointContent.AverageSlot);
        if (hasAverage != HasAverage)
            throw new CheckpointException(Path, $"{StateFile.Name} and the files do not agree on whether there is "
                + $"an {CheckpointContent.AverageFile}");
        if (_average is not null && LayoutOf(_average).Digest != Layout.Digest)
            throw new CheckpointException(_average.Path,
                $"its parameters have other names or shapes than those of {CheckpointContent.ModelFile}");
        if (_optimizer is null)
            return;
        var inFile = Slots.Count - (hasAverage ? 1 : 0);
        if (_optimizer.Tensors.Count != inFile * Layout.Tensors.Count)
        {
            throw new CheckpointException(_optimizer.Path, $"has {_optimizer.Tensors.Count} tensors instead of "
                + $"{inFile} slots of {Layout.Tensors.Count}");
        }
        using var digest = new ReplicaDigest(State.Step, Layout.Count);
        ForEachPiece(Model, "", digest.Append);
        foreach (var slot in Slots)
        {
            digest.BeginSlot(slot);
            var (file, prefix) = PlaceOf(slot);
            ForEachPiece(file, prefix, digest.Append);
        }
        var replica = digest.Finish();
        if (replica != State.ReplicaDigest)
        {
            throw new CheckpointException(
                Path, $"its tensors have the replica digest {replica}, {StateFile.Name} says {State.ReplicaDigest}");
        }
    }

    /// <summary>
    /// The file of a slot, and the prefix of its tensors' names. The scope is <see cref="CheckpointScope.Everything"/>.
    /// </summary>
    private (SafetensorsFile File, string Prefix) PlaceOf(string slot) =>
        slot == CheckpointContent.AverageSlot ? (_average!, "") : (_optimizer!, slot + ".");

    private void ForEachPiece(SafetensorsFile file, string prefix, Action<ReadOnlySpan<float>> take)
    {
        const int pieceElements = 1 << 20;
        foreach (var tensor in Layout.Tensors)
        {
            var name = prefix + tensor.Name;
            if (!file.TryFind(name, out var entry) || !entry.Shape.SequenceEqual(tensor.Shape))
            {
                throw new CheckpointException(
                    file.Path, $"has no tensor '{name}' of the shape [{string.Join(", ", tensor.Shape)}]");
            }
            if (entry.Type == TensorType.Int8)
            {
                var weights = new float[tensor.Count];
                Quantized(file, tensor)!.CopyTo(weights);
                take(weights);
                continue;
            }
            for (long start = 0; start < tensor.Count; start += pieceElements)
                take(file.Floats(name, start, (int)Math.Min(pieceElements, tensor.Count - start)));
        }
    }

    private void Copy(SafetensorsFile file, string prefix, Span<float> destination)
    {
        if (destination.Length != Layout.Count)
        {
            throw new ArgumentException(
                $"a buffer of {destination.Length} elements cannot take the {Layout.Count} of {file.Path}",
                nameof(destination));
        }
        foreach (var tensor in Layout.Tensors)
        {
            var place = destination.Slice((int)tensor.Offset, (int)tensor.Count);
            if (prefix.Length == 0 && Quantized(file, tensor) is { } matrix)
                matrix.CopyTo(place);
            else
                file.Floats(prefix + tensor.Name).CopyTo(place);
        }
    }
}
