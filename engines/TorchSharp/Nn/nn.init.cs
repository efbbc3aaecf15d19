using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// First values of parameters; all fill in place without recording gradients, and return the tensor.
        /// </summary>
        public static class init
        {
            public enum NonlinearityType
            {
                Linear = 0,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            public static Tensor zeros_(Tensor tensor) => Within(tensor, t => t.zero_());

            public static Tensor ones_(Tensor tensor) => Within(tensor, t => t.fill_(1));

            public static Tensor constant_(Tensor tensor, Scalar val) => Within(tensor, t => t.fill_(val));

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1,
                Generator? generator = null) =>
                Within(tensor, t => t.uniform_(low, high, generator));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Within(tensor, t => t.normal_(mean, std, generator));

            /// <summary>Uniform within ±gain · √(6 / (fan in + fan out)).</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return Within(tensor, t => t.uniform_(-bound, bound));
            }

            /// <summary>Uniform within ±gain · √(3 / fan).</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var fan = mode == FanInOut.FanIn ? fanIn : fanOut;
                var bound = calculate_gain(nonlinearity, a) * Math.Sqrt(3.0 / fan);
                return Within(tensor, t => t.uniform_(-bound, bound));
            }

            /// <summary>A random matrix with orthonormal rows or columns, whichever are fewer, times gain.</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
            {
                if (tensor.Dimensions < 2)
                    throw new ArgumentException("Only tensors with 2 or more dimensions are supported");
                return Within(tensor, t =>
                {
                    using var scope = NewDisposeScope();
                    var rows = t.shape[0];
                    var columns = t.numel() / rows;
                    var normal = randn(rows, columns, t.dtype, t.device);
                    var q = dsq_orthogonal(rows < columns ? normal.t() : normal);
                    t.view(rows, columns).copy_(rows < columns ? q.t() : q).mul_(gain);
                    return t;
                });
            }

            /// <summary>The factor that keeps variances through a nonlinearity; param is the leaky slope.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity,
                double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                _ => 1.0,
            };

            /// <summary>Inputs and outputs of one unit; of convolutions, times the kernel's elements.</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException(
                        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var kernel = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * kernel, shape[0] * kernel);
            }

            private static Tensor Within(Tensor tensor, Func<Tensor, Tensor> fill)
            {
                using var guard = no_grad();
                fill(tensor);
                return tensor;
            }
        }
    }
}
