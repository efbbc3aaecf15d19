// Dropout from a counter-based generator. Included inside the namespace of each unit.

// Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) for 16 counters at once:
// words[w][lane] is output word w of counter `first + lane`. Integers only, so every unit gives the same numbers.
static constexpr int64_t counters = 16;
static constexpr int64_t words_per_counter = 4;

static inline void random_words(uint64_t seed, uint64_t stream, uint64_t first, uint32_t words[words_per_counter][counters])
{
    for (int64_t lane = 0; lane < counters; lane++) {
        const uint64_t counter = first + static_cast<uint64_t>(lane);
        words[0][lane] = static_cast<uint32_t>(counter);
        words[1][lane] = static_cast<uint32_t>(counter >> 32);
        words[2][lane] = static_cast<uint32_t>(stream);
        words[3][lane] = static_cast<uint32_t>(stream >> 32);
    }
    uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
    for (int round = 0; round < 10; round++) {
        for (int64_t lane = 0; lane < counters; lane++) {
            const uint64_t left = uint64_t{0xD2511F53} * words[0][lane];
            const uint64_t right = uint64_t{0xCD9E8D57} * words[2][lane];
            words[0][lane] = static_cast<uint32_t>(right >> 32) ^ words[1][lane] ^ key0;
            words[1][lane] = static_cast<uint32_t>(right);
            words[2][lane] = static_cast<uint32_t>(left >> 32) ^ words[3][lane] ^ key1;
            words[3][lane] = static_cast<uint32_t>(left);
        }
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
}

static inline void drop_block(const uint32_t* words, uint64_t threshold, float factor, const float* in, float* out,
                              int64_t count)
{
    for (int64_t j = 0; j < count; j++) out[j] = words[j] >= threshold ? in[j] * factor : 0.0f;
}

// Element 64 b + 16 w + l follows word w of counter 16 b + l.
static void dropout(const Dropout& s)
{
    constexpr int64_t block = words_per_counter * counters;
    uint32_t words[words_per_counter][counters];
    for (int64_t j = 0; j < s.count; j += block) {
        const int64_t left = s.count - j;
        random_words(s.seed, s.stream, static_cast<uint64_t>((s.first_block + j / block) * counters), words);
        if (left >= block)
            drop_block(words[0], s.threshold, s.factor, s.in + j, s.out + j, block);
        else
            drop_block(words[0], s.threshold, s.factor, s.in + j, s.out + j, left);
    }
}
