/* Loops over the units of recurrent cells.  A tail is a full vector padded with zeros, so that a unit's result depends on its own
 * numbers alone. */
#include "kernels/rnn.h"
#include "kernels/squash_simd.h"

static inline VecF load(const float *x, int64_t n)
{
    VecF v = {0};
    if (n >= VECF_N)
        memcpy(&v, x, sizeof v);
    else
        memcpy(&v, x, (size_t)n * sizeof *x);
    return v;
}
static inline void keep(float *to, VecF v, int64_t n)
{
    if (n >= VECF_N)
        memcpy(to, &v, sizeof v);
    else
        memcpy(to, &v, (size_t)n * sizeof *to);
}

/* What has been summed up for a gate. */
static inline VecF gate(const TfgLstmStep *t, int g, int64_t row, int64_t k, int64_t n)
{
    int64_t column = t->at[g] * t->cells + k, at = row * 4 * t->cells + column;
    return load(t->gates + at, n) + load(t->more_gates + at, n) + load(t->bias + column, n);
}

static inline VecF clipped(VecF x, float clip)
{
    x = vecf_pick(x > clip, vecf_all(clip), x);
    return vecf_pick(x < -clip, vecf_all(-clip), x);
}

static void lstm(const TfgLstmStep *t, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        for (int64_t k = 0; k < t->cells; k += VECF_N) {
            int64_t n = t->cells - k, at = row * t->cells + k;
            VecF before = load(t->cs_prev + at, n), i = gate(t, TFG_GATE_I, row, k, n), f = gate(t, TFG_GATE_F, row, k, n);
            f += t->forget_bias;
            if (t->wci) {
                i += before * load(t->wci + k, n);
                f += before * load(t->wcf + k, n);
            }
            i = vecf_sigmoid(i);
            f = vecf_sigmoid(f);
            VecF ci = vecf_tanh(gate(t, TFG_GATE_CI, row, k, n)), cs = i * ci + f * before;
            if (t->clip > 0)
                cs = clipped(cs, t->clip);
            VecF o = gate(t, TFG_GATE_O, row, k, n);
            if (t->wco)
                o += cs * load(t->wco + k, n);
            o = vecf_sigmoid(o);
            VecF co = vecf_tanh(cs);
            keep(t->i + at, i, n);
            keep(t->f + at, f, n);
            keep(t->ci + at, ci, n);
            keep(t->cs + at, cs, n);
            keep(t->o + at, o, n);
            keep(t->co + at, co, n);
            keep(t->h + at, o * co, n);
        }
}

static void lstm_back(const TfgLstmBack *t, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++) {
        float *grad = t->gates_grad + row * 4 * t->cells;
        for (int64_t k = 0; k < t->cells; k += VECF_N) {
            int64_t n = t->cells - k, at = row * t->cells + k;
            VecF i = load(t->i + at, n), f = load(t->f + at, n), o = load(t->o + at, n), ci = load(t->ci + at, n), co = load(t->co + at, n);
            VecF before = load(t->cs_prev + at, n), dh = load(t->h_grad + at, n), dcs = load(t->cs_grad + at, n);
            if (t->h_next)
                dh += load(t->h_next + at, n);
            if (t->cs_next)
                dcs += load(t->cs_next + at, n);
            VecF d_o = o * (1.0f - o) * dh * co;
            dcs += (1.0f - co * co) * dh * o;
            if (t->wco)
                dcs += d_o * load(t->wco + k, n);
            VecF d_ci = (1.0f - ci * ci) * dcs * i, d_f = f * (1.0f - f) * dcs * before, d_i = i * (1.0f - i) * dcs * ci;
            VecF d_before = dcs * f;
            if (t->wci)
                d_before += d_i * load(t->wci + k, n) + d_f * load(t->wcf + k, n);
            keep(t->cs_prev_grad + at, d_before, n);
            keep(grad + t->at[TFG_GATE_I] * t->cells + k, d_i, n);
            keep(grad + t->at[TFG_GATE_CI] * t->cells + k, d_ci, n);
            keep(grad + t->at[TFG_GATE_F] * t->cells + k, d_f, n);
            keep(grad + t->at[TFG_GATE_O] * t->cells + k, d_o, n);
        }
    }
}

