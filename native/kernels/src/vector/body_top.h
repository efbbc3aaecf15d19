// The highest numbers of a row. Included inside the namespace of each unit.

static constexpr int64_t top_block = 128;  // numbers that share a maximum: most blocks need not be looked at again

static float highest_of(const float* values, int64_t count)
{
    const float lowest = -__builtin_inff();
    V highest = broadcast(lowest);
    for (int64_t j = 0; j < count; j += LANES) {
        const V value = keep_some(load_up_to(values + j, count - j), count - j, lowest);
        highest = value > highest ? value : highest;
    }
    float maximum = lowest;
    for (int lane = 0; lane < LANES; lane++) maximum = highest[lane] > maximum ? highest[lane] : maximum;
    return maximum;
}

// Keeps `values` (and `indices`, unless null) sorted, the highest first, the first of equals before the others.
static inline void insert(float value, int64_t index, float* values, int64_t* indices, int64_t count)
{
    int64_t place = count - 1;
    for (; place > 0 && value > values[place - 1]; place--) {
        values[place] = values[place - 1];
        if (indices != nullptr) indices[place] = indices[place - 1];
    }
    values[place] = value;
    if (indices != nullptr) indices[place] = index;
}

static void top_row(TopRow& s)
{
    const float lowest = -__builtin_inff();
    const int64_t blocks = (s.count + top_block - 1) / top_block;
    for (int64_t k = 0; k < s.wanted; k++) {
        s.values[k] = lowest;
        s.indices[k] = 0;
    }
    // The wanted-th highest of the blocks' maxima bounds what can be among the wanted highest numbers: `values` holds them first.
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t left = s.count - block * top_block;
        const float maximum = highest_of(s.numbers + block * top_block, left < top_block ? left : top_block);
        s.maxima[block] = maximum;
        if (maximum > s.values[s.wanted - 1]) insert(maximum, 0, s.values, nullptr, s.wanted);
    }
    const float bound = s.values[s.wanted - 1], maximum = s.values[0];
    s.log_sum = static_cast<float>(static_cast<double>(maximum) + __builtin_log(sum_exponentials(s.numbers, s.count, maximum, false)));

    for (int64_t k = 0; k < s.wanted; k++) s.values[k] = lowest;
    for (int64_t block = 0; block < blocks; block++) {
        if (!(s.maxima[block] >= bound)) continue;
        const int64_t first = block * top_block, end = first + top_block < s.count ? first + top_block : s.count;
        for (int64_t j = first; j < end; j++)
            if (s.numbers[j] > s.values[s.wanted - 1]) insert(s.numbers[j], j, s.values, s.indices, s.wanted);
    }
}
