using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Checkpoints.Safetensors;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Writes a checkpoint's files into a folder. Each file is hashed while it is written, and flushed to the disk.</summary>
internal sealed class CheckpointFolderWriter(DurableFiles files, string folder, CancellationToken cancellation)
{
    private readonly List<CheckpointFileEntry> _entries = [];

    /// <summary>Writes all files.</summary>
    /// <returns>The state as written, with its digests and list of files.</returns>
    /// <exception cref="CheckpointException">The tensors' digest is not the one that the state gives.</exception>
    public CheckpointState WriteAll(CheckpointContent content)
    {
        OptimizerSlot[] slots = [.. content.Slots.OrderBy(slot => slot.Name, CheckpointContent.SlotOrder)];
        // (1), (2) The tensors, in the order of the replica digest, so that one pass both writes and hashes them.
        using var digest = new ReplicaDigest(content.State.Step, content.Layout.Count);
        WriteTensors(CheckpointContent.ModelFile, content.Quantized.Count > 0
            ? QuantizedTensors(content, digest)
            : ModelTensors(content, digest), content.State,
            content.Quantized.Count > 0 ? content.Layout : null);
        if (slots.FirstOrDefault(slot => slot.Name == CheckpointContent.AverageSlot) is { } average)
            WriteTensors(CheckpointContent.AverageFile, AverageTensors(content.Layout, average, digest), content.State);
        WriteTensors(CheckpointContent.OptimizerFile,
            SlotTensors(content.Layout, slots.Where(slot => slot.Name != CheckpointContent.AverageSlot), digest), content.State);
        var replica = digest.Finish();
        if (content.State.ReplicaDigest.Length > 0 && content.State.ReplicaDigest != replica)
        {
            // The error names the final folder, because the temporary folder is about to be removed.
            var path = Path.Combine(Path.GetDirectoryName(folder)!, CheckpointFolder.Name(content.State.Step));
            throw new CheckpointException(path, $"the tensors have the replica digest {replica}, but the state "
                + $"of step {content.State.Step} says {content.State.ReplicaDigest}: they changed while they were "
                + "written, or belong to another step");
        }
        // (3) The further files.
        foreach (var attachment in content.Attachments)
        {
            using var source = attachment.Open();
            WriteFile(attachment.Name, output => source.CopyTo(output));
        }
        // (4) The state, which lists the files so far; (5) the hashes of all files, the state included.
        var state = content.State with
        {
            Format = CheckpointState.CurrentFormat,
            LayoutDigest = content.Layout.Digest,
            ReplicaDigest = replica,
            Slots = [.. slots.Select(slot => slot.Name)],
            Files = [.. _entries],
            WrittenAt = content.State.WrittenAt == default ? DateTimeOffset.UtcNow : content.State.WrittenAt,
        };
        var json = StateFile.Render(state);
        WriteFile(StateFile.Name, output => output.Write(json));
        var sums = ChecksumList.Render(_entries);
        WriteFile(ChecksumList.Name, output => output.Write(sums));
        files.FlushFolder(folder);
        return state;
    }

    private static IEnumerable<SafetensorsTensor> ModelTensors(CheckpointContent content, ReplicaDigest digest) =>
        content.Layout.Tensors.Select(tensor => Tensor(tensor.Name, tensor, content.Parameters, digest, null));

