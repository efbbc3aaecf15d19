// Rounding of rows. Included inside the namespace of each unit after it has defined `Quantized`, the integers that its products
// take, and row_bytes.

static inline uint32_t bits_of(float value)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void quantize(const Int8Quantize& s)
{
    const float shifter = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits, ties to even
    const int64_t padded = row_bytes(s.depth) / static_cast<int64_t>(sizeof(Quantized));
    for (int64_t row = 0; row < s.rows; row++) {
        const float* from = s.from + row * s.depth;
        Quantized* to = reinterpret_cast<Quantized*>(s.to) + row * padded;
        uint32_t most = 0;  // magnitudes compare as their bits do; infinity and NaN are the largest
        for (int64_t k = 0; k < s.depth; k++) {
            const uint32_t magnitude = bits_of(from[k]) & 0x7fffffffu;
            most = magnitude > most ? magnitude : most;
        }
        float largest;
        __builtin_memcpy(&largest, &most, sizeof largest);
        const bool finite = most < 0x7f800000u, used = finite && largest >= 1e-30f;
        int32_t sum = 0;
        if (used) {
            const float inverse = 127.0f / largest;
            for (int64_t k = 0; k < s.depth; k++) {
                const auto integer = static_cast<int32_t>(bits_of(from[k] * inverse + shifter) - 0x4b400000u);
                to[k] = static_cast<Quantized>(integer);
                sum += integer;
            }
        }
        for (int64_t k = used ? s.depth : 0; k < padded; k++) to[k] = 0;
        s.scales[row] = finite ? (used ? largest / 127.0f : 0.0f) : __builtin_nanf("");
        s.sums[row] = sum;
    }
}
