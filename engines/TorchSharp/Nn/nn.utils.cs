using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>
            /// Scales all gradients, in place, so that their joint norm is at most max_norm; returns the norm before.
            /// </summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm,
                double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                var grads = tensors.Select(parameter => parameter.grad).OfType<Tensor>().ToList();
                if (grads.Count == 0)
                    return 0;
                var p = (float)norm_type;
                var total = double.IsPositiveInfinity(norm_type)
                    ? stack(grads.Select(grad => grad.abs().max().cpu())).max().ToDouble()
                    : stack(grads.Select(grad => grad.norm(p).cpu())).norm(p).ToDouble();
                // The small term is libtorch's own: it keeps a norm of zero from dividing.
                var scale = max_norm / (total + 1e-6);
                if (scale < 1)
                {
                    foreach (var grad in grads)
                        grad.mul_(scale);
                }
                return total;
            }
        }
    }
}
