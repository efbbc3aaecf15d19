// The loops that are compiled once per instruction set. Each works on rows or elements that are independent of each other, or
// sums in an order that its comment fixes; no result depends on alignment or on an element's place in the array.
// Only plain C++ without library templates may be used here: a template instantiated in a unit built for AVX-512 could be the
// copy that the linker keeps for the whole library.
#pragma once

#include <stdint.h>

namespace ds2s {

// One time step of an LSTM over `rows` rows. Row strides: gates 4H; all else H, but for `out`.
struct LstmStep {
    int64_t rows, hidden;
    float* gates;        // [rows, 4H] pre-activations without bias; receives the factors if `forget` is given
    const float* bias;   // [4H]
    float* cell;         // [rows, H] cell state, updated
    float* state;        // [rows, H] hidden state, written
    float* out;          // [rows, H] the same, row stride H
    float* forget;       // [rows, H] forget gate, kept for backward; null without gradients
    float* cell_factor;  // [rows, H] d h / d c = o (1 - tanh(c)^2), kept for backward; null without gradients
};

// Its derivative. `factors` [rows, 4H] are what LstmStep left in `gates`: for the pre-activations of i, f and g
// d c / d (.), for o d h / d (.).
struct LstmStepGradient {
    int64_t rows, hidden;
    const float* factors;
    const float* forget;
    const float* cell_factor;
    const float* d_out;    // [rows, H], or null
    const float* d_state;  // [rows, H] gradient that reached h from the step after
    float* d_cell;         // [rows, H] gradient of c; turned into that of the c before
    float* d_gates;        // [rows, 4H], written
};

// One time step of a GRU over `rows` rows; gates r, z, n. Row strides: gates 3H; all else H.
struct GruStep {
    int64_t rows, hidden;
    bool keep;            // leave what backward needs
    float* from_x;        // [rows, 3H] of the input without bias; receives the factors of GruStepGradient if `keep`
    float* from_h;        // [rows, 3H] of the state without bias; receives the gates r and z if `keep`
    const float* bias_x;  // [3H]
    const float* bias_h;  // [3H]
    float* state;         // [rows, H] hidden state, updated
    float* out;           // [rows, H] the same
};

// Its derivative. `factors` [rows, 3H] are what GruStep left in `from_x`: d h / d (.) for the input's part of r, z and n.
struct GruStepGradient {
    int64_t rows, hidden;
    const float* factors;
    const float* gates;  // what GruStep left in `from_h`
    const float* d_out;  // [rows, H], or null
    float* d_state;      // [rows, H] gradient of h; turned into what goes past the gates to the h before
    float *d_x, *d_h;    // [rows, 3H] of the input's and the state's parts, written
};

// One row of softmax cross-entropy.
struct CrossEntropyRow {
    float* logits;      // [classes]; receives the gradient if want_gradient
    const float* bias;  // [classes], added first; or null
    int64_t classes, target;
    float smoothing;
    bool want_gradient;
    double loss, nll;  // results
    bool correct;      // result: the target is the first of the highest logits
};

// The highest numbers of a row, and the logarithm of the sum of all exponentials. Where fewer than `wanted` numbers are above
// -infinity, the last results are (-infinity, 0).
struct TopRow {
    float* numbers;  // [count], read only
    int64_t count, wanted;
    float* maxima;     // room for (count + 127) / 128 numbers
    float* values;     // [wanted], the highest first, the first of equals before the others
    int64_t* indices;  // [wanted]
    float log_sum;     // result; NaN if a number is
};

// out = in * factor where the element's random word is at least `threshold`, else 0. The words are a function of seed, stream
// and the element's place: 64 elements a block.
struct Dropout {
    const float* in;
    float* out;
    int64_t count, first_block;
    uint64_t seed, stream;
    uint32_t threshold;
    float factor;
};

// Scores of one sentence: scores[t * row + s] = vector . tanh(query[t] + key[s]).
struct AdditiveScores {
    int64_t targets, sources, width;
    int64_t stride, row;  // elements between two queries or keys; between two targets' scores
    const float *query, *key, *vector;
    float* scores;
};

struct AdditiveScoresGradient {
    AdditiveScores forward;  // its `scores` is not used
    const float* d_scores;
    float *d_query, *d_key;  // same strides; d_key is added to
    float* d_vector;         // [width], written
};

// Softmax of one decoder state's scores against a sentence, and the mean of its values by those weights. Strides: elements between
// two source positions.
struct Attend {
    int64_t sources, width, value_width, key_stride, value_stride;
    const float *state, *keys;  // [width]; null where `weights` holds the scores already, else they are state . key
    const float* values;
    float *weights, *context;  // [sources], [value_width], written
};

struct AttendGradient {
    int64_t sources, width, value_width, key_stride, value_stride;
    const float *keys, *values, *weights;
    const float* d_context;
    float* d_scores;  // [sources], written
    float* d_state;   // [width], added to; null where scores are not state . key
};

// A matrix [depth, columns], element (k, j) at weight[k * depth_stride + j * column_stride], in the order its products read it.
struct PackWeight {
    const float* weight;
    int64_t depth, columns, depth_stride, column_stride;
    float* packed;
};

// c = a * weight (+ c if `accumulate`); a is [rows, depth], c [rows, columns], both contiguous. One sum per element, in the order of
// depth by blocks: the same bits however rows are cut.
struct PackedProduct {
    int64_t rows, depth, columns;
    const float* a;
    const float* packed;
    float* c;
    bool accumulate;
};

// A multiple of every unit's rows of a tile.
constexpr int64_t whole_tiles = 48;

// values = tanh(values), and masked = values * mask where there is a mask.
struct Squash {
    int64_t count;
    float* values;
    const float* mask;  // or null
    float* masked;
};

struct VectorKernels {
    const char* name;
    void (*lstm_step)(const LstmStep&);
    void (*lstm_step_gradient)(const LstmStepGradient&);
    void (*gru_step)(const GruStep&);
    void (*gru_step_gradient)(const GruStepGradient&);
    void (*cross_entropy_row)(CrossEntropyRow&);
    // sums[j] += in[0][j] + in[1][j] + ...: rows in order, columns independent.
    void (*add_rows)(const float* in, int64_t rows, int64_t stride, int64_t columns, float* sums);
    void (*top_row)(TopRow&);
    void (*dropout)(const Dropout&);
    void (*additive_scores)(const AdditiveScores&);
    void (*additive_scores_gradient)(const AdditiveScoresGradient&);
    void (*attend)(const Attend&);
    void (*attend_gradient)(const AttendGradient&);
    void (*squash)(const Squash&);
    // Products with packed weights; panel_width 0: not available.
    int64_t panel_width, depth_block;
    int64_t (*packed_size)(int64_t depth, int64_t columns);
    void (*pack_weight)(const PackWeight&);
    void (*multiply_packed)(const PackedProduct&);
};

// The best set that this processor has, chosen once per process.
const VectorKernels& vector_kernels();

}  // namespace ds2s
