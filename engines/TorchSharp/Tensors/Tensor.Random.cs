using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Filling in place; all return this tensor. Without a generator, the device's own is used.
    public partial class Tensor
    {
        public Tensor fill_(Scalar value)
        {
            dsq_fill_(this, value);
            return this;
        }

        /// <summary>Uniform over [from, to).</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            dsq_uniform_(this, from, to, generator?.Handle ?? 0);
            GC.KeepAlive(generator);
            return this;
        }

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            dsq_normal_(this, mean, std, generator?.Handle ?? 0);
            GC.KeepAlive(generator);
            return this;
        }

        /// <summary>One with probability p, else zero.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            dsq_bernoulli_(this, p, generator?.Handle ?? 0);
            GC.KeepAlive(generator);
            return this;
        }

        public Tensor bernoulli_(Tensor p, Generator? generator = null)
        {
            dsq_bernoulli_tensor_(this, p, generator?.Handle ?? 0);
            GC.KeepAlive(generator);
            return this;
        }

        public Tensor exponential_(double lambda = 1.0, Generator? generator = null)
        {
            dsq_exponential_(this, lambda, generator?.Handle ?? 0);
            GC.KeepAlive(generator);
            return this;
        }

        /// <summary>Indexes drawn with the probabilities that each row's weights give.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
        {
            var result = dsq_multinomial(this, num_samples, replacement, generator?.Handle ?? 0);
            GC.KeepAlive(generator);
            return result;
        }
    }
}
