using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class ModuleTests : ScopedTorchTest
{
    [Fact]
    public void NamedParameters_OfNestedModules_ArePyTorchs()
    {
        using var model = new Model();

        Assert.Equal(
            [
                "scale", "embedding.weight", "rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0",
                "rnn.weight_ih_l0_reverse", "rnn.weight_hh_l0_reverse",
                "rnn.bias_ih_l0_reverse", "rnn.bias_hh_l0_reverse",
                "layers.0.weight", "layers.0.bias", "layers.1.weight",
            ],
            model.named_parameters().Select(p => p.name));
        Assert.Equal(["mask"], model.named_buffers().Select(b => b.name));
        Assert.Equal([16L, 4], model.get_parameter("rnn.weight_hh_l0")!.shape);
        Assert.Null(model.get_parameter("rnn.nothing"));
        Assert.Equal(14, model.state_dict().Count);
    }

    [Fact]
    public void Train_OfAModel_ReachesAllBelow()
    {
        using var model = new Model();

        model.eval();

        Assert.False(model.training);
        Assert.All(model.modules(), m => Assert.False(m.training));
        model.train();
        Assert.All(model.modules(), m => Assert.True(m.training));
    }

    [Fact]
    public void LoadStateDict_OfAnotherModel_CopiesItsValues()
    {
        using var source = new Model();
        using var target = new Model();

        target.load_state_dict(source.state_dict());

        var input = tensor(new[,] { { 1L, 2L, 3L } });
        Assert.True(source.call(input).Equals(target.call(input)));
        Assert.NotEqual(source.scale.Handle, target.scale.Handle);
    }

    [Fact]
    public void LoadStateDict_WithAMissingName_ThrowsWhenStrict()
    {
        using var model = new Model();
        var values = model.state_dict();
        values.Remove("scale");

        Assert.Throws<InvalidOperationException>(() => model.load_state_dict(values));
        Assert.Equal(["scale"], model.load_state_dict(values, strict: false).missing_keys);
    }

    [Fact]
    public void To_AnotherType_MovesParametersFieldsAndGradients()
    {
        using var layer = nn.Linear(2, 3);
        layer.weight.sum().backward();

        layer.to(float64);

        Assert.Equal(ScalarType.Float64, layer.weight.dtype);
        Assert.Equal(ScalarType.Float64, layer.weight.grad!.dtype);
        Assert.All(layer.parameters(), p => Assert.Equal(ScalarType.Float64, p.dtype));
        Assert.Equal([4L, 3], layer.call(ones(4, 2, float64)).shape);
    }

    [Fact]
    public void ZeroGrad_AfterBackward_DropsGradients()
    {
        using var layer = nn.Linear(2, 1);
        layer.call(ones(1, 2)).sum().backward();

        layer.zero_grad(set_to_none: false);
        Assert.Equal(0f, layer.weight.grad!.abs().sum().ToSingle());
        layer.zero_grad();

        Assert.Null(layer.weight.grad);
    }

    [Fact]
    public void RegisterModule_WithANameTwiceOrADot_Throws()
    {
        using var model = new Model();
        using var other = nn.Linear(1, 1);

        Assert.Throws<InvalidOperationException>(() => model.register_module("rnn", other));
        Assert.Throws<ArgumentException>(() => model.register_module("a.b", other));
    }

    [Fact]
    public void Dispose_OfAModel_DisposesItsParameters()
    {
        var model = new Model();
        var parameters = model.parameters().ToList();

        model.Dispose();

        Assert.All(parameters, p => Assert.True(p.IsInvalid));
    }

    [Fact]
    public void Embedding_WithPadding_GivesThatRowNoGradient()
    {
        using var embedding = nn.Embedding(3, 2, padding_idx: 0);

        embedding.call(tensor(new[] { 0L, 1L, 1L })).sum().backward();

        var weight = embedding.named_parameters().Single().parameter;
        Assert.Equal([0f, 0], weight.data<float>().ToArray()[..2]);
        Assert.Equal([0f, 0, 2, 2, 0, 0], weight.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Dropout_InTrainingAndEvaluation_ScalesOrPasses()
    {
        using var dropout = nn.Dropout(0.5);
        var x = ones(1000);

        var values = dropout.call(x).data<float>().ToArray();
        Assert.All(values, v => Assert.True(v is 0 or 2));
        Assert.InRange(values.Count(v => v == 0), 400, 600);
        dropout.eval();
        Assert.True(dropout.call(x).Equals(x));
    }

    [Fact]
    public void OneHot_OfNumbers_HasSingleOnes() =>
        Assert.Equal([0L, 1, 0, 1, 0, 0], nn.functional.one_hot(tensor(new[] { 1L, 0L }),
            3).flatten().data<long>().ToArray());

    private sealed class Model : nn.Module<Tensor, Tensor>
    {
#pragma warning disable IDE0044, CA1823 // Fields are what RegisterComponents finds.
        internal readonly Parameter scale = new(ones(1));
        private readonly Tensor mask = zeros(1);
        private readonly Embedding embedding = nn.Embedding(10, 3);
        private readonly LSTM rnn = nn.LSTM(3, 4, batchFirst: true, bidirectional: true);
        private readonly Dropout dropout = nn.Dropout(0);
        private readonly ModuleList<Linear> layers = new(nn.Linear(8, 5), nn.Linear(5, 2, hasBias: false));
#pragma warning restore IDE0044, CA1823

        internal Model()
            : base(nameof(Model)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var (output, _, _) = rnn.call(dropout.call(embedding.call(input)));
            foreach (var layer in layers)
                output = layer.call(output);
            return output * scale + mask;
        }
    }
}
