using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Gradients.
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => dsq_requires_grad(this);
            set => dsq_set_requires_grad(this, value);
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public bool is_leaf => dsq_is_leaf(this);

        /// <summary>
        /// The gradient, as a new object on the same elements at every call, or null. What is set becomes the gradient
        /// itself, so that backward passes accumulate into its elements.
        /// </summary>
        public Tensor? grad
        {
            get
            {
                var result = dsq_grad(this);
                if (result != 0)
                    return new Tensor(result);
                CheckForErrors();
                return null;
            }
            set => dsq_set_grad(this, value);
        }

        /// <summary>Gradients of this one number in all leaves it was computed from.</summary>
        public void backward() => dsq_backward(this, null, false, false, null, 0);

        /// <summary>Gradients in all leaves, or only in the given inputs, for a gradient of this tensor.</summary>
        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>The same elements, outside the graph.</summary>
        public Tensor detach() => dsq_detach(this);

        public Tensor detach_()
        {
            dsq_detach_(this);
            return this;
        }
    }

    public static partial class autograd
    {
        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward(tensor, [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>Gradients of one tensor; grad_tensors is null or holds the tensor's own gradient.</summary>
        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            if (grad_tensors is { Count: not 1 })
                throw new ArgumentException(
                    $"grad_tensors must hold one gradient for the one tensor, got {grad_tensors.Count}",
                    nameof(grad_tensors));
            var handles = inputs?.Select(input => input.Handle).ToArray();
            dsq_backward(
                tensor, grad_tensors?[0], retain_graph ?? create_graph, create_graph, handles, handles?.Length ?? 0);
            GC.KeepAlive(inputs);
        }
    }
}
