using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/arithmetic.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_abs(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_ceil(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_cos(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_erf(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_exp(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_floor(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_log(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_neg(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_reciprocal(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_relu(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_round(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_rsqrt(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sigmoid(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sign(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sin(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sqrt(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_tanh(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_abs_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_exp_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_log_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_neg_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_relu_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_rsqrt_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_sigmoid_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_sqrt_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_tanh_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_zero_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_mul(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_mul_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_pow(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_pow_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_remainder(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_remainder_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sub(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sub_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Status dsq_mul_(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Status dsq_mul_scalar_(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Status dsq_pow_(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Status dsq_pow_scalar_(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Status dsq_sub_(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Status dsq_sub_scalar_(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_add(Tensor self, Tensor other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_add_scalar(Tensor self, Scalar other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status dsq_add_(Tensor self, Tensor other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status dsq_add_scalar_(Tensor self, Scalar other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_div(Tensor self, Tensor other, int mode);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_div_scalar(Tensor self, Scalar other, int mode);

    [LibraryImport(Library)]
    internal static partial Status dsq_div_(Tensor self, Tensor other, int mode);

    [LibraryImport(Library)]
    internal static partial Status dsq_div_scalar_(Tensor self, Scalar other, int mode);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_addcmul(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status dsq_addcmul_(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_addcdiv(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status dsq_addcdiv_(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_lerp(Tensor self, Tensor end, Tensor weight);

    [LibraryImport(Library)]
    internal static partial Status dsq_lerp_(Tensor self, Tensor end, Tensor weight);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_maximum(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_minimum(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_clamp(Tensor self, Scalar? min, Scalar? max);

    [LibraryImport(Library)]
    internal static partial Status dsq_clamp_(Tensor self, Scalar? min, Scalar? max);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_mm(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_bmm(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_mv(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_dot(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_matmul(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_addmm(Tensor self, Tensor first, Tensor second, float beta, float alpha);

    [LibraryImport(Library)]
    internal static partial Status dsq_addmm_(Tensor self, Tensor first, Tensor second, float beta, float alpha);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_baddbmm(Tensor self, Tensor first, Tensor second, float beta, float alpha);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_softmax(Tensor self, long dim, TypeArg type);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_log_softmax(Tensor self, long dim, TypeArg type);
}
