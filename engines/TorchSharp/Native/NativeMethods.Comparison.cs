using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/comparison.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_eq(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_eq_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_ge(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_ge_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_gt(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_gt_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_le(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_le_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_lt(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_lt_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_ne(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_ne_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_bitwise_and(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_bitwise_or(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_logical_and(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_logical_or(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_logical_xor(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_bitwise_not(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_isfinite(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_isinf(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_isnan(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_logical_not(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_equal(Tensor self, Tensor other, out Flag result);

    [LibraryImport(Library)]
    internal static partial Status dsq_allclose(
        Tensor self, Tensor other, double rtol, double atol, Flag equalNan, out Flag result);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_where(Tensor condition, Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_masked_fill(Tensor self, Tensor mask, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status dsq_masked_fill_(Tensor self, Tensor mask, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_masked_select(Tensor self, Tensor mask);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_nonzero(Tensor self);
}
