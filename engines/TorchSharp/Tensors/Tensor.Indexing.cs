using TorchSharp.Native;
using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Picking, slicing and scattering. Integer index tensors are Int64.
    public partial class Tensor
    {
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => dsq_get(this, [i1], 1);
            set => Put(value, [i1]);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => dsq_get(this, [i1, i2], 2);
            set => Put(value, [i1, i2]);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => dsq_get(this, [i1, i2, i3], 3);
            set => Put(value, [i1, i2, i3]);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var result = dsq_index(this, Encode(indices), indices.Length);
            GC.KeepAlive(indices);
            return result;
        }

        public Tensor index(params Tensor[] indices) => index(AsIndexes(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            dsq_index_put_(this, Encode(indices), indices.Length, value);
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, AsIndexes(indices));

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            dsq_index_put_scalar_(this, Encode(indices), indices.Length, value);
            GC.KeepAlive(indices);
            return this;
        }

        /// <summary>A view without the dimension.</summary>
        public Tensor select(long dim, long index) => dsq_select(this, dim, index);

        /// <summary>A view of [start, start + length).</summary>
        public Tensor narrow(long dim, long start, long length) => dsq_narrow(this, dim, start, length);

        /// <summary>A view of every step-th element of [start, finish).</summary>
        public Tensor slice(long dim, long start, long finish, long step)
        {
            if (step < 1)
                throw new ArgumentException($"step is {step}, but it should always be positive.");
            return dsq_slice(this, dim, start, finish, step);
        }

        public Tensor index_select(long dim, Tensor index) => dsq_index_select(this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            CheckIndex(index);
            return dsq_index_add(this, dim, index, source, alpha);
        }

        /// <summary>Adds alpha · source's slices onto the slices that the index names.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            CheckIndex(index);
            dsq_index_add_(this, dim, index, source, alpha);
            return this;
        }

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            CheckIndex(index);
            dsq_index_copy_(this, dim, index, source);
            return this;
        }

        public Tensor index_fill_(long dim, Tensor index, Scalar value)
        {
            CheckIndex(index);
            dsq_index_fill_(this, dim, index, value);
            return this;
        }

        /// <summary>Along one dimension, the elements that the index names; the result has the index's shape.</summary>
        public Tensor gather(long dim, Tensor index) => dsq_gather(this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => dsq_scatter(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            dsq_scatter_(this, dim, index, src);
            return this;
        }

        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            dsq_scatter_add_(this, dim, index, src);
            return this;
        }

        private void Put(Tensor value, ReadOnlySpan<long> indexes)
        {
            using var target = dsq_get(this, indexes, indexes.Length);
            target.copy_(value);
        }

        private static void CheckIndex(Tensor index)
        {
            if (index.dtype != ScalarType.Int64)
                throw new ArgumentException("Element type of 'index' must be 'Int64'");
        }

        private static TensorIndex[] AsIndexes(Tensor[] tensors) => Array.ConvertAll(tensors, TensorIndex.Tensor);

        private static IndexArg[] Encode(TensorIndex[] indices) => Array.ConvertAll(indices, index => new IndexArg
        {
            Kind = (long)index.kind,
            Start = index.start,
            Stop = index.stop,
            Step = index.step,
            Tensor = index.tensor?.Handle ?? 0,
        });
    }
}
