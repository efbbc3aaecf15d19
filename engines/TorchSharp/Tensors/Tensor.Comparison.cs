using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Comparisons and logic; all give boolean tensors, element by element, unless said.
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => dsq_eq(this, target);

        public Tensor eq(Scalar target) => dsq_eq_scalar(this, target);

        /// <summary>The same as <see cref="eq(Tensor)"/>; <see cref="Equals(Tensor)"/> compares as a whole.</summary>
        public Tensor equal(Tensor target) => eq(target);

        public Tensor ne(Tensor target) => dsq_ne(this, target);

        public Tensor ne(Scalar target) => dsq_ne_scalar(this, target);

        public Tensor lt(Tensor target) => dsq_lt(this, target);

        public Tensor lt(Scalar target) => dsq_lt_scalar(this, target);

        public Tensor le(Tensor target) => dsq_le(this, target);

        public Tensor le(Scalar target) => dsq_le_scalar(this, target);

        public Tensor gt(Tensor target) => dsq_gt(this, target);

        public Tensor gt(Scalar target) => dsq_gt_scalar(this, target);

        public Tensor ge(Tensor target) => dsq_ge(this, target);

        public Tensor ge(Scalar target) => dsq_ge_scalar(this, target);

        public Tensor logical_and(Tensor other) => dsq_logical_and(this, other);

        public Tensor logical_or(Tensor other) => dsq_logical_or(this, other);

        public Tensor logical_xor(Tensor other) => dsq_logical_xor(this, other);

        public Tensor logical_not() => dsq_logical_not(this);

        public Tensor bitwise_and(Tensor other) => dsq_bitwise_and(this, other);

        public Tensor bitwise_or(Tensor other) => dsq_bitwise_or(this, other);

        public Tensor bitwise_not() => dsq_bitwise_not(this);

        public Tensor isfinite() => dsq_isfinite(this);

        public Tensor isinf() => dsq_isinf(this);

        public Tensor isnan() => dsq_isnan(this);

        /// <summary>Whether |this − target| ≤ atol + rtol · |target| everywhere.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            dsq_allclose(this, target, rtol, atol, equal_nan, out var result);
            return result;
        }

        /// <summary>This where the condition holds, y elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y)
        {
            if (condition.dtype != ScalarType.Bool)
                throw new ArgumentException("The condition to 'where' must be a boolean tensor.");
            return dsq_where(condition, this, y);
        }

        public Tensor masked_fill(Tensor mask, Scalar value) => dsq_masked_fill(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            dsq_masked_fill_(this, mask, value);
            return this;
        }

        /// <summary>The elements where the mask holds, as one dimension.</summary>
        public Tensor masked_select(Tensor mask) => dsq_masked_select(this, mask);

        /// <summary>Coordinates of the elements that are not zero: (count, dimensions).</summary>
        public Tensor nonzero() => dsq_nonzero(this);
    }
}
