// Generators, and filling with random numbers.
#include "binding.h"

using GeneratorHandle = at::Generator*;

namespace {
Maybe<at::Generator> from(GeneratorHandle generator) {
    return generator == nullptr ? Maybe<at::Generator>() : Maybe<at::Generator>(*generator);
}

template <class Body> GeneratorHandle make(Body&& body) noexcept {
    GeneratorHandle result = nullptr;
    dsq::guarded([&] { result = new at::Generator(body()); });
    return result;
}
}  // namespace

DSQ_API GeneratorHandle dsq_generator_default() {
    return make([&] { return at::globalContext().defaultGenerator(at::Device(at::kCPU)); });
}

DSQ_API GeneratorHandle dsq_generator_new(uint64_t seed, DeviceArg where) {
    return make([&] {
        at::Generator generator = at::globalContext().defaultGenerator(dsq::device(where)).clone();
        generator.set_current_seed(seed);
        return generator;
    });
}

DSQ_API void dsq_generator_dispose(GeneratorHandle self) { delete self; }

DSQ_API int32_t dsq_generator_seed(GeneratorHandle self, int64_t seed) {
    return dsq::status([&] {
        std::lock_guard<std::mutex> lock(self->mutex());
        self->set_current_seed(static_cast<uint64_t>(seed));
    });
}

DSQ_API int64_t dsq_generator_initial_seed(GeneratorHandle self) {
    return static_cast<int64_t>(self->current_seed());
}

DSQ_API Handle dsq_generator_get_state(GeneratorHandle self) {
    return dsq::tensor([&] {
        std::lock_guard<std::mutex> lock(self->mutex());
        return self->get_state();
    });
}

DSQ_API int32_t dsq_generator_set_state(GeneratorHandle self, Handle state) {
    return dsq::status([&] {
        std::lock_guard<std::mutex> lock(self->mutex());
        self->set_state(*state);
    });
}

/// Seeds the generators of all devices.
DSQ_API int32_t dsq_manual_seed(int64_t seed) {
    return dsq::status([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

DSQ_API int32_t dsq_fill_(Handle self, ScalarArg value) {
    return dsq::status([&] { self->fill_(dsq::scalar(value)); });
}

DSQ_API int32_t dsq_uniform_(Handle self, double from_value, double to_value, GeneratorHandle generator) {
    return dsq::status([&] { self->uniform_(from_value, to_value, from(generator)); });
}

DSQ_API int32_t dsq_normal_(Handle self, double mean, double std, GeneratorHandle generator) {
    return dsq::status([&] { self->normal_(mean, std, from(generator)); });
}

DSQ_API int32_t dsq_bernoulli_(Handle self, double p, GeneratorHandle generator) {
    return dsq::status([&] { self->bernoulli_(p, from(generator)); });
}

DSQ_API int32_t dsq_bernoulli_tensor_(Handle self, Handle p, GeneratorHandle generator) {
    return dsq::status([&] { self->bernoulli_(*p, from(generator)); });
}

DSQ_API int32_t dsq_exponential_(Handle self, double lambda, GeneratorHandle generator) {
    return dsq::status([&] { self->exponential_(lambda, from(generator)); });
}

DSQ_API Handle dsq_multinomial(Handle self, int64_t samples, Flag replacement, GeneratorHandle generator) {
    return dsq::tensor([&] { return self->multinomial(samples, replacement != 0, from(generator)); });
}
