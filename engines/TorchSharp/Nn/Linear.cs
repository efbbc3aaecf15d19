using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x · weightᵀ + bias; weight is (outputs, inputs).</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = nameof(weight))]
        private Parameter _weight;

        [ComponentName(Name = nameof(bias))]
        private Parameter? _bias;

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            out_features = weight.shape[0];
            in_features = weight.shape[1];
            _weight = Own(weight);
            ConditionallyRegisterParameter(nameof(weight), _weight);
            this.bias = bias;
        }

        /// <summary>Weights and bias uniform within ±1/√inputs.</summary>
        internal Linear(long inputs, long outputs, bool hasBias, Device? device, ScalarType? dtype)
            : this(
                empty(outputs, inputs, dtype, device).AsParameter(),
                hasBias ? empty(outputs, dtype, device).AsParameter() : null)
        {
            nn.init.kaiming_uniform_(_weight, a: Math.Sqrt(5));
            if (_bias is not null)
            {
                var bound = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
                nn.init.uniform_(_bias, -bound, bound);
            }
        }

        public long in_features { get; set; }

        public long out_features { get; set; }

        public Parameter weight
        {
            get => _weight;
            set
            {
                if (ReferenceEquals(value, _weight))
                    return;
                _weight.Dispose();
                _weight = Own(value);
                ConditionallyRegisterParameter(nameof(weight), _weight);
            }
        }

        public Parameter? bias
        {
            get => _bias;
            set
            {
                if (!ReferenceEquals(value, _bias))
                    _bias?.Dispose();
                _bias = value is null ? null : Own(value);
                ConditionallyRegisterParameter(nameof(bias), _bias);
            }
        }

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, _weight, _bias);

        private static Parameter Own(Parameter parameter)
        {
            parameter.DetachFromDisposeScope();
            return parameter;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Linear Linear(
                long inputSize, long outputSize, bool hasBias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            public static Modules.Linear Linear(Modules.Parameter weight,
                Modules.Parameter? bias = null) => new(weight, bias);
        }
    }
}
