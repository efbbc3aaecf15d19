// Softmax cross-entropy, and sums over rows. Included inside the namespace of each unit.

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

// Blocks of rows are summed apart before they join the sums: rounding errors grow with the block, not with all rows. A stretch
// of columns at a time, whose sums stay in the first cache while its rows stream by.
static void add_rows(const float* in, int64_t rows, int64_t stride, int64_t columns, float* sums)
{
    constexpr int64_t block = 32, stretch = 512;
    for (int64_t column = 0; column < columns; column += stretch) {
        const int64_t width = columns - column < stretch ? columns - column : stretch;
        for (int64_t first = 0; first < rows; first += block) {
            const int64_t end = first + block < rows ? first + block : rows;
            float partial[stretch] = {};
            for (int64_t row = first; row < end; row++)
                for (int64_t j = 0; j < width; j += LANES)
                    store(partial + j, load(partial + j) + load_up_to(in + row * stride + column + j, width - j));
            for (int64_t j = 0; j < width; j += LANES) {
                float* sum = sums + column + j;
                store_up_to(sum, load_up_to(sum, width - j) + load(partial + j), width - j);
            }
        }
    }
}
