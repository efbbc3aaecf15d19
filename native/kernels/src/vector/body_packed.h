// Matrix product with a weight packed once for many products. Included inside the namespace of each unit that defines
// TILE_ROWS: rows of a tile, so that its sums, one line of the panel and a factor fit the registers.

static constexpr int64_t panel_width = 3 * LANES;
static constexpr int64_t tile_rows = TILE_ROWS;
static constexpr int64_t depth_block = 512;
static_assert(whole_strips % tile_rows == 0, "who cuts rows by whole_strips begins with a strip");

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

// A few strips at a time, so that what is written stays in the first cache.
static void pack_strips(const PackStrips& s)
{
    constexpr int64_t rows_at_once = 12 * tile_rows;
    for (int64_t first = 0; first < s.rows; first += rows_at_once) {
        const int64_t end = s.rows - first < rows_at_once ? s.rows : first + rows_at_once;
        for (int64_t k = 0; k < s.depth; k++) {
            const float* from = s.matrix + k * s.stride;
            int64_t row = first;
            for (; row + tile_rows <= end; row += tile_rows)
                __builtin_memcpy(s.packed + row * s.depth + k * tile_rows, from + row, tile_rows * sizeof(float));
            for (int64_t left = 0; row + left < end; left++) s.packed[row * s.depth + k * tile_rows + left] = from[row + left];
        }
    }
}

// `a_stride` 0: `a` is a strip.
template <int rows, bool strip>
static inline void tile(const float* a, int64_t a_stride, const float* panel, int64_t depth, float* c, int64_t c_stride,
                        int64_t width, bool accumulate)
{
    V sums[rows][3] = {};
    for (int64_t k = 0; k < depth; k++, panel += panel_width) {
        const V line[3] = {load(panel), load(panel + LANES), load(panel + 2 * LANES)};
#pragma GCC unroll 16
        for (int row = 0; row < rows; row++) {
            const V factor = broadcast(strip ? a[k * tile_rows + row] : a[row * a_stride + k]);
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

template <int rows, bool strip>
static void last_tile(int64_t wanted, const float* a, int64_t a_stride, const float* panel, int64_t depth, float* c,
                      int64_t c_stride, int64_t width, bool accumulate)
{
    if (wanted == rows)
        tile<rows, strip>(a, a_stride, panel, depth, c, c_stride, width, accumulate);
    else if constexpr (rows > 1)
        last_tile<rows - 1, strip>(wanted, a, a_stride, panel, depth, c, c_stride, width, accumulate);
}

template <bool strips>
static void multiply_panels(const PackedProduct& s)
{
    for (int64_t start = 0; start < s.depth; start += depth_block) {
        const int64_t depth = s.depth - start < depth_block ? s.depth - start : depth_block;
        const float* block = s.packed + packed_size(start, s.columns);
        const bool accumulate = s.accumulate || start > 0;
        for (int64_t index = s.first_panel; index < s.end_panel; index++) {
            const float* panel = block + index * depth * panel_width;
            const int64_t first = index * panel_width;
            const int64_t width = s.columns - first < panel_width ? s.columns - first : panel_width;
            for (int64_t row = 0; row < s.rows; row += tile_rows) {
                const float* a = s.a + (strips ? row * s.depth + start * tile_rows : row * s.a_stride + start);
                float* c = s.c + row * s.c_stride + first;
                if (row + tile_rows <= s.rows)
                    tile<tile_rows, strips>(a, s.a_stride, panel, depth, c, s.c_stride, width, accumulate);
                else
                    last_tile<tile_rows - 1, strips>(s.rows - row, a, s.a_stride, panel, depth, c, s.c_stride, width, accumulate);
            }
        }
    }
}

static void multiply_packed(const PackedProduct& s)
{
    if (s.a_stride == 0)
        multiply_panels<true>(s);
    else
        multiply_panels<false>(s);
}
