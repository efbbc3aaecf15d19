// Loops over flat memory: optimizers, norm, exchange. Included inside the namespace of each unit.

static void adam(const AdamStep& s)
{
    for (int64_t j = 0; j < s.count; j += LANES) {
        const int64_t left = s.count - j;
        V parameter = load_up_to(s.parameter + j, left);
        V gradient = load_up_to(s.gradient + j, left) * s.grad_scale;
        gradient = multiply_add(parameter, broadcast(s.added_decay), gradient);
        parameter *= s.kept;
        const V first = multiply_add(gradient, broadcast(s.one_minus_beta1), load_up_to(s.first + j, left) * s.beta1);
        const V second =
            multiply_add(gradient * gradient, broadcast(s.one_minus_beta2), load_up_to(s.second + j, left) * s.beta2);
        const V divisor = square_root(second) / s.root_correction2 + s.epsilon;
        store_up_to(s.first + j, first, left);
        store_up_to(s.second + j, second, left);
        store_up_to(s.parameter + j, parameter - first * s.rate / divisor, left);
    }
}

static void sgd(const SgdStep& s)
{
    for (int64_t j = 0; j < s.count; j += LANES) {
        const int64_t left = s.count - j;
        const V parameter = load_up_to(s.parameter + j, left);
        V gradient = load_up_to(s.gradient + j, left) * s.grad_scale;
        gradient = multiply_add(parameter, broadcast(s.added_decay), gradient);
        if (s.momentum != nullptr) {
            const V momentum = multiply_add(gradient, broadcast(s.taken), load_up_to(s.momentum + j, left) * s.decay);
            store_up_to(s.momentum + j, momentum, left);
            gradient = s.nesterov ? multiply_add(momentum, broadcast(s.decay), gradient) : momentum;
        }
        store_up_to(s.parameter + j, parameter - gradient * s.rate, left);
    }
}

static double squared_sum(const float* in, int64_t count)
{
    constexpr int64_t ways = 16;
    double sums[ways] = {};
    int64_t j = 0;
    for (; j + ways <= count; j += ways)
        for (int64_t way = 0; way < ways; way++) {
            const double value = static_cast<double>(in[j + way]);
            sums[way] += value * value;
        }
    for (int64_t way = 0; j + way < count; way++) {
        const double value = static_cast<double>(in[j + way]);
        sums[way] += value * value;
    }
    for (int64_t step = ways / 2; step > 0; step /= 2)
        for (int64_t way = 0; way < step; way++) sums[way] += sums[way + step];
    return sums[0];
}

static void add(float* dst, const float* a, const float* b, int64_t count)
{
    for (int64_t j = 0; j < count; j++) dst[j] = a[j] + b[j];
}

static void scale(float* dst, const float* a, float factor, int64_t count)
{
    for (int64_t j = 0; j < count; j++) dst[j] = a[j] * factor;
}

static void bf16_pack(uint16_t* dst, const float* src, int64_t count)
{
    for (int64_t j = 0; j < count; j++) {
        uint32_t bits;
        __builtin_memcpy(&bits, src + j, sizeof bits);
        const uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
        // A NaN keeps its sign and becomes quiet: rounding could carry it into infinity.
        const uint32_t kept = (bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x00400000u : rounded;
        dst[j] = static_cast<uint16_t>(kept >> 16);
    }
}

static inline float bf16_value(uint16_t half)
{
    const uint32_t bits = static_cast<uint32_t>(half) << 16;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static void bf16_unpack(float* dst, const uint16_t* src, int64_t count)
{
    for (int64_t j = 0; j < count; j++) dst[j] = bf16_value(src[j]);
}

static void bf16_unpack_add(float* dst, const float* a, const uint16_t* b, int64_t count)
{
    for (int64_t j = 0; j < count; j++) dst[j] = a[j] + bf16_value(b[j]);
}
