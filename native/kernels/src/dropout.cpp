// Dropout whose mask is a pure function of its arguments.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "guard.h"
#include "steps.h"
#include "vector/kernels.h"

extern "C" int ds2s_dropout(const float* x, float* out, int64_t count, double probability, uint64_t seed, uint64_t stream, int64_t period)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_dropout";
    return guarded([&] {
        require(probability >= 0 && probability <= 1, where, ": probability is ", probability, ", expected 0..1");
        require(period >= 0 && (period == 0 || count % period == 0), where, ": period is ", period, ", expected 0 or a divisor of the ",
                count, " elements");
        if (probability == 0) return copy(out, x, count);
        if (probability == 1) return clear(out, count);
        Dropout part{};
        part.seed = seed;
        part.stream = stream;
        part.threshold = static_cast<uint32_t>(std::min(std::llround(probability * 4294967296.0), 0xffffffffLL));
        part.factor = static_cast<float>(1 / (1 - probability));
        part.count = period == 0 ? count : period;
        for (int64_t start = 0; start < count; start += part.count) {
            part.in = x + start;
            part.out = out + start;
            vector_kernels().dropout(part);
        }
    });
}
