// The loops of kernels.h, in terms of lanes.h. Included inside the namespace of each unit.

static void lstm_step(const LstmStep& s)
{
    const int64_t hidden = s.hidden;
    const V one = broadcast(1.0f);
    for (int64_t row = 0; row < s.rows; row++) {
        float* gates = s.gates + row * 4 * hidden;
        for (int64_t j = 0; j < hidden; j += LANES) {
            const int64_t left = hidden - j;
            const auto gate = [&](int64_t index) {
                const int64_t at = index * hidden + j;
                return load_up_to(gates + at, left) + load_up_to(s.bias + at, left);
            };
            const Activation in = sigmoid(gate(0));
            const Activation forget = sigmoid(gate(1));
            const V candidate = tangent(gate(2));
            const Activation output = sigmoid(gate(3));
            const int64_t at = row * hidden + j;
            const V before = load_up_to(s.cell + at, left);
            const V cell = multiply_add(forget.value, before, in.value * candidate);
            const V squashed = tangent(cell);
            const V state = output.value * squashed;
            store_up_to(s.cell + at, cell, left);
            store_up_to(s.state + at, state, left);
            store_up_to(s.out + at, state, left);
            if (s.forget != nullptr) {
                store_up_to(s.forget + at, forget.value, left);
                store_up_to(s.cell_factor + at, output.value * ((one - squashed) * (one + squashed)), left);
                store_up_to(gates + j, candidate * in.slope, left);
                store_up_to(gates + hidden + j, before * forget.slope, left);
                store_up_to(gates + 2 * hidden + j, in.value * ((one - candidate) * (one + candidate)), left);
                store_up_to(gates + 3 * hidden + j, squashed * output.slope, left);
            }
        }
    }
}

static void lstm_step_gradient(const LstmStepGradient& s)
{
    const int64_t hidden = s.hidden;
    for (int64_t row = 0; row < s.rows; row++) {
        const float* factors = s.factors + row * 4 * hidden;
        float* d_gates = s.d_gates + row * 4 * hidden;
        for (int64_t j = 0; j < hidden; j += LANES) {
            const int64_t left = hidden - j;
            const int64_t at = row * hidden + j;
            V d_state = load_up_to(s.d_state + at, left);
            if (s.d_out != nullptr) d_state += load_up_to(s.d_out + at, left);
            const V d_cell =
                multiply_add(d_state, load_up_to(s.cell_factor + at, left), load_up_to(s.d_cell + at, left));
            for (int64_t gate = 0; gate < 4; gate++) {
                const V factor = load_up_to(factors + gate * hidden + j, left);
                store_up_to(d_gates + gate * hidden + j, factor * (gate == 3 ? d_state : d_cell), left);
            }
            store_up_to(s.d_cell + at, d_cell * load_up_to(s.forget + at, left), left);
        }
    }
}

// The sum of the lanes, in lane order, in double.
static inline double sum_lanes(V value)
{
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += static_cast<double>(value[lane]);
    return sum;
}

// Calls visit(offset, elements left, chain) for each vector of a row; four sums in turn have shorter chains than one, and
// smaller rounding errors.
static constexpr int chains = 4;

template <typename Visit>
static inline void for_each_vector(int64_t count, const Visit& visit)
{
    int64_t j = 0;
    for (; j + chains * LANES <= count; j += chains * LANES) {
        visit(j, int64_t{LANES}, 0);
        visit(j + LANES, int64_t{LANES}, 1);
        visit(j + 2 * LANES, int64_t{LANES}, 2);
        visit(j + 3 * LANES, int64_t{LANES}, 3);
    }
    for (int chain = 0; j < count; j += LANES, chain++) visit(j, count - j, chain);
}

// The first `count` lanes of `value`; `filler` in the others.
static inline V keep_some(V value, int64_t count, float filler)
{
    if (count >= LANES) return value;
    float lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = filler;
    store_some(lanes, value, count);
    return load(lanes);
}

// Adds the bias, if any; finds the highest logit and the sum of all (in double).
static float add_bias(float* logits, const float* bias, int64_t classes, double& total)
{
    const float lowest = -__builtin_inff();
    V highest = broadcast(0) + lowest;
    V sums[chains] = {};
    for_each_vector(classes, [&](int64_t j, int64_t left, int chain) {
        V value = load_up_to(logits + j, left);
        if (bias != nullptr) {
            value += load_up_to(bias + j, left);
            store_up_to(logits + j, value, left);
        }
        sums[chain] += value;
        const V kept = keep_some(value, left, lowest);
        highest = kept > highest ? kept : highest;
    });
    total = 0;
    for (int chain = 0; chain < chains; chain++) total += sum_lanes(sums[chain]);
    float maximum = lowest;
    for (int lane = 0; lane < LANES; lane++) maximum = highest[lane] > maximum ? highest[lane] : maximum;
    return maximum;
}

// The sum of e^(logit - maximum), in double; the terms replace the logits if `keep`.
static double sum_exponentials(float* logits, int64_t classes, float maximum, bool keep)
{
    V sums[chains] = {};
    for_each_vector(classes, [&](int64_t j, int64_t left, int chain) {
        const V value = exp_of_negative(load_up_to(logits + j, left) - maximum);
        sums[chain] += keep_some(value, left, 0);
        if (keep) store_up_to(logits + j, value, left);
    });
    double sum = 0;
    for (int chain = 0; chain < chains; chain++) sum += sum_lanes(sums[chain]);
    return sum;
}

static void cross_entropy_row(CrossEntropyRow& row)
{
    const int64_t classes = row.classes;
    float* logits = row.logits;

    double total;
    const float maximum = add_bias(logits, row.bias, classes, total);
    const float target_logit = logits[row.target];
    row.correct = target_logit == maximum;
    for (int64_t j = 0; row.correct && j < row.target; j++) row.correct = logits[j] != maximum;

    const double normalizer = sum_exponentials(logits, classes, maximum, row.want_gradient);
    const double log_normalizer = static_cast<double>(maximum) + __builtin_log(normalizer);
    const double smoothing = static_cast<double>(row.smoothing);
    const double count = static_cast<double>(classes);
    row.nll = log_normalizer - static_cast<double>(target_logit);
    row.loss = (1 - smoothing) * row.nll + smoothing * (log_normalizer - total / count);
    if (!row.want_gradient) return;

    const float factor = static_cast<float>(1 / normalizer);
    const float spread = static_cast<float>(smoothing / count);
    for (int64_t j = 0; j < classes; j += LANES) {
        const int64_t left = classes - j;
        store_up_to(logits + j, load_up_to(logits + j, left) * factor - spread, left);
    }
    logits[row.target] -= 1 - row.smoothing;
}

// Blocks of rows are summed apart before they join the sums: rounding errors grow with the block, not with all rows.
static void add_rows(const float* in, int64_t rows, int64_t stride, int64_t columns, float* sums)
{
    constexpr int64_t block = 32;
    for (int64_t first = 0; first < rows; first += block) {
        const int64_t end = first + block < rows ? first + block : rows;
        for (int64_t j = 0; j < columns; j += LANES) {
            const int64_t left = columns - j;
            V sum = {};
            for (int64_t row = first; row < end; row++) sum += load_up_to(in + row * stride + j, left);
            store_up_to(sums + j, load_up_to(sums + j, left) + sum, left);
        }
    }
}

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

static constexpr VectorKernels table(const char* name)
{
    return {name, lstm_step, lstm_step_gradient, cross_entropy_row, add_rows, adam, sgd, squared_sum,
            add,  scale,     bf16_pack,          bf16_unpack,       bf16_unpack_add};
}
