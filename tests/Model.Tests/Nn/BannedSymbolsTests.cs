using DistSeq2Seq.Tests.Support.Scalars;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>
/// The list of banned symbols keeps the program from computing with a Scalar that a garbage collection has freed, in any TorchSharp
/// version.
/// </summary>
public sealed class BannedSymbolsTests
{
    private const string Advice = ";its Scalar can be freed while in use, call TensorArithmetic instead";

    private static readonly string ListPath = Repository.PathOf("build", "BannedSymbols.txt");

    [Fact]
    public void List_NamesEveryMemberOfTorchSharpThatComputesWithAScalar()
    {
        var present = File.ReadAllLines(ListPath);
        string[] wanted =
        [
            .. present.TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal)),
            .. ScalarMembers.Callable.Select(DocumentationId.Of).Distinct().Order(StringComparer.Ordinal).Select(member => member + Advice),
        ];
        if (wanted.SequenceEqual(present))
            return;
        var rightPath = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(ListPath));
        File.WriteAllLines(rightPath, wanted);
        Assert.Fail($"{ListPath} is not the list of TorchSharp {typeof(torch).Assembly.GetName().Version}: copy {rightPath} over it. "
            + $"Missing: {string.Join(", ", wanted.Except(present))}. Too much: {string.Join(", ", present.Except(wanted))}.");
    }

    [Theory]
    [InlineData("M:TorchSharp.Scalar.op_Implicit(System.Single)~TorchSharp.Scalar", "the conversion itself")]
    [InlineData("M:TorchSharp.torch.Tensor.masked_fill(TorchSharp.torch.Tensor,TorchSharp.Scalar)", "a Scalar is an argument")]
    [InlineData("M:TorchSharp.torch.Tensor.add(TorchSharp.torch.Tensor)", "the factor 1 is made inside")]
    [InlineData("M:TorchSharp.torch.Tensor.op_Addition(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)", "by way of add")]
    [InlineData("M:TorchSharp.torch.Tensor.square", "the exponent 2 is made inside")]
    [InlineData("M:TorchSharp.TensorExtensionMethods.ToDouble(TorchSharp.torch.Tensor)", "the element comes as a Scalar")]
    [InlineData("M:TorchSharp.torch.nn.ELU(System.Double,System.Boolean)", "its forward, which is called as Module.call")]
    [InlineData("M:TorchSharp.torch.normal(System.Double,System.Double,System.ReadOnlySpan{System.Int64},System.Nullable{TorchSharp.torch.ScalarType},TorchSharp.torch.Device,System.Boolean,TorchSharp.torch.Generator,System.String[])", "by way of mul_ and add_")]
    public void Members_OfEachKind_AreFound(string member, string why) =>
        Assert.True(ScalarMembers.Callable.Any(found => DocumentationId.Of(found) == member), $"{member}: {why}");

    [Fact]
    public void Members_WithoutAScalar_StayFree()
    {
        string[] free = [.. ScalarMembers.Callable.Select(DocumentationId.Of)];
        Assert.DoesNotContain("M:TorchSharp.torch.Tensor.op_Multiply(TorchSharp.torch.Tensor,TorchSharp.torch.Tensor)", free);
        Assert.DoesNotContain(free, member => member.StartsWith("M:TorchSharp.torch.Tensor.item", StringComparison.Ordinal));
    }

    [Fact]
    public void Model_AndItsTests_CallNoneOfThem()
    {
        var calls = ForbiddenCalls.Find(out var assemblies);
        Assert.True(assemblies >= 3, $"found {assemblies} assemblies in {AppContext.BaseDirectory}: expected those of configuration, model "
            + "and these tests");
        Assert.True(calls.Count == 0, string.Join("\n", calls));
    }

    [Fact]
    public void Sources_SwitchTheAnalyzerOffInOnePlaceOnly()
    {
        var places = new[] { "src", "bench" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => File.ReadAllText(file).Contains("RS0030", StringComparison.Ordinal));
        Assert.Equal("TensorArithmetic.cs", Path.GetFileName(Assert.Single(places)));
    }
}
