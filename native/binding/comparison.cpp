// Comparisons, logic, and choosing by a mask.
#include "binding.h"

#define UNARY(name) \
    DSQ_API Handle dsq_##name(Handle self) { return dsq::tensor([&] { return at::name(*self); }); }
#define COMPARE(name) \
    DSQ_API Handle dsq_##name(Handle self, Handle other) { return dsq::tensor([&] { return self->name(*other); }); } \
    DSQ_API Handle dsq_##name##_scalar(Handle self, ScalarArg other) { \
        return dsq::tensor([&] { return self->name(dsq::scalar(other)); }); \
    }
#define LOGIC(name) \
    DSQ_API Handle dsq_##name(Handle self, Handle other) { return dsq::tensor([&] { return self->name(*other); }); }

COMPARE(eq)
COMPARE(ge)
COMPARE(gt)
COMPARE(le)
COMPARE(lt)
COMPARE(ne)
LOGIC(bitwise_and)
LOGIC(bitwise_or)
LOGIC(logical_and)
LOGIC(logical_or)
LOGIC(logical_xor)
UNARY(bitwise_not)
UNARY(isfinite)
UNARY(isinf)
UNARY(isnan)
UNARY(logical_not)

DSQ_API int32_t dsq_equal(Handle self, Handle other, Flag* result) {
    return dsq::status([&] { *result = self->equal(*other); });
}

DSQ_API int32_t dsq_allclose(Handle self, Handle other, double rtol, double atol, Flag equal_nan, Flag* result) {
    return dsq::status([&] { *result = self->allclose(*other, rtol, atol, equal_nan); });
}

DSQ_API Handle dsq_where(Handle condition, Handle self, Handle other) {
    return dsq::tensor([&] { return at::where(*condition, *self, *other); });
}

DSQ_API Handle dsq_masked_fill(Handle self, Handle mask, ScalarArg value) {
    return dsq::tensor([&] { return self->masked_fill(*mask, dsq::scalar(value)); });
}

DSQ_API int32_t dsq_masked_fill_(Handle self, Handle mask, ScalarArg value) {
    return dsq::status([&] { self->masked_fill_(*mask, dsq::scalar(value)); });
}

DSQ_API Handle dsq_masked_select(Handle self, Handle mask) {
    return dsq::tensor([&] { return self->masked_select(*mask); });
}

DSQ_API Handle dsq_nonzero(Handle self) {
    return dsq::tensor([&] { return self->nonzero(); });
}
