using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Rows of a table by number.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long _padding;
        private readonly bool _scaleByFrequency;
        private readonly bool _sparse;

        internal Embedding(Parameter weight, long? padding, bool scaleByFrequency, bool sparse)
            : base(nameof(Embedding))
        {
            _padding = padding is < 0 ? weight.shape[0] + padding.Value : padding ?? -1;
            _scaleByFrequency = scaleByFrequency;
            _sparse = sparse;
            this.weight = weight;
        }

        /// <summary>(number of rows, width).</summary>
        public Parameter? weight
        {
            get => get_parameter(nameof(weight));
            set => ConditionallyRegisterParameter(nameof(weight), value);
        }

        /// <summary>Int64 numbers of any shape to that shape × width; the padding row gets no gradient.</summary>
        public override Tensor forward(Tensor input) =>
            NativeMethods.dsq_embedding(weight!, input, _padding, _scaleByFrequency, _sparse);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A standard normal table, with zeros for the padding row.</summary>
            public static Modules.Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, bool scale_grad_by_freq = false,
                bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                using var guard = no_grad();
                var table = new Modules.Parameter([num_embeddings, embedding_dims], dtype, device);
                table.normal_();
                if (padding_idx is not null)
                {
                    using var row = table.select(0, padding_idx.Value);
                    row.zero_();
                }
                return new Modules.Embedding(table, padding_idx, scale_grad_by_freq, sparse);
            }

            /// <summary>Around a given table, which learns only if not frozen.</summary>
            public static Modules.Embedding Embedding_from_pretrained(
                Tensor embeddings, bool freeze = true, long? padding_idx = null, bool scale_grad_by_freq = false,
                bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var table = embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device);
                return new Modules.Embedding(
                    new Modules.Parameter(table, !freeze), padding_idx, scale_grad_by_freq, sparse);
            }
        }
    }
}