    /// <summary>
    /// As <see cref="ModelTensors"/>, but with some matrices as integers with their scales. The writer moves integers behind the floats,
    /// so the digest, which follows the layout, is computed before in a pass of its own.
    /// </summary>
    private static IEnumerable<SafetensorsTensor> QuantizedTensors(CheckpointContent content, ReplicaDigest digest)
    {
        foreach (var tensor in content.Layout.Tensors)
            SafetensorsTensor.WritePieces(Stream.Null, content.Parameters, tensor.Offset, tensor.Count, digest.Append);
        var quantized = content.Quantized.ToDictionary(matrix => matrix.Name, StringComparer.Ordinal);
        foreach (var tensor in content.Layout.Tensors)
        {
            if (!quantized.TryGetValue(tensor.Name, out var matrix))
            {
                yield return SafetensorsTensor.Floats(tensor.Name, tensor.Shape, content.Parameters, tensor.Offset);
                continue;
            }
            yield return SafetensorsTensor.Streamed(tensor.Name, TensorType.Int8, tensor.Shape,
                output => output.Write(MemoryMarshal.AsBytes<sbyte>(matrix.Integers)));
            yield return SafetensorsTensor.Floats(
                tensor.Name + QuantizedMatrix.ScaleSuffix, [matrix.Rows], FloatBuffer.Of(matrix.Scales));
        }
    }

    private static IEnumerable<SafetensorsTensor> AverageTensors(TensorLayout layout, OptimizerSlot average, ReplicaDigest digest) =>
        layout.Tensors.Select((tensor, index) => Tensor(tensor.Name, tensor, average.Values, digest, index == 0 ? average.Name : null));

    private static IEnumerable<SafetensorsTensor> SlotTensors(
        TensorLayout layout, IEnumerable<OptimizerSlot> slots, ReplicaDigest digest) =>
        slots.SelectMany(slot => layout.Tensors.Select((tensor, index) => Tensor(
            $"{slot.Name}.{tensor.Name}", tensor, slot.Values, digest, index == 0 ? slot.Name : null)));

    private static SafetensorsTensor Tensor(
        string name, TensorSlice place, FloatBuffer buffer, ReplicaDigest digest, string? beginSlot) =>
        SafetensorsTensor.Streamed(name, TensorType.Float32, place.Shape, output =>
        {
            if (beginSlot is not null)
                digest.BeginSlot(beginSlot);
            SafetensorsTensor.WritePieces(output, buffer, place.Offset, place.Count, digest.Append);
        });

    /// <param name="order">If given, its order of the parameters goes into the metadata, because the file has another order.</param>
    private void WriteTensors(string name, IEnumerable<SafetensorsTensor> tensors, CheckpointState state, TensorLayout? order = null)
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["run"] = state.RunId,
            ["step"] = FormattableString.Invariant($"{state.Step}"),
        };
        if (order is not null)
            metadata[CheckpointContent.OrderKey] = string.Join('\n', order.Tensors.Select(tensor => tensor.Name));
        WriteFile(name, output => SafetensorsWriter.Write(output, [.. tensors], metadata, cancellation));
    }

    private void WriteFile(string name, Action<Stream> write)
    {
        cancellation.ThrowIfCancellationRequested();
        using var file = files.Create(Path.Combine(folder, name));
        using var output = new HashedStream(files, file, cancellation);
        write(output);
        output.Complete();
        files.Flush(file);
        _entries.Add(output.Entry(name));
    }

    /// <summary>Counts and hashes what goes into a file, and writes it block by block.</summary>
    private sealed class HashedStream(DurableFiles files, FileStream file, CancellationToken cancellation)
        : WriteOnlyStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly AlignedBlock _block = new();
        private long _size;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            cancellation.ThrowIfCancellationRequested();
            _hash.AppendData(buffer);
            _size += buffer.Length;
            while (!buffer.IsEmpty)
            {
                buffer = buffer[_block.Take(buffer)..];
                if (_block.IsFull)
                    WriteBlock();
            }
        }

        /// <summary>Writes what is left; the last block is padded, and the file cut to its length.</summary>
        public void Complete()
        {
            if (_block.IsEmpty)
                return;
            WriteBlock();
            files.Cut(file, _size);
        }

        public CheckpointFileEntry Entry(string name) =>
            new(name, _size, Convert.ToHexStringLower(_hash.GetHashAndReset()));

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            _block.Dispose();
            base.Dispose(disposing);
        }

        private void WriteBlock()
        {
            cancellation.ThrowIfCancellationRequested();
            files.Write(file, _block.Padded);
            _block.Clear();
        }
    }
}
