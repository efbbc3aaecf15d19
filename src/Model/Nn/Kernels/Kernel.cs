using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>One call of a kernel whose results can be differentiated once.</summary>
internal abstract class Kernel
{
    [ThreadStatic]
    private static Exception? _failure;

    /// <summary>
    /// The results of the last backward pass on this thread, kept because libtorch reads their handles after the pass has returned.
    /// </summary>
    [ThreadStatic]
    private static List<Tensor>? _handedOver;

    /// <summary>Runs a kernel; its results carry a gradient where an argument does.</summary>
    /// <param name="kernel">The call.</param>
    /// <param name="arguments">What the results are differentiated with respect to.</param>
    public static IReadOnlyList<Tensor> Run(Kernel kernel, params Tensor[] arguments)
    {
        if (!is_grad_enabled() || !arguments.Any(argument => argument.requires_grad))
            return kernel.Forward(arguments, null);
        var call = new Call(kernel, arguments);
        IReadOnlyList<Tensor> results = Node.apply([.. arguments, call]);
        call.Release();
        GC.KeepAlive(arguments);
        return results;
    }

    /// <summary>Rethrows an exception of a kernel's backward pass on this thread, because no exception passes through libtorch.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed; the gradients are of no use.</exception>
    public static void ThrowFailure()
    {
        if (_failure is not { } failure)
            return;
        _failure = null;
        throw new InvalidOperationException($"a kernel's backward pass failed: {failure.Message}", failure);
    }

    /// <summary>Computes the results.</summary>
    /// <param name="arguments">As given to <see cref="Run"/>.</param>
    /// <param name="saved">
    /// Takes what <see cref="Backward"/> needs: arguments, new tensors, and results only as <c>detach()</c>, since a result holds the
    /// graph. Null without gradients.
    /// </param>
    /// <returns>New tensors.</returns>
    protected abstract IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved);

    /// <summary>Computes the gradients of the arguments.</summary>
    /// <param name="saved">What <see cref="Forward"/> saved.</param>
    /// <param name="gradients">Gradients of the results; zeros where a result was not used.</param>
    /// <param name="wanted">For each argument, whether its gradient is used.</param>
    /// <returns>The gradient of each argument, or null.</returns>
    protected abstract IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
        IReadOnlyList<bool> wanted);

    /// <summary>A new tensor that is saved for backward; null if nothing is saved.</summary>
    protected static unsafe float* NewSaved(TensorMemory memory, List<Tensor>? saved, long count)
    {
        if (saved is null)
            return null;
        saved.Add(memory.New(out var floats, count));
        return floats;
    }

    /// <summary>A call, which travels through libtorch's graph with the arguments.</summary>
    private sealed class Call(Kernel kernel, IReadOnlyList<Tensor> arguments)
    {
        private readonly List<Tensor> _own = [];

        public Kernel Kernel => kernel;

        public bool[] Wanted { get; } = [.. arguments.Select(argument => argument.requires_grad)];

        public List<Tensor> Forward(List<Tensor> saved)
        {
            var results = kernel.Forward(arguments, saved).ToList();
            _own.AddRange(results);
            _own.AddRange(saved.Where(tensor => !arguments.Contains(tensor, ReferenceEqualityComparer.Instance)));
            return results;
        }

        /// <summary>Disposes of the tensors that forward made; the graph holds them by handles of its own.</summary>
        public void Release()
        {
            foreach (var tensor in _own)
                tensor.Dispose();
            _own.Clear();
        }
    }

    /// <summary>The node of all kernels in libtorch's graph.</summary>
    private sealed class Node : autograd.MultiTensorFunction<Node>
    {
        private const string Key = "call";

        public override string Name => nameof(Kernel);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var call = (Call)vars[^1];
            var saved = new List<Tensor>();
            var results = call.Forward(saved);
            ctx.save_for_backward(saved);
            ctx.save_data(Key, call);
            return results;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var call = (Call)ctx.get_data(Key);
            var results = new List<Tensor>(new Tensor[call.Wanted.Length + 1]); // of the arguments, and of the call
            try
            {
                if (is_grad_enabled())
                    throw new NotSupportedException("gradients of gradients are not available; use the plain layers "
                        + "(DISTSEQ2SEQ_KERNELS=off)");
                // The results of the pass before are freed here, since libtorch has read them.
                _handedOver?.ForEach(tensor => tensor?.Dispose());
                using var scope = NewDisposeScope();
                var found = call.Kernel.Backward(ctx.get_saved_variables(), grad_outputs, call.Wanted);
                for (var i = 0; i < found.Count; i++)
                    results[i] = found[i]?.MoveToOuterDisposeScope()!;
                grad_outputs.ForEach(tensor => tensor.Dispose());
                _handedOver = results;
            }
            catch (Exception exception)
            {
                _failure ??= exception;
            }

            return results;
        }
    }
}
