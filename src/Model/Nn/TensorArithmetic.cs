using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Arithmetic with numbers in which nothing is freed while it is in use: the one place of the program that makes a
/// <see cref="Scalar"/>.
/// </summary>
/// <remarks>
/// TorchSharp hands native code the bare handle of a Scalar, and nothing keeps the object itself. One that an implicit conversion made
/// (<c>a * 2</c>; <c>a + b</c> too, whose factor of <c>b</c> is one) can be finalized by a garbage collection during the call. Then
/// libtorch throws, or computes with another number. Here constants live for ever, and other numbers are disposed of after the call.
/// All other ways to make or pass a Scalar are listed in <c>build/BannedSymbols.txt</c> and fail the build.
/// <para>
/// Tensors have the same problem: in <c>a.b().c()</c> only a dispose scope keeps the result of <c>b</c>. So these classes open one:
/// <see cref="Training.Replica"/> for gradients and losses, <see cref="Decoding.EnsembleRows"/> and <see cref="Decoding.HypothesisRows"/>
/// for each step of decoding, <see cref="Decoding.TeacherForcing"/> for each piece. What outlives a scope (parameters, views of flat
/// arrays, states of hypotheses) is a field of an object that its user disposes of, hence keeps, after computing. Tests count
/// the tensors that computing makes outside a scope: there are none.
/// </para>
/// </remarks>
internal static class TensorArithmetic
{
#pragma warning disable RS0030 // Scalars are used here as they have to be, so that nobody else needs one.
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;
    private static readonly Scalar MinusInfinity = float.NegativeInfinity;

    /// <summary>The sum of two tensors, one of them repeated along dimensions of size 1 as usual.</summary>
    public static Tensor Plus(this Tensor left, Tensor right)
    {
        var sum = left.add(right, One);
        GC.KeepAlive(left);
        GC.KeepAlive(right);
        return sum;
    }

    /// <summary>Every element times a number.</summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        using Scalar number = factor;
        var product = tensor.mul(number);
        GC.KeepAlive(tensor);
        return product;
    }

    /// <summary>Every element times itself.</summary>
    public static Tensor Squared(this Tensor tensor)
    {
        var squares = tensor.pow(Two);
        GC.KeepAlive(tensor);
        return squares;
    }

    /// <summary>Minus infinity where a mask is true: such scores become weights of zero.</summary>
    /// <param name="scores">Of any shape.</param>
    /// <param name="hidden">Of bools; its dimensions of size 1 are repeated.</param>
    public static Tensor Hide(this Tensor scores, Tensor hidden)
    {
        var visible = scores.masked_fill(hidden, MinusInfinity);
        GC.KeepAlive(scores);
        GC.KeepAlive(hidden);
        return visible;
    }
#pragma warning restore RS0030
}
