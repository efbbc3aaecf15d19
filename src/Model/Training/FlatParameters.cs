using DistSeq2Seq.Model.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// All parameters of a module in one flat float32 array. Each parameter is a view of the array, so writing the array (an optimizer's
/// step, a checkpoint, a peer's state) changes the model.
/// </summary>
public sealed class FlatParameters : IDisposable
{
    private readonly Tensor _flat;
    private readonly Tensor[] _views;

    /// <summary>Moves the module's parameters into one array, in the order of <c>named_parameters</c>.</summary>
    public FlatParameters(nn.Module module)
    {
        var named = module.named_parameters().ToArray();
        Parameters = [.. named.Select(p => p.parameter)];
        Layout = TensorLayout.Create(named.Select(p => (p.name, (IReadOnlyList<long>)p.parameter.shape)));
        Values = GC.AllocateArray<float>(checked((int)Layout.Count), pinned: true);
        Tensor[] views;
        (_flat, views) = ViewsOf(Values);
        using (no_grad())
        {
            for (var i = 0; i < views.Length; i++)
                views[i].copy_(Parameters[i]);
        }

        _views = views;
        PointAt(views);
    }

    /// <summary>Names, shapes and places of the parameters.</summary>
    public TensorLayout Layout { get; }

    /// <summary>The parameters' values, in the layout's order.</summary>
    public float[] Values { get; }

    /// <summary>The module's parameters, in the layout's order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Lets the module compute with other values for a while; <see cref="Values"/> stays as it is.</summary>
    /// <param name="views">A view for each parameter, from <see cref="ViewsOf"/>.</param>
    /// <param name="compute">What to compute, without gradients.</param>
    internal T With<T>(Tensor[] views, Func<T> compute)
    {
        PointAt(views);
        try
        {
            return compute();
        }
        finally
        {
            PointAt(_views);
        }
    }

    /// <summary>A tensor over an array of the layout's size, and a view of it for each parameter.</summary>
    internal (Tensor Flat, Tensor[] Views) ViewsOf(float[] values)
    {
        using var scope = NewDisposeScope();
        var flat = frombuffer(values, ScalarType.Float32).DetachFromDisposeScope();
        var views = Layout.Tensors
            .Select(e => flat.narrow(0, e.Offset, e.Count).view([.. e.Shape]).DetachFromDisposeScope()).ToArray();
        return (flat, views);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _views)
            view.Dispose();
        _flat.Dispose();
    }

    private void PointAt(Tensor[] views)
    {
        using var noGradient = no_grad();
        for (var i = 0; i < views.Length; i++)
            Parameters[i].set_(views[i]);
    }
}
