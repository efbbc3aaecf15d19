#include "feeding_decoder.h"

namespace ds2s::feeding {

Problem::Problem(const char* where, const ds2s_feeding_decoder& decoder)
    : given(decoder),
      steps(decoder.steps),
      batch(decoder.batch),
      sources(decoder.sources),
      inputs(decoder.inputs),
      hidden(decoder.hidden),
      values_width(decoder.values_width)
{
    require(steps > 0 && batch > 0 && sources > 0 && inputs > 0 && hidden > 0 && values_width > 0, where,
            ": steps, batch, sources, inputs, hidden and values_width are ", steps, ", ", batch, ", ", sources, ", ", inputs, ", ", hidden,
            " and ", values_width, ", expected at least 1 each");
    require(given.layer_count > 0, where, ": layer_count is ", given.layer_count, ", expected at least 1");
    require((given.query == nullptr) == (given.vector == nullptr), where, ": give both query and vector or neither");
    for (int64_t row = 0; row < batch; row++)
        require(given.lengths[row] >= 1 && given.lengths[row] <= sources, where, ": lengths[", row, "] is ", given.lengths[row],
                ", expected 1..", sources);
}

Kept::Kept(const ds2s_feeding_decoder& decoder, float* memory, Scratch& scratch)
    : layers(scratch.take<KeptLayer>(decoder.layer_count)), size(0)
{
    const int64_t rows = decoder.steps * decoder.batch, hidden = decoder.hidden;
    const auto piece = [&](int64_t width) {
        float* first = memory == nullptr ? nullptr : memory + size;
        size += rows * width;
        return first;
    };
    for (int64_t index = 0; index < decoder.layer_count; index++) {
        auto& layer = layers[index];
        layer.factors = piece(4 * hidden);
        layer.forget = piece(hidden);
        layer.cell_factor = piece(hidden);
        layer.states = piece(hidden);
        layer.inputs = index == 0 ? nullptr : piece(hidden);
    }
    top = piece(hidden);
    queries = decoder.query != nullptr ? piece(hidden) : nullptr;
    attentional = decoder.features_mask != nullptr ? piece(hidden) : nullptr;
    weights = piece(decoder.sources);
    context = piece(decoder.values_width);
}

}  // namespace ds2s::feeding

extern "C" int64_t ds2s_feeding_kept(const ds2s_feeding_decoder* decoder)
{
    ds2s::Scratch scratch;
    return ds2s::feeding::Kept(*decoder, nullptr, scratch).size;
}
