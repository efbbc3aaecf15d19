using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module learns. It takes the place, in whatever scope, of the tensor it is made of.</summary>
    public class Parameter : Tensor
    {
        /// <summary>Takes the native tensor from <paramref name="data"/>, which is empty afterwards.</summary>
        public Parameter(Tensor data, bool requires_grad = true)
            : base(data.with_requires_grad(requires_grad).MoveHandle(), false)
        {
            if (data.OwningDisposeScope is not null)
                DisposeScope.ReplaceWith(data, this);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
