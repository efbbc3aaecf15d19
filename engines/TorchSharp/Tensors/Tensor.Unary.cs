using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Functions of one tensor, element by element. Names that end in _ change this tensor and return it.
    public partial class Tensor
    {
        public Tensor abs() => dsq_abs(this);

        public Tensor abs_()
        {
            dsq_abs_(this);
            return this;
        }

        public Tensor ceil() => dsq_ceil(this);

        public Tensor cos() => dsq_cos(this);

        /// <summary>The error function.</summary>
        public Tensor erf() => dsq_erf(this);

        public Tensor exp() => dsq_exp(this);

        public Tensor exp_()
        {
            dsq_exp_(this);
            return this;
        }

        public Tensor floor() => dsq_floor(this);

        public Tensor log() => dsq_log(this);

        public Tensor log_()
        {
            dsq_log_(this);
            return this;
        }

        public Tensor neg() => dsq_neg(this);

        public Tensor neg_()
        {
            dsq_neg_(this);
            return this;
        }

        /// <summary>1 / this.</summary>
        public Tensor reciprocal() => dsq_reciprocal(this);

        public Tensor relu() => dsq_relu(this);

        public Tensor relu_()
        {
            dsq_relu_(this);
            return this;
        }

        /// <summary>1 / √this.</summary>
        public Tensor rsqrt() => dsq_rsqrt(this);

        public Tensor rsqrt_()
        {
            dsq_rsqrt_(this);
            return this;
        }

        public Tensor sigmoid() => dsq_sigmoid(this);

        public Tensor sigmoid_()
        {
            dsq_sigmoid_(this);
            return this;
        }

        public Tensor sign() => dsq_sign(this);

        public Tensor sin() => dsq_sin(this);

        public Tensor sqrt() => dsq_sqrt(this);

        public Tensor sqrt_()
        {
            dsq_sqrt_(this);
            return this;
        }

        public Tensor tanh() => dsq_tanh(this);

        public Tensor tanh_()
        {
            dsq_tanh_(this);
            return this;
        }

        /// <summary>Fills with zeros.</summary>
        public Tensor zero_()
        {
            dsq_zero_(this);
            return this;
        }

        public Tensor negative() => neg();

        /// <summary>Half to even.</summary>
        public Tensor round() => dsq_round(this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => dsq_softmax(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => dsq_log_softmax(this, dim, dtype);
    }
}
