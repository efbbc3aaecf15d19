// Dropout from a counter-based generator. Included inside the namespace of each unit.

static constexpr int64_t counters = 16;  // counters of one block
static constexpr int64_t words_per_counter = 4;

// Numbers of 32 bits in the low halves of 64-bit lanes; the high halves hold anything.
typedef uint64_t Wide __attribute__((vector_size(4 * LANES)));
typedef uint32_t Narrow __attribute__((vector_size(2 * LANES)));

// Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): words[w][lane] becomes
// output word w of counter `first + lane`. Integers only, so every unit gives the same numbers.
static inline void random_words(uint64_t seed, uint64_t stream, uint64_t first, uint32_t words[words_per_counter][counters])
{
    constexpr int64_t width = LANES / 2;
    Wide step;
    for (int64_t lane = 0; lane < width; lane++) step[lane] = static_cast<uint64_t>(lane);
    for (int64_t start = 0; start < counters; start += width) {
        Wide word0 = step + (first + static_cast<uint64_t>(start)), word1 = word0 >> 32;
        Wide word2 = Wide{} + stream, word3 = word2 >> 32;
        uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
        for (int round = 0; round < 10; round++) {
            const Wide left = multiply_low_halves(word0, Wide{} + uint64_t{0xD2511F53});
            const Wide right = multiply_low_halves(word2, Wide{} + uint64_t{0xCD9E8D57});
            word0 = (right >> 32) ^ word1 ^ key0;
            word1 = right;
            word2 = (left >> 32) ^ word3 ^ key1;
            word3 = left;
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }
        const Wide results[words_per_counter] = {word0, word1, word2, word3};
        for (int64_t word = 0; word < words_per_counter; word++) {
            const Narrow low = __builtin_convertvector(results[word], Narrow);
            __builtin_memcpy(&words[word][start], &low, sizeof low);
        }
    }
}

static constexpr int64_t block = words_per_counter * counters;

static inline void drop_block(const uint32_t* words, uint32_t threshold, float factor, const float* in, float* out)
{
    for (int64_t j = 0; j < block; j += LANES) {
        VU word;
        __builtin_memcpy(&word, words + j, sizeof word);
        store(out + j, word >= threshold ? load(in + j) * factor : V{});
    }
}

// Element 64 b + 16 w + l follows word w of counter 16 b + l.
static void dropout(const Dropout& s)
{
    uint32_t words[words_per_counter][counters];
    float partial[block] = {};
    for (int64_t j = 0; j < s.count; j += block) {
        const int64_t left = s.count - j;
        random_words(s.seed, s.stream, static_cast<uint64_t>((s.first_block + j / block) * counters), words);
        if (left >= block) {
            drop_block(words[0], s.threshold, s.factor, s.in + j, s.out + j);
        } else {
            __builtin_memcpy(partial, s.in + j, static_cast<size_t>(left) * sizeof(float));
            drop_block(words[0], s.threshold, s.factor, partial, partial);
            __builtin_memcpy(s.out + j, partial, static_cast<size_t>(left) * sizeof(float));
        }
    }
}
