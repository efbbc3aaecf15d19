// C functions of libdistseq2seq_kernels: fused float32 CPU kernels over libtorch tensors.
//
// A `ds2s_tensor` is a heap `at::Tensor*`, as TorchSharp's Tensor.Handle is. Arguments stay the caller's; results are new
// handles that the caller owns (Tensor.UnsafeCreateTensor wraps one). Every function returns 0, or -1 after an error, whose
// text ds2s_kernels_last_error() then gives for the calling thread; on an error no result handle is written.
//
// Same inputs, processor kind and thread count give the same bits, in every run and at every memory address.
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

typedef void* ds2s_tensor;

// Text of the calling thread's last error; empty if there was none. Valid until its next failing call.
DS2S_API const char* ds2s_kernels_last_error(void);

// Instruction set in use: "avx512", "avx2" or "baseline". DS2S_KERNELS_ISA in the environment can ask for a lesser one.
DS2S_API const char* ds2s_kernels_isa(void);

// Makes the C allocator keep large freed blocks instead of returning them to the system, so that each training step does not
// fault the same pages in again. For the whole process; returns 0 where the C library has no such setting, else 1.
DS2S_API int ds2s_kernels_keep_memory(void);

// One direction of one LSTM layer over a right-padded batch, PyTorch's equations and gate order (i, f, g, o).
//
//   x            [T, B, I]
//   batch_sizes  T numbers, non-increasing, each in 0..B: at step t the rows 0..batch_sizes[t]-1 are active (rows sorted by
//                length, longest first). NULL: every row is active at every step.
//   w_ih, w_hh   [4H, I], [4H, H]
//   b_ih, b_hh   [4H] each, or both NULL
//   h0, c0       [B, H] each; NULL stands for zeros
//   reverse      0: from the first step to the last; 1: from each row's last active step back to the first
//   out          [T, B, H], zeros at padding
//   h_n, c_n     [B, H], each row's state after its last step (its initial state if it is never active)
//
// Differentiable once with respect to every tensor.
DS2S_API int ds2s_lstm_layer(ds2s_tensor x, const int64_t* batch_sizes, ds2s_tensor w_ih, ds2s_tensor w_hh,
                             ds2s_tensor b_ih, ds2s_tensor b_hh, ds2s_tensor h0, ds2s_tensor c0, int reverse,
                             ds2s_tensor* out, ds2s_tensor* h_n, ds2s_tensor* c_n);

// One direction of one GRU layer, PyTorch's equations and gate order (r, z, n): n = tanh(w_ih x + b_ih + r (w_hh h + b_hh)). As
// ds2s_lstm_layer, but that matrices have 3H rows, both biases are needed and there is no cell state.
DS2S_API int ds2s_gru_layer(ds2s_tensor x, const int64_t* batch_sizes, ds2s_tensor w_ih, ds2s_tensor w_hh, ds2s_tensor b_ih,
                            ds2s_tensor b_hh, ds2s_tensor h0, int reverse, ds2s_tensor* out, ds2s_tensor* h_n);

// What ds2s_linear_cross_entropy counts beside the differentiable loss.
typedef struct {
    double loss;      // the sum that the loss tensor holds, in double precision
    double nll;       // sum of -log p(target), without label smoothing (nats)
    int64_t counted;  // rows whose target is not ignore_index
    int64_t correct;  // counted rows whose highest logit (the first of equals) is the target's
} ds2s_cross_entropy_counts;

// Output layer and softmax cross-entropy, summed over the rows whose target is not ignore_index. Logits exist for one slice
// of rows at a time. Where a gradient is needed it is computed in the same pass.
//
//   hidden           [N, H]
//   weight, bias     [V, H], [V] or NULL
//   targets          int64 [N], each in 0..V-1 or equal to ignore_index
//   label_smoothing  in 0..1, PyTorch's definition
//   loss_sum         float32 scalar; differentiable once with respect to hidden, weight and bias
//   counts           may be NULL
DS2S_API int ds2s_linear_cross_entropy(ds2s_tensor hidden, ds2s_tensor weight, ds2s_tensor bias, ds2s_tensor targets,
                                       int64_t ignore_index, double label_smoothing, ds2s_tensor* loss_sum,
                                       ds2s_cross_entropy_counts* counts);

// Dropout with the generator Philox 4x32-10 keyed by (seed, stream): the same mask for the same arguments, whatever ran before,
// and none is stored for backward. An element is dropped with `probability`, else divided by 1 - probability. `period`
// elements (in row-major order) have masks of their own and the mask then repeats, as the same units dropped at every time
// step need ([T, B, H]: B * H); 0: no repetition. Use a new stream for each place and step. Differentiable once.
DS2S_API int ds2s_dropout(ds2s_tensor x, double probability, uint64_t seed, uint64_t stream, int64_t period,
                          ds2s_tensor* out);

// Scores of additive attention (Bahdanau et al. 2015, appendix A.1.2), v . tanh(query + key), for all steps at once.
//
//   query           [T, B, A] and key [S, B, A], both projected already; vector [A]
//   source_lengths  B numbers in 0..S: scores beyond them are 0, to be masked by the caller; NULL: all S
//   scores          [B, T, S]; differentiable once with respect to query, key and vector. Backward computes tanh again, so
//                   nothing of size T * S * A is ever stored.
DS2S_API int ds2s_additive_scores(ds2s_tensor query, ds2s_tensor key, ds2s_tensor vector, const int64_t* source_lengths,
                                  ds2s_tensor* scores);

