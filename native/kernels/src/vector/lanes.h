// A vector of floats of the unit's width, and the functions on it. Included inside the unit's namespace, after it has defined
// LANES, multiply_add and multiply_low_halves. Every operation is written out (the units are built without
// contraction of a*b+c), so a lane's result is the same in a full vector and in a row's last, partial one.

typedef float V __attribute__((vector_size(4 * LANES)));
typedef int32_t VI __attribute__((vector_size(4 * LANES)));
typedef uint32_t VU __attribute__((vector_size(4 * LANES)));

// By its bits: 0 + value would be an addition, since it is not value where that is -0.
static inline V broadcast(float value)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return (V)(VU{} + bits);
}

static inline V load(const float* from)
{
    V value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}

static inline void store(float* to, V value)
{
    __builtin_memcpy(to, &value, sizeof value);
}

// The first `count` lanes; the others are 0 (load) or left alone (store).
static inline V load_some(const float* from, int64_t count)
{
    V value = {};
    __builtin_memcpy(&value, from, static_cast<size_t>(count) * sizeof(float));
    return value;
}

static inline void store_some(float* to, V value, int64_t count)
{
    __builtin_memcpy(to, &value, static_cast<size_t>(count) * sizeof(float));
}

static inline V load_up_to(const float* from, int64_t count)
{
    return count >= LANES ? load(from) : load_some(from, count);
}

static inline void store_up_to(float* to, V value, int64_t count)
{
    if (count >= LANES)
        store(to, value);
    else
        store_some(to, value, count);
}

// Multiplicand and power of two of exp(x) = scale * (1 + minus_one).
struct ExpParts {
    V scale;
    V minus_one;
};

// For x in [-87, 87]: x = n ln 2 + r, |r| <= ln 2 / 2; scale = 2^n, minus_one = e^r - 1 by its series to r^7, whose next term
// is below 6e-9. NaN stays NaN (in minus_one).
static inline ExpParts exp_parts(V x)
{
    const V shifter = broadcast(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer in the low bits
    const V shifted = multiply_add(x, broadcast(1.44269504f), shifter);
    const V n = shifted - shifter;
    V r = multiply_add(n, broadcast(-0.693359375f), x);
    r = multiply_add(n, broadcast(2.12194440e-4f), r);
    V p = broadcast(1.0f / 5040);
    p = multiply_add(p, r, broadcast(1.0f / 720));
    p = multiply_add(p, r, broadcast(1.0f / 120));
    p = multiply_add(p, r, broadcast(1.0f / 24));
    p = multiply_add(p, r, broadcast(1.0f / 6));
    p = multiply_add(p, r, broadcast(0.5f));
    const VI exponent = (VI)shifted - (VI)shifter + 127;
    return {(V)(exponent << 23), multiply_add(p * r, r, r)};
}

// e^x for x <= 0; 0 below -70, so that no denormal numbers reach the products.
static inline V exp_of_negative(V x)
{
    const V least = broadcast(-70.0f);
    const ExpParts parts = exp_parts(x < least ? least : x);
    const V value = multiply_add(parts.scale, parts.minus_one, parts.scale);
    return x < least ? V{} : value;
}

static inline V negative_magnitude(V x)
{
    return (V)((VU)x | 0x80000000u);
}

struct Activation {
    V value;
    V slope;
};

// 1 / (1 + e^-x) and its derivative, both accurate in relative terms for either sign of x.
static inline Activation sigmoid(V x)
{
    const V least = broadcast(-87.0f);
    const V one = broadcast(1.0f);
    const V z = negative_magnitude(x);
    const ExpParts parts = exp_parts(z < least ? least : z);
    const V e = multiply_add(parts.scale, parts.minus_one, parts.scale);
    const V inverse = one / (one + e);
    const V low = e * inverse;
    return {x < V{} ? low : inverse, low * inverse};
}

// From t = e^(-2|x|) - 1: tanh |x| = -t / (2 + t), which keeps its relative accuracy near 0.
static inline V tangent(V x)
{
    const V least = broadcast(-87.0f);
    const V z = negative_magnitude(x) * 2.0f;
    const ExpParts parts = exp_parts(z < least ? least : z);
    const V t = multiply_add(parts.scale, parts.minus_one, parts.scale - 1.0f);
    const V magnitude = t / (t + 2.0f);  // -tanh |x|
    return (V)(((VU)magnitude & 0x7fffffffu) | ((VU)x & 0x80000000u));
}
