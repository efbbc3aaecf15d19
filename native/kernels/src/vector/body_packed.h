// Matrix product with a weight packed once for many products. Included inside the namespace of each unit that defines
// TILE_ROWS: rows of a tile, so that its sums, one line of the panel and a factor fit the registers.

static constexpr int64_t panel_width = 3 * LANES;
static constexpr int64_t tile_rows = TILE_ROWS;
static constexpr int64_t depth_block = 512;
static_assert(whole_tiles % tile_rows == 0, "who cuts rows by whole_tiles wastes no part of a tile");

static int64_t packed_size(int64_t depth, int64_t columns)
{
    return depth * ((columns + panel_width - 1) / panel_width) * panel_width;
}

// Blocks of depth; in each, panels of columns; in each, lines of panel_width numbers, zeros beyond the last column.
static void pack_weight(const PackWeight& s)
{
    for (int64_t start = 0; start < s.depth; start += depth_block) {
        const int64_t depth = s.depth - start < depth_block ? s.depth - start : depth_block;
        float* to = s.packed + packed_size(start, s.columns);
        for (int64_t first = 0; first < s.columns; first += panel_width) {
            const int64_t width = s.columns - first < panel_width ? s.columns - first : panel_width;
            const float* from = s.weight + start * s.depth_stride + first * s.column_stride;
            for (int64_t k = 0; k < depth; k++, to += panel_width) {
                for (int64_t j = 0; j < width; j++) to[j] = from[k * s.depth_stride + j * s.column_stride];
                for (int64_t j = width; j < panel_width; j++) to[j] = 0;
            }
        }
    }
}

template <int rows>
static inline void tile(const float* a, int64_t a_stride, const float* panel, int64_t depth, float* c, int64_t c_stride,
                        int64_t width, bool accumulate)
{
    V sums[rows][3] = {};
    for (int64_t k = 0; k < depth; k++, panel += panel_width) {
        const V line[3] = {load(panel), load(panel + LANES), load(panel + 2 * LANES)};
#pragma GCC unroll 16
        for (int row = 0; row < rows; row++) {
            const V factor = broadcast(a[row * a_stride + k]);
#pragma GCC unroll 3
            for (int part = 0; part < 3; part++) sums[row][part] = multiply_add(factor, line[part], sums[row][part]);
        }
    }
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++)
#pragma GCC unroll 3
        for (int part = 0; part < 3; part++) {
            const int64_t left = width - part * LANES;
            if (left <= 0) continue;
            float* to = c + row * c_stride + part * LANES;
            store_up_to(to, accumulate ? load_up_to(to, left) + sums[row][part] : sums[row][part], left);
        }
}

template <int rows>
static void last_tile(int64_t wanted, const float* a, int64_t a_stride, const float* panel, int64_t depth, float* c,
                      int64_t c_stride, int64_t width, bool accumulate)
{
    if (wanted == rows)
        tile<rows>(a, a_stride, panel, depth, c, c_stride, width, accumulate);
    else if constexpr (rows > 1)
        last_tile<rows - 1>(wanted, a, a_stride, panel, depth, c, c_stride, width, accumulate);
}

static void multiply_packed(const PackedProduct& s)
{
    for (int64_t start = 0; start < s.depth; start += depth_block) {
        const int64_t depth = s.depth - start < depth_block ? s.depth - start : depth_block;
        const float* panel = s.packed + packed_size(start, s.columns);
        const bool accumulate = s.accumulate || start > 0;
        for (int64_t first = 0; first < s.columns; first += panel_width, panel += depth * panel_width) {
            const int64_t width = s.columns - first < panel_width ? s.columns - first : panel_width;
            for (int64_t row = 0; row < s.rows; row += tile_rows) {
                const float* a = s.a + row * s.depth + start;
                float* c = s.c + row * s.columns + first;
                if (row + tile_rows <= s.rows)
                    tile<tile_rows>(a, s.depth, panel, depth, c, s.columns, width, accumulate);
                else
                    last_tile<tile_rows - 1>(s.rows - row, a, s.depth, panel, depth, c, s.columns, width, accumulate);
            }
        }
    }
}
