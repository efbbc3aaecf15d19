// C functions of libdistseq2seq_kernels: fused float32 CPU kernels over plain memory.
//
// Matrices are row-major and contiguous; the caller allocates everything that a function reads or writes, of the shapes that stand
// beside the pointers (a pointer to nothing may be null), and keeps it until the function returns. No output may overlap an input or
// another output. Alignment beyond that of the type is not needed. Every function that returns int returns 0, or -1 after an error,
// whose text ds2s_kernels_last_error() then gives for the calling thread; what outputs hold after an error is not defined.
//
// Equal arguments give equal bits in every run and at every memory address, for one processor kind and one sgemm that keeps the same
// promise. Functions may be called from any number of threads at once; each thread keeps the memory its calls work in.
#pragma once

#include <stdint.h>

#if defined(__GNUC__)
#define DS2S_API __attribute__((visibility("default")))
#else
#define DS2S_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Text of the calling thread's last error; empty if there was none. Valid until its next failing call.
DS2S_API const char* ds2s_kernels_last_error(void);

// Instruction set in use: "avx512", "avx2" or "baseline". DS2S_KERNELS_ISA in the environment can ask for a lesser one.
DS2S_API const char* ds2s_kernels_isa(void);

// Makes the C allocator keep large freed blocks instead of returning them to the system, so that each training step does not
// fault the same pages in again. For the whole process; returns 0 where the C library has no such setting, else 1.
DS2S_API int ds2s_kernels_keep_memory(void);

// Names the BLAS function that multiplies matrices: Fortran's sgemm_ with 32-bit integers. Needed before anything that multiplies floats.
DS2S_API void ds2s_kernels_use_sgemm(void* sgemm);

// A right-padded batch: T steps of B rows that are sorted by length, longest first.
typedef struct {
    int64_t length, batch;       // T, B
    const int64_t* batch_sizes;  // [T], non-increasing, each in 0..B: at step t the rows 0..batch_sizes[t]-1 are active
    int reverse;                 // 0: from the first step to the last; else from each row's last active step back to the first
} ds2s_sequence;

// One direction of one recurrent layer with G gates: an LSTM (G = 4, PyTorch's equations and gate order i, f, g, o) or a GRU (G = 3,
// PyTorch's equations and gate order r, z, n: n = tanh(w_ih x + b_ih + r (w_hh h + b_hh))).
typedef struct {
    ds2s_sequence sequence;
    int64_t inputs, hidden;     // I, H; at least 1
    const float* x;             // [T, B, I]
    const float *w_ih, *w_hh;   // [G*H, I], [G*H, H]
    const float *b_ih, *b_hh;   // [G*H]
    const float *h0, *c0;       // [B, H]; c0 is not looked at by a GRU
} ds2s_recurrent_layer;

// What a layer's backward pass takes and gives.
typedef struct {
    const float *d_out, *d_h_n, *d_c_n;      // of the results; null for zeros
    float *d_x, *d_w_ih, *d_w_hh;            // of the arguments, in their shapes; null where not wanted
    float *d_b_ih, *d_b_hh, *d_h0, *d_c0;
} ds2s_recurrent_gradients;

// Floats that a layer's forward pass leaves for backward, of either kind.
#define DS2S_RECURRENT_KEPT(packed_rows, hidden) ((packed_rows) * 6 * (hidden))

//   out          [T, B, H], zeros at padding
//   h_n, c_n     [B, H], each row's state after its last step (its initial state if it is never active)
//   kept         DS2S_RECURRENT_KEPT floats, where packed_rows is the sum of all batch_sizes; null without gradients
DS2S_API int ds2s_lstm_forward(const ds2s_recurrent_layer* layer, float* out, float* h_n, float* c_n, float* kept);
DS2S_API int ds2s_lstm_backward(const ds2s_recurrent_layer* layer, const float* out, const float* kept,
                                const ds2s_recurrent_gradients* gradients);
DS2S_API int ds2s_gru_forward(const ds2s_recurrent_layer* layer, float* out, float* h_n, float* kept);
DS2S_API int ds2s_gru_backward(const ds2s_recurrent_layer* layer, const float* out, const float* kept,
                               const ds2s_recurrent_gradients* gradients);

