using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static partial class rnn
            {
                /// <summary>
                /// Sequences of several lengths without their padding: time step by time step, only the sequences that
                /// are still going on. Its tensors live and die with it.
                /// </summary>
                public sealed class PackedSequence : IScoped
                {
                    /// <summary>(sum of lengths, size).</summary>
                    public readonly Tensor data;

                    /// <summary>How many sequences are still going on at each time step; Int64, on the CPU.</summary>
                    public readonly Tensor batch_sizes;

                    /// <summary>The order that sorts the batch by length; invalid where it was sorted before.</summary>
                    public readonly Tensor sorted_indices;

                    public readonly Tensor unsorted_indices;

                    private DisposeScope? _owningDisposeScope;
                    private bool _disposed;

                    internal PackedSequence(Tensor data, Tensor batchSizes, Tensor sortedIndices,
                        Tensor unsortedIndices)
                    {
                        this.data = data.DetachFromDisposeScope();
                        batch_sizes = batchSizes.DetachFromDisposeScope();
                        sorted_indices = sortedIndices.DetachFromDisposeScope();
                        unsorted_indices = unsortedIndices.DetachFromDisposeScope();
                        Scope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
                    }

                    DisposeScope? IScoped.OwningDisposeScope
                    {
                        get => _owningDisposeScope;
                        set => Scope = value;
                    }

                    private DisposeScope? Scope
                    {
                        set
                        {
                            _owningDisposeScope = value;
                            data.OwningDisposeScope = value;
                            batch_sizes.OwningDisposeScope = value;
                            sorted_indices.OwningDisposeScope = value;
                            unsorted_indices.OwningDisposeScope = value;
                        }
                    }

                    LifetimeStatistics IScoped.Within(ThreadDisposeScopeStatistics statistics) =>
                        statistics.PackedSequenceStatistics;

                    public PackedSequence MoveToOuterDisposeScope()
                    {
                        _owningDisposeScope?.MoveToOuter(this);
                        return this;
                    }

                    public PackedSequence DetachFromDisposeScope()
                    {
                        _owningDisposeScope?.Detach(this);
                        return this;
                    }

                    public void Dispose()
                    {
                        if (_disposed)
                            return;
                        _disposed = true;
                        data.Dispose();
                        batch_sizes.Dispose();
                        sorted_indices.Dispose();
                        unsorted_indices.Dispose();
                        DisposeScopeManager.ThreadSingleton.CountDisposal(this);
                        _owningDisposeScope?.MarkAsDisposed(this);
                    }

                    /// <summary>Other data in the same packing.</summary>
                    internal PackedSequence With(Tensor output) =>
                        new(output, batch_sizes.alias(), Alias(sorted_indices), Alias(unsorted_indices));

                    /// <summary>
                    /// Recurrent states (layers, batch, size) from the batch's order to the packing's.
                    /// </summary>
                    internal Tensor Sorted(Tensor state) =>
                        sorted_indices.IsInvalid ? state : state.index_select(1, sorted_indices);

                    internal Tensor Unsorted(Tensor state) =>
                        unsorted_indices.IsInvalid ? state : state.index_select(1, unsorted_indices);

                    private static Tensor Alias(Tensor indexes) => indexes.IsInvalid ? new Tensor(0) : indexes.alias();
                }

                /// <summary>
                /// Packs (time, batch, …), or (batch, time, …) when batch first. Lengths are Int64 on the CPU, at least
                /// 1, and fall from the first to the last sequence unless enforce_sorted is false.
                /// </summary>
                public static PackedSequence pack_padded_sequence(
                    Tensor input, Tensor lengths, bool batch_first = false, bool enforce_sorted = true)
                {
                    NativeMethods.dsq_pack_padded(
                        input, lengths, batch_first, enforce_sorted, out var data, out var batchSizes, out var sorted,
                        out var unsorted);
                    return new PackedSequence(data, batchSizes, sorted, unsorted);
                }

                /// <summary>Back to a padded batch in its own order, and the lengths.</summary>
                public static (Tensor, Tensor) pad_packed_sequence(
                    PackedSequence sequence, bool batch_first = false, double padding_value = 0.0,
                    long? total_length = null)
                {
                    NativeMethods.dsq_pad_packed(
                        sequence.data, sequence.batch_sizes,
                        sequence.unsorted_indices.IsInvalid ? null : sequence.unsorted_indices, batch_first,
                        padding_value,
                        total_length ?? -1, out var padded, out var lengths);
                    return (padded, lengths);
                }
            }
        }
    }
}
