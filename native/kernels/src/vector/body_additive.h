// Scores of additive attention: v . tanh(query + key). Included inside the namespace of each unit.

static void additive_scores(const AdditiveScores& s)
{
    const int64_t width = s.width;
    for (int64_t target = 0; target < s.targets; target++) {
        const float* query = s.query + target * s.stride;
        for (int64_t source = 0; source < s.sources; source++) {
            const float* key = s.key + source * s.stride;
            V sum = {};
            for (int64_t j = 0; j < width; j += LANES) {
                const int64_t left = width - j;
                const V squashed = tangent(load_up_to(query + j, left) + load_up_to(key + j, left));
                sum = multiply_add(squashed, load_up_to(s.vector + j, left), sum);
            }
            s.scores[target * s.row + source] = static_cast<float>(sum_lanes(sum));
        }
    }
}

// For one vector of the width at a time, so that the sums over sources and targets stay in registers and the cache.
static void additive_scores_gradient(const AdditiveScoresGradient& s)
{
    const int64_t width = s.forward.width, stride = s.forward.stride;
    const V one = broadcast(1.0f);
    for (int64_t j = 0; j < width; j += LANES) {
        const int64_t left = width - j;
        const V vector = load_up_to(s.forward.vector + j, left);
        V d_vector = {};
        for (int64_t target = 0; target < s.forward.targets; target++) {
            const V query = load_up_to(s.forward.query + target * stride + j, left);
            V d_query = {};
            for (int64_t source = 0; source < s.forward.sources; source++) {
                const V squashed = tangent(query + load_up_to(s.forward.key + source * stride + j, left));
                const V d_score = broadcast(s.d_scores[target * s.forward.row + source]);
                d_vector = multiply_add(d_score, squashed, d_vector);
                const V d_sum = d_score * ((one - squashed) * (one + squashed));
                d_query += d_sum;
                float* d_key = s.d_key + source * stride + j;
                store_up_to(d_key, multiply_add(d_sum, vector, load_up_to(d_key, left)), left);
            }
            store_up_to(s.d_query + target * stride + j, d_query * vector, left);
        }
        store_up_to(s.d_vector + j, d_vector, left);
    }
}
