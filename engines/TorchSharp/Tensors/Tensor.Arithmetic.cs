using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a division rounds.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    // Element-wise arithmetic; operands broadcast. Names that end in _ change this tensor and return it.
    public partial class Tensor
    {
        public Tensor add(Tensor target) => add(target, 1);

        /// <summary>this + alpha · target.</summary>
        public Tensor add(Tensor target, Scalar alpha) => dsq_add(this, target, alpha);

        public Tensor add(Scalar scalar) => add(scalar, 1);

        public Tensor add(Scalar scalar, Scalar alpha) => dsq_add_scalar(this, scalar, alpha);

        public Tensor add_(Tensor target) => add_(target, 1);

        /// <summary>this += alpha · target.</summary>
        public Tensor add_(Tensor target, Scalar alpha)
        {
            dsq_add_(this, target, alpha);
            return this;
        }

        public Tensor add_(Scalar scalar) => add_(scalar, 1);

        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            dsq_add_scalar_(this, scalar, alpha);
            return this;
        }

        public Tensor sub(Tensor target) => dsq_sub(this, target);

        public Tensor sub(Scalar target) => dsq_sub_scalar(this, target);

        public Tensor sub_(Tensor target)
        {
            dsq_sub_(this, target);
            return this;
        }

        public Tensor sub_(Scalar target)
        {
            dsq_sub_scalar_(this, target);
            return this;
        }

        public Tensor mul(Tensor target) => dsq_mul(this, target);

        public Tensor mul(Scalar target) => dsq_mul_scalar(this, target);

        public Tensor mul_(Tensor target)
        {
            dsq_mul_(this, target);
            return this;
        }

        public Tensor mul_(Scalar target)
        {
            dsq_mul_scalar_(this, target);
            return this;
        }

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            dsq_div(this, target, (int)rounding_mode);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            dsq_div_scalar(this, target, (int)rounding_mode);

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            dsq_div_(this, target, (int)rounding_mode);
            return this;
        }

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            dsq_div_scalar_(this, target, (int)rounding_mode);
            return this;
        }

        public Tensor floor_divide(Tensor other) => div(other, RoundingMode.floor);

        public Tensor floor_divide(Scalar other) => div(other, RoundingMode.floor);

        public Tensor remainder(Tensor target) => dsq_remainder(this, target);

        public Tensor remainder(Scalar scalar) => dsq_remainder_scalar(this, scalar);

        public Tensor pow(Tensor exponent) => dsq_pow(this, exponent);

        public Tensor pow(Scalar exponent) => dsq_pow_scalar(this, exponent);

        public Tensor pow_(Tensor exponent)
        {
            dsq_pow_(this, exponent);
            return this;
        }

        public Tensor pow_(Scalar exponent)
        {
            dsq_pow_scalar_(this, exponent);
            return this;
        }

        public Tensor square() => pow(2);

        /// <summary>this + value · tensor1 · tensor2.</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => dsq_addcmul(this, tensor1, tensor2,
            value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            dsq_addcmul_(this, tensor1, tensor2, value);
            return this;
        }

        /// <summary>this + value · tensor1 / tensor2.</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => dsq_addcdiv(this, tensor1, tensor2,
            value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => addcdiv(tensor1, tensor2, 1);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            dsq_addcdiv_(this, tensor1, tensor2, value);
            return this;
        }

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, 1);

        /// <summary>this + weight · (end − this).</summary>
        public Tensor lerp(Tensor end, Tensor weight) => dsq_lerp(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight)
        {
            dsq_lerp_(this, end, weight);
            return this;
        }

        public Tensor maximum(Tensor other) => dsq_maximum(this, other);

        public Tensor minimum(Tensor other) => dsq_minimum(this, other);

        /// <summary>Cut to [min, max]; null leaves that side open.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => dsq_clamp(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            dsq_clamp_(this, min, max);
            return this;
        }
    }
}