// What ds2s_feeding_decoder computes with. T steps, B sentences, S source positions, I and H the widths of words and states, E that
// of the encoder's output.
typedef struct {
    ds2s_tensor embedded;        // [T, B, I]
    const ds2s_tensor* layers;   // six for each LSTM layer: w_ih [4H, I + H] for the first (words, then what is fed), [4H, H] for the
                                 // others; w_hh [4H, H]; b_ih, b_hh [4H]; h0, c0 [B, H]
    int64_t layer_count;         // at least 1
    ds2s_tensor keys, values;    // [S, B, H], [S, B, E]
    ds2s_tensor padding;         // bool [B, S], true from a sentence's end on; each has at least one position
    ds2s_tensor query, vector;   // [H, H], [H]: scores are vector . tanh(query state + key); both NULL: state . key
    ds2s_tensor combine;         // [H, E + H]
    ds2s_tensor layer_masks;     // [layer_count - 1, T, B, H] factors of what goes into the layers above the first, or NULL
    ds2s_tensor features_mask;   // [T, B, H] factors of the attentional states, or NULL
    int residual;                // not 0: what goes into a layer above the first, without its mask, is added to what comes out
} ds2s_feeding_decoder_arguments;

// A stacked LSTM decoder with attention and input feeding (Luong et al. 2015, section 3.3): at each step the layers take a word and
// the attentional state of the step before (zeros at first), and the attentional state is tanh(combine [context, state]), times
// its mask.
//
//   features     [T, B, H], the masked attentional states; differentiable once with respect to every tensor but masks and padding
DS2S_API int ds2s_feeding_decoder(const ds2s_feeding_decoder_arguments* arguments, ds2s_tensor* features);

// A weight laid out for many products x * weight^T, as decoding needs, where every step has few rows. It keeps its own copy:
// changes of `weight` ([columns, depth]) are not seen. Not differentiable.
typedef void* ds2s_packed_weight;
DS2S_API int ds2s_packed_weight_new(ds2s_tensor weight, ds2s_packed_weight* packed);
DS2S_API void ds2s_packed_weight_free(ds2s_packed_weight packed);

// out = x * weight^T + bias. x [rows, depth]; bias [columns] or NULL; out [rows, columns].
DS2S_API int ds2s_packed_linear(ds2s_packed_weight packed, ds2s_tensor bias, ds2s_tensor x, ds2s_tensor* out);

// One time step of an LSTM layer with packed weights, without gradients; equations and gate order of ds2s_lstm_layer.
// x [B, I]; h and c [B, H]; biases [4H] each.
DS2S_API int ds2s_lstm_cell(ds2s_packed_weight w_ih, ds2s_packed_weight w_hh, ds2s_tensor b_ih, ds2s_tensor b_hh,
                            ds2s_tensor x, ds2s_tensor h, ds2s_tensor c, ds2s_tensor* h_next, ds2s_tensor* c_next);

// The `wanted` highest logits of each row, and log(sum(exp(row))). logits [N, V], contiguous; wanted in 1..V.
//   values, indices  [N, wanted], highest first, the first of equals before the others; (-infinity, 0) where a row has fewer
//                    numbers above -infinity
//   log_sums         [N]; NaN for a row that has a NaN
DS2S_API int ds2s_top_logits(ds2s_tensor logits, int64_t wanted, float* values, int64_t* indices, float* log_sums);

// Weights as 8-bit integers, each row of a weight with a scale of its own: weight = scale * integer. Rows of activations are rounded
// the same way when they are multiplied (largest magnitude 127, ties to even), products are summed exactly and become floats as
// (float)sum * (row's scale * weight's scale): every instruction set gives the same bits. No gradients.

// "vnni", "avx512", "avx2" or "baseline"; DS2S_KERNELS_ISA can ask for a lesser one.
DS2S_API const char* ds2s_int8_isa(void);

// weight [rows, columns], at most 65,536 columns, in this processor's order for products: bytes that only the functions below, in
// this process, can read.
DS2S_API int ds2s_int8_pack(const int8_t* weight, int64_t rows, int64_t columns, ds2s_tensor* packed);

// x [N, K] times a packed weight [O, K], with scales [O] and a bias [O] or NULL: out [N, O].
DS2S_API int ds2s_int8_linear(ds2s_tensor x, ds2s_tensor packed, ds2s_tensor scales, ds2s_tensor bias, ds2s_tensor* out);

// ds2s_lstm_layer (G = 4) and ds2s_gru_layer (G = 3) with such weights.
typedef struct {
    ds2s_tensor x;               // [T, B, I]
    ds2s_tensor w_ih, scale_ih;  // packed [G*H, I]; [G*H]
    ds2s_tensor w_hh, scale_hh;  // packed [G*H, H]; [G*H]
    ds2s_tensor b_ih, b_hh;      // [G*H]
    ds2s_tensor h0;              // [B, H], or NULL for zeros
} ds2s_int8_layer;

DS2S_API int ds2s_int8_lstm_layer(const ds2s_int8_layer* layer, const int64_t* batch_sizes, ds2s_tensor c0, int reverse,
                                  ds2s_tensor* out, ds2s_tensor* h_n, ds2s_tensor* c_n);
DS2S_API int ds2s_int8_gru_layer(const ds2s_int8_layer* layer, const int64_t* batch_sizes, int reverse, ds2s_tensor* out,
                                 ds2s_tensor* h_n);

#ifdef __cplusplus
}
#endif
