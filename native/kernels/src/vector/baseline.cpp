// The loops for any processor: vectors of four, products and sums rounded apart.
#include <stddef.h>

#include "kernels.h"

namespace ds2s::baseline {

#define LANES 4
#define multiply_add(a, b, c) ((a) * (b) + (c))
#define multiply_low_halves(a, b) (((a) & 0xffffffffu) * ((b) & 0xffffffffu))
#include "lanes.h"

#include "body.h"

extern const VectorKernels kernels;
const VectorKernels kernels = table("baseline");

}  // namespace ds2s::baseline