static void gru_gates(const TfgGruStep *t, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        for (int64_t k = 0; k < t->cells; k += VECF_N) {
            int64_t n = t->cells - k, at = row * t->cells + k, r_at = row * 2 * t->cells + k, u_at = r_at + t->cells;
            VecF r = vecf_sigmoid(load(t->gates + r_at, n) + load(t->more_gates + r_at, n) + load(t->bias + k, n));
            VecF u = vecf_sigmoid(load(t->gates + u_at, n) + load(t->more_gates + u_at, n) + load(t->bias + t->cells + k, n));
            keep(t->r + at, r, n);
            keep(t->u + at, u, n);
            keep(t->reset + at, load(t->h_prev + at, n) * r, n);
        }
}

static void gru(const TfgGruStep *t, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        for (int64_t k = 0; k < t->cells; k += VECF_N) {
            int64_t n = t->cells - k, at = row * t->cells + k;
            VecF c = vecf_tanh(load(t->candidate + at, n) + load(t->more_candidate + at, n) + load(t->candidate_bias + k, n));
            VecF u = load(t->u + at, n);
            keep(t->c + at, c, n);
            keep(t->h + at, u * load(t->h_prev + at, n) + (1.0f - u) * c, n);
        }
}

static void gru_back(const TfgGruBack *t, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        for (int64_t k = 0; k < t->cells; k += VECF_N) {
            int64_t n = t->cells - k, at = row * t->cells + k;
            VecF u = load(t->u + at, n), c = load(t->c + at, n), dh = load(t->dh + at, n);
            keep(t->d_candidate + at, dh * (1.0f - u) * (1.0f - c * c), n);
            keep(t->d_gates + row * 2 * t->cells + t->cells + k, dh * (load(t->h_prev + at, n) - c) * u * (1.0f - u), n);
        }
}

static void gru_reset_back(const TfgGruBack *t, int64_t begin, int64_t end)
{
    for (int64_t row = begin; row < end; row++)
        for (int64_t k = 0; k < t->cells; k += VECF_N) {
            int64_t n = t->cells - k, at = row * t->cells + k;
            VecF r = load(t->r + at, n), d = load(t->d_reset + at, n);
            keep(t->d_gates + row * 2 * t->cells + k, d * load(t->h_prev + at, n) * r * (1.0f - r), n);
            keep(t->dh_prev + at, d * r + load(t->dh + at, n) * load(t->u + at, n), n);
        }
}

static const TfgRnnLoops loops = {lstm, lstm_back, gru_gates, gru, gru_back, gru_reset_back};

#define ROW(name, D, fn) {.op = name, TFG_FOR(D), .flags = TFG_KERNEL_EXPENSIVE, .loops = &loops, .run = fn},
#define LSTM_ROWS(D)                                            \
    ROW("LSTMBlockCell", D, tfg_lstm_cell_run)                  \
    ROW("LSTMBlockCellGrad", D, tfg_lstm_cell_grad_run)         \
    ROW("BlockLSTM", D, tfg_block_lstm_run)                     \
    ROW("BlockLSTMV2", D, tfg_block_lstm_v2_run)                \
    ROW("BlockLSTMGrad", D, tfg_block_lstm_grad_run)            \
    ROW("BlockLSTMGradV2", D, tfg_block_lstm_grad_v2_run)
static const TfgKernelRow rows[] = {
    LSTM_ROWS(TFG_FLOAT) LSTM_ROWS(TFG_HALF) ROW("GRUBlockCell", TFG_FLOAT, tfg_gru_cell_run)
    ROW("GRUBlockCellGrad", TFG_FLOAT, tfg_gru_cell_grad_run)
};

const TfgKernelRow *TFG_SIMD(tfg_kernels_rnn)(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
