// Attention of one decoder state over one sentence, and its derivative. Included inside the namespace of each unit.

static void attend(const Attend& s)
{
    float most = -3.402823466e38f;
    for (int64_t source = 0; source < s.sources; source++) {
        if (s.state != nullptr) {
            const float* key = s.keys + source * s.key_stride;
            V sum = {};
            for (int64_t j = 0; j < s.width; j += LANES) {
                const int64_t left = s.width - j;
                sum = multiply_add(load_up_to(s.state + j, left), load_up_to(key + j, left), sum);
            }
            s.weights[source] = static_cast<float>(sum_lanes(sum));
        }
        most = s.weights[source] > most ? s.weights[source] : most;
    }
    float total = 0;
    for (int64_t source = 0; source < s.sources; source += LANES) {
        const int64_t left = s.sources - source;
        store_up_to(s.weights + source, exp_of_negative(load_up_to(s.weights + source, left) - most), left);
    }
    for (int64_t source = 0; source < s.sources; source++) total += s.weights[source];
    for (int64_t j = 0; j < s.value_width; j++) s.context[j] = 0;
    for (int64_t source = 0; source < s.sources; source++) {
        s.weights[source] /= total;
        const V weight = broadcast(s.weights[source]);
        const float* value = s.values + source * s.value_stride;
        for (int64_t j = 0; j < s.value_width; j += LANES) {
            const int64_t left = s.value_width - j;
            store_up_to(s.context + j, multiply_add(weight, load_up_to(value + j, left), load_up_to(s.context + j, left)), left);
        }
    }
}

static void attend_gradient(const AttendGradient& s)
{
    float mean = 0;  // of the weights' gradients, by weight
    for (int64_t source = 0; source < s.sources; source++) {
        const float* value = s.values + source * s.value_stride;
        V sum = {};
        for (int64_t j = 0; j < s.value_width; j += LANES) {
            const int64_t left = s.value_width - j;
            sum = multiply_add(load_up_to(s.d_context + j, left), load_up_to(value + j, left), sum);
        }
        s.d_scores[source] = static_cast<float>(sum_lanes(sum));
        mean += s.weights[source] * s.d_scores[source];
    }
    for (int64_t source = 0; source < s.sources; source++) {
        s.d_scores[source] = s.weights[source] * (s.d_scores[source] - mean);
        if (s.d_state == nullptr) continue;
        const V d_score = broadcast(s.d_scores[source]);
        const float* key = s.keys + source * s.key_stride;
        for (int64_t j = 0; j < s.width; j += LANES) {
            const int64_t left = s.width - j;
            store_up_to(s.d_state + j, multiply_add(d_score, load_up_to(key + j, left), load_up_to(s.d_state + j, left)), left);
        }
    }
}

static void squash(const Squash& s)
{
    for (int64_t j = 0; j < s.count; j += LANES) {
        const int64_t left = s.count - j;
        const V value = tangent(load_up_to(s.values + j, left));
        store_up_to(s.values + j, value, left);
        if (s.mask != nullptr) store_up_to(s.masked + j, value * load_up_to(s.mask + j, left), left);
    }
}
