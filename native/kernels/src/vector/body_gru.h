// One time step of a GRU and its derivative. Included inside the namespace of each unit.

static void gru_step(const GruStep& s)
{
    const int64_t hidden = s.hidden;
    const V one = broadcast(1.0f);
    for (int64_t row = 0; row < s.rows; row++) {
        float* from_x = s.from_x + row * 3 * hidden;
        float* from_h = s.from_h + row * 3 * hidden;
        for (int64_t j = 0; j < hidden; j += LANES) {
            const int64_t left = hidden - j;
            const auto biased = [&](const float* gates, const float* bias, int64_t gate) {
                return load_up_to(gates + gate * hidden + j, left) + load_up_to(bias + gate * hidden + j, left);
            };
            const Activation reset = sigmoid(biased(from_x, s.bias_x, 0) + biased(from_h, s.bias_h, 0));
            const Activation update = sigmoid(biased(from_x, s.bias_x, 1) + biased(from_h, s.bias_h, 1));
            const V remembered = biased(from_h, s.bias_h, 2);
            const V fresh = tangent(multiply_add(reset.value, remembered, biased(from_x, s.bias_x, 2)));
            const int64_t at = row * hidden + j;
            const V before = load_up_to(s.state + at, left);
            const V state = multiply_add(update.value, before - fresh, fresh);
            store_up_to(s.state + at, state, left);
            store_up_to(s.out + at, state, left);
            if (s.keep) {
                const V of_fresh = (one - update.value) * ((one - fresh) * (one + fresh));
                store_up_to(from_x + j, of_fresh * remembered * reset.slope, left);
                store_up_to(from_x + hidden + j, (before - fresh) * update.slope, left);
                store_up_to(from_x + 2 * hidden + j, of_fresh, left);
                store_up_to(from_h + j, reset.value, left);
                store_up_to(from_h + hidden + j, update.value, left);
            }
        }
    }
}

static void gru_step_gradient(const GruStepGradient& s)
{
    const int64_t hidden = s.hidden;
    for (int64_t row = 0; row < s.rows; row++) {
        const float* factors = s.factors + row * 3 * hidden;
        const float* gates = s.gates + row * 3 * hidden;
        float* d_x = s.d_x + row * 3 * hidden;
        float* d_h = s.d_h + row * 3 * hidden;
        for (int64_t j = 0; j < hidden; j += LANES) {
            const int64_t left = hidden - j;
            const int64_t at = row * hidden + j;
            V d_state = load_up_to(s.d_state + at, left);
            if (s.d_out != nullptr) d_state += load_up_to(s.d_out + at, left);
            for (int64_t gate = 0; gate < 3; gate++) {
                const V d_gate = d_state * load_up_to(factors + gate * hidden + j, left);
                store_up_to(d_x + gate * hidden + j, d_gate, left);
                store_up_to(d_h + gate * hidden + j, gate == 2 ? d_gate * load_up_to(gates + j, left) : d_gate, left);
            }
            store_up_to(s.d_state + at, d_state * load_up_to(gates + hidden + j, left), left);
        }
    }
}