// Output layer and softmax cross-entropy, summed over the rows whose target is not ignore_index.
typedef struct {
    int64_t rows, width, classes;  // N, H, V; H and V at least 1
    const float* hidden;           // [N, H]
    const float *weight, *bias;    // [V, H], [V] or null
    const int64_t* targets;        // [N], each in 0..V-1 or equal to ignore_index
    int64_t ignore_index;
    double label_smoothing;        // in 0..1, PyTorch's definition
} ds2s_cross_entropy;

typedef struct {
    double loss;      // the sum
    double nll;       // sum of -log p(target), without label smoothing (nats)
    int64_t counted;  // rows whose target is not ignore_index
    int64_t correct;  // counted rows whose highest logit (the first of equals) is the target's
} ds2s_cross_entropy_counts;

// Logits exist for one slice of rows at a time. Gradients are those of the loss, computed in the same pass; null where not wanted.
DS2S_API int ds2s_linear_cross_entropy(const ds2s_cross_entropy* problem, ds2s_cross_entropy_counts* counts, float* d_hidden,
                                       float* d_weight, float* d_bias);

// Dropout with the generator Philox 4x32-10 keyed by (seed, stream): the same mask for the same arguments, whatever ran before, so that
// backward is the same call on the gradient. An element is dropped with `probability`, else divided by 1 - probability. `period`
// elements have masks of their own and the mask then repeats, as the same units dropped at every time step need ([T, B, H]: B * H);
// 0: no repetition. Use a new stream for each place and step. x and out [count].
DS2S_API int ds2s_dropout(const float* x, float* out, int64_t count, double probability, uint64_t seed, uint64_t stream, int64_t period);

// Scores of additive attention (Bahdanau et al. 2015, appendix A.1.2), v . tanh(query + key), for all steps at once.
typedef struct {
    int64_t targets, sources, batch, width;  // T, S, B, A
    const float *query, *key, *vector;       // [T, B, A] and [S, B, A], projected already; [A]
    const int64_t* source_lengths;           // [B], each in 0..S: scores beyond them are 0, to be masked by the caller; null: all S
} ds2s_additive_scores;

//   scores  [B, T, S]; backward computes tanh again, so nothing of size T * S * A is ever stored
DS2S_API int ds2s_additive_scores_forward(const ds2s_additive_scores* problem, float* scores);
DS2S_API int ds2s_additive_scores_backward(const ds2s_additive_scores* problem, const float* d_scores, float* d_query, float* d_key,
                                           float* d_vector);

// A layer of a decoder with input feeding: w_ih [4H, I + H] for the first (words, then what is fed), [4H, H] for the others; w_hh
// [4H, H]; b_ih, b_hh [4H]; h0, c0 [B, H].
typedef struct {
    const float *w_ih, *w_hh, *b_ih, *b_hh, *h0, *c0;
} ds2s_feeding_layer;

// A stacked LSTM decoder with attention and input feeding (Luong et al. 2015, section 3.3): at each step the layers take a word and
// the attentional state of the step before (zeros at first), and the attentional state is tanh(combine [context, state]), times
// its mask. T steps, B sentences, S source positions, I and H the widths of words and states, E that of the encoder's output; all at
// least 1.
typedef struct {
    int64_t steps, batch, sources, inputs, hidden, values_width;  // T, B, S, I, H, E
    int64_t layer_count;                                          // at least 1
    const ds2s_feeding_layer* layers;
    const float* embedded;        // [T, B, I]
    const float *keys, *values;   // [S, B, H], [S, B, E]
    const int64_t* lengths;       // [B], each in 1..S: source positions of each sentence
    const float *query, *vector;  // [H, H], [H]: scores are vector . tanh(query state + key); both null: state . key
    const float* combine;         // [H, E + H]
    const float* layer_masks;     // [layer_count - 1, T, B, H] factors of what goes into the layers above the first, or null
    const float* features_mask;   // [T, B, H] factors of the attentional states, or null
    int residual;                 // not 0: what goes into a layer above the first, without its mask, is added to what comes out
} ds2s_feeding_decoder;

// Gradients in the shapes of the arguments.
typedef struct {
    float *w_ih, *w_hh, *b_ih, *b_hh, *h0, *c0;
} ds2s_feeding_layer_gradients;

typedef struct {
    const ds2s_feeding_layer_gradients* layers;  // layer_count
    float *embedded, *keys, *values, *combine;
    float *query, *vector;  // null where the decoder's are
} ds2s_feeding_gradients;

