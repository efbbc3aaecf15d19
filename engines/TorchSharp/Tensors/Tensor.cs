using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A libtorch tensor. Objects belong to the dispose scope of their thread; one that belongs to none is freed by
    /// <see cref="Dispose()"/> or, late, by the finalizer. Failures of libtorch are ExternalExceptions.
    /// </summary>
    [NativeMarshalling(typeof(TensorMarshaller))]
    public partial class Tensor : IScoped
    {
        internal nint handle;

        private static long _totalCount;
        private static long _peakCount;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var total = Interlocked.Increment(ref _totalCount);
            _peakCount = Math.Max(total, _peakCount);
            if (register)
                OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Tensor objects alive in the process; a tensor made into a Parameter counts once more.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        /// <summary>The largest <see cref="TotalCount"/> so far.</summary>
        public static long PeakCount => _peakCount;

        /// <summary>A heap at::Tensor*, which other native libraries on the same libtorch can take.</summary>
        public nint Handle =>
            handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        /// <summary>Whether it was disposed (or never held anything).</summary>
        public bool IsInvalid => handle == 0;

        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        DisposeScope? IScoped.OwningDisposeScope
        {
            get => OwningDisposeScope;
            set => OwningDisposeScope = value;
        }

        LifetimeStatistics IScoped.Within(ThreadDisposeScopeStatistics statistics) => statistics.TensorStatistics;

        /// <summary>Takes ownership of a heap at::Tensor*, autograd history and all.</summary>
        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (handle == 0)
                return;
            DisposeScopeManager.ThreadSingleton.CountDisposal(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            Interlocked.Decrement(ref _totalCount);
            NativeMethods.dsq_dispose(handle);
            handle = 0;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null && other is not null)
                other.Attach(this);
            else
                OwningDisposeScope?.MoveToOther(other, this);
            return this;
        }

        /// <summary>Gives the native tensor away: the caller owns the handle, this object is empty.</summary>
        public nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            var given = Handle;
            Interlocked.Decrement(ref _totalCount);
            handle = 0;
            return given;
        }

        /// <summary>
        /// Leaves this object empty without a word to the counts; for a Parameter that takes its place.
        /// </summary>
        internal nint MoveHandle()
        {
            var moved = handle;
            handle = 0;
            return moved;
        }

        /// <summary>Another object on the same elements, with autograd history.</summary>
        public Tensor alias() => NativeMethods.dsq_alias(this);

        /// <summary>Equal by elements and shape.</summary>
        public bool Equals(Tensor target)
        {
            NativeMethods.dsq_equal(this, target, out var result);
            return result;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => base.GetHashCode();

        /// <summary>Shape, type and device, not the elements.</summary>
        public override string ToString() =>
            IsInvalid ? "[invalid]" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
    }
}
