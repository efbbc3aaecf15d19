#include "matrix.h"

#include <ATen/ATen.h>

#include <limits>
#include <string>

#include "panel_product.h"
#include "vector/kernels.h"

#ifdef DS2S_WITH_CBLAS
// Declared here: Debian's runtime package of OpenBLAS carries no header.
extern "C" void cblas_sgemm(int order, int op_a, int op_b, int m, int n, int k, float alpha, const float* a, int lda,
                            const float* b, int ldb, float beta, float* c, int ldc);
extern "C" char* openblas_get_corename(void) __attribute__((weak));
#endif

namespace ds2s {

namespace {

void scale_rows(int64_t m, int64_t n, float beta, float* c, int64_t ldc)
{
    for (int64_t row = 0; row < m; row++)
        for (int64_t column = 0; column < n; column++) {
            float& value = c[row * ldc + column];
            value = beta == 0 ? 0 : value * beta;
        }
}

}  // namespace

bool panels_lead()
{
#ifdef DS2S_WITH_CBLAS
    static const bool lead = [] {
        if (openblas_get_corename == nullptr || std::string(vector_kernels().name) != "avx512") return false;
        const std::string core = openblas_get_corename();
        return core != "SkylakeX" && core != "Cooperlake" && core != "SapphireRapids";
    }();
    return lead;
#else
    return false;
#endif
}

void multiply(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
              int64_t ldb, bool accumulate, float* c, int64_t ldc)
{
    if (k == 0 || n == 0 || !panels_lead() || !panels_serve(m))
        return multiply_by_blas(op_a, op_b, m, n, k, a, lda, b, ldb, accumulate ? 1.0f : 0.0f, c, ldc);
    const auto panels = pack_panels(op_b, k, n, b, ldb);
    if (op_a == Op::Plain)
        multiply_panels(m, n, k, a, lda, panels, c, ldc, accumulate);
    else
        multiply_strips(m, n, k, a, lda, panels, c, ldc, accumulate);
}

void multiply_by_blas(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                      int64_t ldb, float beta, float* c, int64_t ldc)
{
    if (m == 0 || n == 0) return;
    if (k == 0) return scale_rows(m, n, beta, c, ldc);
#ifdef DS2S_WITH_CBLAS
    constexpr int64_t limit = std::numeric_limits<int>::max();
    TORCH_CHECK(m <= limit && n <= limit && k <= limit && lda <= limit && ldb <= limit && ldc <= limit,
                "matrix product of [", m, ", ", k, "] and [", k, ", ", n, "]: a side exceeds ", limit);
    constexpr int row_major = 101, plain = 111, transposed = 112;
    cblas_sgemm(row_major, op_a == Op::Plain ? plain : transposed, op_b == Op::Plain ? plain : transposed,
                static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), 1.0f, a, static_cast<int>(lda), b,
                static_cast<int>(ldb), beta, c, static_cast<int>(ldc));
#else
    // libtorch's own product: for a libtorch that carries its BLAS inside, on a machine that has no other.
    const auto view = [](const float* data, Op op, int64_t rows, int64_t columns, int64_t stride) {
        const bool flipped = op == Op::Transposed;
        return at::from_blob(const_cast<float*>(data), {rows, columns},
                             {flipped ? 1 : stride, flipped ? stride : 1}, at::kFloat);
    };
    auto result = view(c, Op::Plain, m, n, ldc);
    at::addmm_out(result, result, view(a, op_a, m, k, lda), view(b, op_b, k, n, ldb), beta, 1.0);
#endif
}

}  // namespace ds2s
