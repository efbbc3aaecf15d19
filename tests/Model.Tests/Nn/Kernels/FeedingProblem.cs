using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

/// <summary>A decoder with input feeding, by the kernel and in double precision.</summary>
/// <param name="sizes">Steps, sentences, widths of words and states, source positions, width of values, layers.</param>
/// <param name="isAdditive">Kind of scores.</param>
/// <param name="residual">Whether layers add their input to their output.</param>
/// <param name="masked">Whether there is dropout.</param>
internal sealed class FeedingProblem(int[] sizes, bool isAdditive, bool residual, bool masked)
{
    private const int FirstLayer = 4, TensorsOfALayer = 6;

    private readonly int _steps = sizes[0], _batch = sizes[1], _inputs = sizes[2], _hidden = sizes[3], _sources = sizes[4],
        _values = sizes[5], _layers = sizes[6];
    private readonly Random _random = new(sizes.Sum());
    private Tensor? _layerMasks;
    private Tensor? _mask;

    /// <summary>[B, S].</summary>
    public Tensor Padding { get; } = tensor(Enumerable.Range(0, sizes[1] * sizes[4])
        .Select(i => i % sizes[4] >= sizes[4] - (i / sizes[4] % sizes[4])).ToArray()).view(sizes[1], sizes[4]);

    /// <summary>In the order of the kernel's arguments; matrices so small that steps do not blow rounding errors up.</summary>
    public Tensor[] Leaves()
    {
        List<long[]> shapes = [[_steps, _batch, _inputs], [_sources, _batch, _hidden], [_sources, _batch, _values],
            [_hidden, _values + _hidden]];
        for (var layer = 0; layer < _layers; layer++)
        {
            shapes.AddRange([
                [4 * _hidden, _hidden + (layer == 0 ? _inputs : 0)], [4 * _hidden, _hidden], [4 * _hidden], [4 * _hidden],
                [_batch, _hidden], [_batch, _hidden],
            ]);
        }

        if (isAdditive)
            shapes.AddRange([[_hidden, _hidden], [_hidden]]);
        _layerMasks = masked && _layers > 1 ? Mask(_layers - 1, _steps, _batch, _hidden) : null;
        _mask = masked ? Mask(_steps, _batch, _hidden) : null;
        return [.. shapes.Select(shape => KernelRuns.Numbers(_random, 0.8 / Math.Sqrt(shape[^1]), shape).requires_grad_())];
    }

    public IReadOnlyList<Tensor> Fused(Tensor[] leaves) =>
        Kernel.Run(new FeedingDecoderKernel(new(Padding, _layerMasks, _mask, residual), _layers, isAdditive), leaves);

    public IReadOnlyList<Tensor> Exact(Tensor[] leaves)
    {
        var exact = leaves.Select(leaf => leaf.to(ScalarType.Float64)).ToArray();
        var (keys, values) = (exact[1].transpose(0, 1), exact[2].transpose(0, 1));
        var hidden = Enumerable.Range(0, _layers).Select(layer => exact[FirstLayer + (TensorsOfALayer * layer) + 4]).ToArray();
        var cell = Enumerable.Range(0, _layers).Select(layer => exact[FirstLayer + (TensorsOfALayer * layer) + 5]).ToArray();
        var fed = zeros(_batch, _hidden, dtype: ScalarType.Float64);
        var features = new Tensor[_steps];
        for (var step = 0; step < _steps; step++)
        {
            var output = cat([exact[0][step], fed], 1);
            for (var layer = 0; layer < _layers; layer++)
            {
                var w = exact.AsSpan(FirstLayer + (TensorsOfALayer * layer), TensorsOfALayer);
                var below = output;
                if (layer > 0 && _layerMasks is { } masks)
                    output *= masks[layer - 1][step];
                var gates = output.mm(w[0].t()).Plus(hidden[layer].mm(w[1].t())).Plus(w[2]).Plus(w[3]).chunk(4, 1);
                cell[layer] = (gates[1].sigmoid() * cell[layer]).Plus(gates[0].sigmoid() * gates[2].tanh());
                hidden[layer] = gates[3].sigmoid() * cell[layer].tanh();
                output = layer > 0 && residual ? hidden[layer].Plus(below) : hidden[layer];
            }

            var scores = isAdditive
                ? (output.mm(exact[^2].t()).unsqueeze(1).Plus(keys).tanh() * exact[^1]).sum(-1)
                : keys.bmm(output.unsqueeze(2)).squeeze(2);
            var weights = nn.functional.softmax(scores.Hide(Padding), 1);
            var context = weights.unsqueeze(1).bmm(values).squeeze(1);
            fed = cat([context, output], 1).mm(exact[3].t()).tanh();
            if (_mask is { } mask)
                fed *= mask[step];
            features[step] = fed;
        }

        return [stack(features)];
    }

    private Tensor Mask(params long[] shape) =>
        tensor(Enumerable.Range(0, (int)shape.Aggregate((all, side) => all * side)).Select(_ => _random.NextDouble() < 0.3 ? 0 : 1 / 0.7f)
            .ToArray()).view(shape);
}