// Floats that the forward pass leaves for backward. Only the sizes, the masks' presence and that of `query` are looked at.
DS2S_API int64_t ds2s_feeding_kept(const ds2s_feeding_decoder* decoder);

//   features  [T, B, H], the masked attentional states
//   kept      ds2s_feeding_kept floats; null without gradients
DS2S_API int ds2s_feeding_forward(const ds2s_feeding_decoder* decoder, float* features, float* kept);
DS2S_API int ds2s_feeding_backward(const ds2s_feeding_decoder* decoder, const float* features, const float* kept, const float* d_features,
                                   const ds2s_feeding_gradients* gradients);

// A weight laid out for many products x * weight^T, as decoding needs, where every step has few rows. It keeps its own copy:
// changes of `weight` ([columns, depth], both at least 1) are not seen.
typedef struct ds2s_packed_weight ds2s_packed_weight;
DS2S_API int ds2s_packed_weight_new(const float* weight, int64_t columns, int64_t depth, ds2s_packed_weight** packed);
DS2S_API void ds2s_packed_weight_free(ds2s_packed_weight* packed);

// out = x * weight^T + bias. x [rows, depth]; bias [columns] or null; out [rows, columns].
DS2S_API int ds2s_packed_linear(const ds2s_packed_weight* packed, const float* bias, const float* x, int64_t rows, float* out);

// One time step of an LSTM layer with packed weights [4H, I] and [4H, H]; equations and gate order of ds2s_lstm_forward.
// x [rows, I]; h, c, h_next and c_next [rows, H]; biases [4H] each.
DS2S_API int ds2s_lstm_cell(const ds2s_packed_weight* w_ih, const ds2s_packed_weight* w_hh, const float* b_ih, const float* b_hh,
                            const float* x, const float* h, const float* c, int64_t rows, float* h_next, float* c_next);

// The `wanted` highest logits of each row, and log(sum(exp(row))). logits [rows, classes]; wanted in 1..classes.
//   values, indices  [rows, wanted], highest first, the first of equals before the others; (-infinity, 0) where a row has fewer
//                    numbers above -infinity
//   log_sums         [rows]; NaN for a row that has a NaN
DS2S_API int ds2s_top_logits(const float* logits, int64_t rows, int64_t classes, int64_t wanted, float* values, int64_t* indices,
                             float* log_sums);

// Weights as 8-bit integers, each row of a weight with a scale of its own: weight = scale * integer. Rows of activations are rounded
// the same way when they are multiplied (largest magnitude 127, ties to even), products are summed exactly and become floats as
// (float)sum * (row's scale * weight's scale): every instruction set gives the same bits. No gradients.

// "vnni", "avx512", "avx2" or "baseline"; DS2S_KERNELS_ISA can ask for a lesser one.
DS2S_API const char* ds2s_int8_isa(void);

// weight [rows, columns], at most 65,536 columns, in this processor's order for products: bytes that only the functions below, in
// this process, can read. ds2s_int8_bytes says how many; -1 where there can be no such weight.
DS2S_API int64_t ds2s_int8_bytes(int64_t rows, int64_t columns);
DS2S_API int ds2s_int8_pack(const int8_t* weight, int64_t rows, int64_t columns, uint8_t* packed);

typedef struct {
    const uint8_t* packed;  // what ds2s_int8_pack made of [rows, columns]
    const float* scales;    // [rows]
} ds2s_int8_weight;

// x [rows, depth] times a weight [columns, depth], with a bias [columns] or null: out [rows, columns].
DS2S_API int ds2s_int8_linear(const float* x, int64_t rows, int64_t depth, int64_t columns, const ds2s_int8_weight* weight,
                              const float* bias, float* out);

// ds2s_lstm_forward and ds2s_gru_forward with such weights instead of the layer's w_ih and w_hh, which are not looked at.
DS2S_API int ds2s_int8_lstm(const ds2s_recurrent_layer* layer, const ds2s_int8_weight* w_ih, const ds2s_int8_weight* w_hh, float* out,
                            float* h_n, float* c_n);
DS2S_API int ds2s_int8_gru(const ds2s_recurrent_layer* layer, const ds2s_int8_weight* w_ih, const ds2s_int8_weight* w_hh, float* out,
                           float* h_n);

#ifdef __cplusplus
}
#endif
