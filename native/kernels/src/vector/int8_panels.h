// Products by panels of columns. Included inside the namespace of each unit after lanes.h and the definition of
//   Quantized             integers of a quantized row, and GROUP, how many of them one 32-bit lane multiplies at once
//   WEIGHT_SHIFT          what is added to a weight to store it, 0 or 128
//   Weights, load_weights GROUP weights for each lane
//   dot                   sums + the products of each lane's weights with `group`, GROUP integers of a row
//   TILE_ROWS, PARTS      rows and vectors of columns of a tile

static constexpr int64_t panel_width = PARTS * LANES;

static int64_t groups_of(int64_t depth)
{
    return (depth + GROUP - 1) / GROUP;
}

static int64_t row_bytes(int64_t depth)
{
    return groups_of(depth) * GROUP * static_cast<int64_t>(sizeof(Quantized));
}

static int64_t packed_bytes(int64_t depth, int64_t columns)
{
    return (columns + panel_width - 1) / panel_width * panel_width * groups_of(depth) * GROUP;
}

#include "int8_quantize.h"

// Panels of columns; in each, for each group of depth, the group's weights of every column, zeros beyond the last.
static void pack(const int8_t* weight, int64_t depth, int64_t columns, uint8_t* packed)
{
    for (int64_t first = 0; first < columns; first += panel_width)
        for (int64_t start = 0; start < groups_of(depth) * GROUP; start += GROUP)
            for (int64_t column = first; column < first + panel_width; column++)
                for (int64_t k = start; k < start + GROUP; k++)
                    *packed++ = static_cast<uint8_t>((column < columns && k < depth ? weight[column * depth + k] : 0) + WEIGHT_SHIFT);
}

template <int rows>
static inline void tile(const Int8Product& s, int64_t row, int64_t first)
{
    const int64_t groups = groups_of(s.depth), stride = groups * GROUP;
    const uint8_t* panel = s.packed + first * stride;
    const Quantized* a = reinterpret_cast<const Quantized*>(s.quantized) + row * stride;
    VI sums[rows][PARTS] = {};
    for (int64_t group = 0; group < groups; group++, panel += panel_width * GROUP) {
        Weights line[PARTS];
#pragma GCC unroll 4
        for (int part = 0; part < PARTS; part++) line[part] = load_weights(panel + part * LANES * GROUP);
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
            int32_t factors;
            __builtin_memcpy(&factors, a + r * stride + group * GROUP, sizeof factors);
#pragma GCC unroll 4
            for (int part = 0; part < PARTS; part++) sums[r][part] = dot(sums[r][part], line[part], factors);
        }
    }
    const int64_t width = s.columns - first < panel_width ? s.columns - first : panel_width;
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        const V row_scale = broadcast(s.row_scales[row + r]);
        const int32_t shifted = WEIGHT_SHIFT * s.sums[row + r];
#pragma GCC unroll 4
        for (int part = 0; part < PARTS; part++) {
            const int64_t left = width - part * LANES, column = first + part * LANES;
            if (left <= 0) continue;
            V value = __builtin_convertvector(sums[r][part] - shifted, V) * (row_scale * load_up_to(s.scales + column, left));
            float* to = s.c + (row + r) * s.columns + column;
            if (s.accumulate) value = load_up_to(to, left) + value;
            if (s.bias != nullptr) value = value + load_up_to(s.bias + column, left);
            store_up_to(to, value, left);
        }
    }
}

template <int rows>
static void last_tile(int64_t wanted, const Int8Product& s, int64_t row, int64_t first)
{
    if (wanted == rows)
        tile<rows>(s, row, first);
    else if constexpr (rows > 1)
        last_tile<rows - 1>(wanted, s, row, first);
}

static void multiply(const Int8Product& s)
{
    for (int64_t panel = s.first_panel; panel < s.end_panel; panel++) {
        int64_t row = 0;
        for (; row + TILE_ROWS <= s.rows; row += TILE_ROWS) tile<TILE_ROWS>(s, row, panel * panel_width);
        if (row < s.rows) last_tile<TILE_ROWS - 1>(s.rows - row, s, row, panel * panel_width);
    }
}

static constexpr Int8Kernels int8_table(const char* name)
{
    return {name, panel_width, packed_bytes, row_bytes, pack, quantize, multiply};
}
