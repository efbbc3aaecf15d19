// One time step of an LSTM and its derivative. Included inside the namespace of each unit.

static void lstm_step(const LstmStep& s)
{
    const int64_t hidden = s.hidden;
    const V one = broadcast(1.0f);
    for (int64_t row = 0; row < s.rows; row++) {
        float* gates = s.gates + row * 4 * hidden;
        for (int64_t j = 0; j < hidden; j += LANES) {
            const int64_t left = hidden - j;
            const auto gate = [&](int64_t index) {
                const int64_t at = index * hidden + j;
                return load_up_to(gates + at, left) + load_up_to(s.bias + at, left);
            };
            const Activation in = sigmoid(gate(0));
            const Activation forget = sigmoid(gate(1));
            const V candidate = tangent(gate(2));
            const Activation output = sigmoid(gate(3));
            const int64_t at = row * hidden + j;
            const V before = load_up_to(s.cell + at, left);
            const V cell = multiply_add(forget.value, before, in.value * candidate);
            const V squashed = tangent(cell);
            const V state = output.value * squashed;
            store_up_to(s.cell + at, cell, left);
            store_up_to(s.state + at, state, left);
            store_up_to(s.out + at, state, left);
            if (s.forget != nullptr) {
                store_up_to(s.forget + at, forget.value, left);
                store_up_to(s.cell_factor + at, output.value * ((one - squashed) * (one + squashed)), left);
                store_up_to(gates + j, candidate * in.slope, left);
                store_up_to(gates + hidden + j, before * forget.slope, left);
                store_up_to(gates + 2 * hidden + j, in.value * ((one - candidate) * (one + candidate)), left);
                store_up_to(gates + 3 * hidden + j, squashed * output.slope, left);
            }
        }
    }
}

static void lstm_step_gradient(const LstmStepGradient& s)
{
    const int64_t hidden = s.hidden;
    for (int64_t row = 0; row < s.rows; row++) {
        const float* factors = s.factors + row * 4 * hidden;
        float* d_gates = s.d_gates + row * 4 * hidden;
        for (int64_t j = 0; j < hidden; j += LANES) {
            const int64_t left = hidden - j;
            const int64_t at = row * hidden + j;
            V d_state = load_up_to(s.d_state + at, left);
            if (s.d_out != nullptr) d_state += load_up_to(s.d_out + at, left);
            const V d_cell =
                multiply_add(d_state, load_up_to(s.cell_factor + at, left), load_up_to(s.d_cell + at, left));
            for (int64_t gate = 0; gate < 4; gate++) {
                const V factor = load_up_to(factors + gate * hidden + j, left);
                store_up_to(d_gates + gate * hidden + j, factor * (gate == 3 ? d_state : d_cell), left);
            }
            store_up_to(s.d_cell + at, d_cell * load_up_to(s.forget + at, left), left);
        }
    }
}
