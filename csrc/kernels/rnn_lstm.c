/* LSTM: one step (LSTMBlockCell), whole sequences (BlockLSTM), and the way back through both.  The inputs' part of all steps is one
 * product of matrices; only the states' part has to be done step by step. */
#include <string.h>

#include "base/status.h"
#include "kernels/rnn.h"
#include "kernels/util.h"

/* Where the four gates stand in a row of gates: TensorFlow's second version has the forget gate before the new input. */
static const int FIRST_ORDER[4] = {0, 1, 2, 3}, SECOND_ORDER[4] = {0, 2, 1, 3};

typedef struct Sizes { int64_t time, batch, inputs, cells; } Sizes;

static void lstm_range(void *context, int64_t begin, int64_t end);
static void back_range(void *context, int64_t begin, int64_t end);

typedef struct Forward { const TfgRnnLoops *loops; TfgLstmStep step; } Forward;
typedef struct Backward { const TfgRnnLoops *loops; TfgLstmBack step; } Backward;

static void lstm_range(void *context, int64_t begin, int64_t end)
{
    const Forward *t = context;
    t->loops->lstm(&t->step, begin, end);
}

static void back_range(void *context, int64_t begin, int64_t end)
{
    const Backward *t = context;
    t->loops->lstm_back(&t->step, begin, end);
}

/* ---- checks ---- */

/* Input `first` is x ([batch, inputs], or with the time before), then come cs_prev, h_prev, w, wci, wcf, wco, b. */
static int check_arguments(TfgKernelCall *c, int first, bool peepholes, Sizes *z, TfgStatus *s)
{
    static const char *const peephole[3] = {"wci.dim_size", "wcf.dim_size", "wco.dim_size"};
    int x_rank = first ? 3 : 2;
    if (tfg_rnn_want_rank(c, first, x_rank, "x", s) < 0 || tfg_rnn_want_rank(c, first + 1, 2, "cs_prev", s) < 0 ||
        tfg_rnn_want_rank(c, first + 2, 2, "h_prev", s) < 0 || tfg_rnn_want_rank(c, first + 3, 2, "w", s) < 0 ||
        tfg_rnn_want_rank(c, first + 7, 1, "b", s) < 0)
        return -1;
    const int64_t *x = c->in[first]->dims;
    *z = (Sizes){first ? x[0] : 1, x[x_rank - 2], x[x_rank - 1], c->in[first + 1]->dims[1]};
    if (tfg_rnn_check_sizes(z->inputs, z->cells, s) < 0 ||
        tfg_rnn_want_dim(c, first + 1, 0, z->batch, "cs_prev.dims", "batch_size", s) < 0 ||
        tfg_rnn_want_dim(c, first + 2, 0, z->batch, "h_prev.dims", "batch_size", s) < 0 ||
        tfg_rnn_want_dim(c, first + 2, 1, z->cells, "h_prev.dims", "cell_size", s) < 0 ||
        tfg_rnn_want_dim(c, first + 3, 0, z->inputs + z->cells, "w.dim_size", "input_size + cell_size", s) < 0 ||
        tfg_rnn_want_dim(c, first + 3, 1, 4 * z->cells, "w.dim_size", "cell_size * 4", s) < 0 ||
        tfg_rnn_want_dim(c, first + 7, 0, 4 * z->cells, "b.dim_size", "cell_size * 4", s) < 0)
        return -1;
    for (int i = 0; i < 3 && peepholes; i++)
        if (tfg_rnn_want_rank(c, first + 4 + i, 1, (const char *[]){"wci", "wcf", "wco"}[i], s) < 0 ||
            tfg_rnn_want_dim(c, first + 4 + i, 0, z->cells, peephole[i], "cell_size", s) < 0)
            return -1;
    return 0;
}

/* Inputs [first, first + n) are what the way forward gave, or gradients of that: of x's rank, with cells for inputs. */
static int check_units(TfgKernelCall *c, int first, int n, const char *const *names, bool with_time, const Sizes *z, TfgStatus *s)
{
    int rank = with_time ? 3 : 2;
    for (int i = first; i < first + n; i++) {
        const char *name = names[i - first];
        if (tfg_rnn_want_rank(c, i, rank, name, s) < 0 || (with_time && tfg_rnn_want_dim(c, i, 0, z->time, name, "timelen", s) < 0) ||
            tfg_rnn_want_dim(c, i, rank - 2, z->batch, name, "batch_size", s) < 0 ||
            tfg_rnn_want_dim(c, i, rank - 1, z->cells, name, "cell_size", s) < 0)
            return -1;
    }
    return 0;
}

/* seq_len_max: the steps that are done; the others are zero. */
static int read_length(TfgKernelCall *c, const Sizes *z, int64_t *steps, TfgStatus *s)
{
    const TfgTensor *t = c->in[0];
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_len_max must be a scalar, but has rank %d", t->rank);
    *steps = *(const int64_t *)t->data;
    if (*steps < 0 || *steps > z->time)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "seq_len_max must be in [0, timelen], but is %lld where timelen is %lld", (long long)*steps,
                        (long long)z->time);
    return 0;
}

/* ---- forward ---- */

static float *steps_output(TfgKernelCall *c, int i, const Sizes *z, bool with_time, TfgStatus *s)
{
    const int64_t dims[3] = {z->time, z->batch, z->cells};
    return tfg_rnn_out(c, i, with_time ? 3 : 2, with_time ? dims : dims + 1, s);
}

/* Input `first` is x. */
static int forward(TfgKernelCall *c, int first, const Sizes *z, int64_t steps, TfgLstmStep step, TfgStatus *s)
{
    const TfgRnnLoops *loops = c->row->loops;
    int64_t wide = 4 * z->cells, unit = z->batch * z->cells, time = steps;
    const float *x = tfg_rnn_in(c, first, s), *cs = x ? tfg_rnn_in(c, first + 1, s) : NULL, *h = cs ? tfg_rnn_in(c, first + 2, s) : NULL;
    const float *w = h ? tfg_rnn_in(c, first + 3, s) : NULL;
    bool peepholes = tfg_attrs_bool(c->attrs, "use_peephole");
    if (!w || !(step.bias = tfg_rnn_in(c, first + 7, s)))
        return -1;
    if (peepholes && (!(step.wci = tfg_rnn_in(c, first + 4, s)) || !(step.wcf = tfg_rnn_in(c, first + 5, s)) ||
                      !(step.wco = tfg_rnn_in(c, first + 6, s))))
        return -1;
    float *out[7], *gates = tfg_rnn_scratch(c, time * z->batch, wide, s), *from_h = gates ? tfg_rnn_scratch(c, z->batch, wide, s) : NULL;
    if (!from_h)
        return -1;
    for (int i = 0; i < 7; i++) {
        if (!(out[i] = steps_output(c, i, z, first > 0, s)))
            return -1;
        memset(out[i] + steps * unit, 0, (size_t)((z->time - steps) * unit) * sizeof(float));
    }
    TfgRnnProduct of_x = {.m = time * z->batch, .n = wide, .k = z->inputs, .a = x, .b = w, .c = gates, .lda = z->inputs, .ldb = wide, .ldc = wide};
    if (tfg_rnn_product(&of_x, s) < 0)
        return -1;
    step.rows = z->batch;
    step.cells = z->cells;
    step.cs_prev = cs;
    step.more_gates = from_h;
    for (int64_t t = 0; t < steps; t++) {
        TfgRnnProduct of_h = {.m = z->batch, .n = wide, .k = z->cells, .a = h, .b = w + z->inputs * wide, .c = from_h, .lda = z->cells,
                              .ldb = wide, .ldc = wide};
        if (tfg_rnn_product(&of_h, s) < 0 || tfg_kernel_check_cancel(c, s) < 0)
            return -1;
        float **parts[7] = {&step.i, &step.cs, &step.f, &step.o, &step.ci, &step.co, &step.h};
        for (int i = 0; i < 7; i++)
            *parts[i] = out[i] + t * unit;
        step.gates = gates + t * z->batch * wide;
        Forward f = {loops, step};
        tfg_for_ranges(z->batch, tfg_rnn_grain(z->cells), lstm_range, &f);
        h = step.h;
        step.cs_prev = step.cs;
    }
    for (int i = 0; i < 7; i++)
        tfg_rnn_store(c, i, out[i]);
    return 0;
}

static TfgLstmStep step_with(const int *order, float forget_bias, float clip)
{
    TfgLstmStep step = {.forget_bias = forget_bias, .clip = clip};
    memcpy(step.at, order, sizeof step.at);
    return step;
}

int tfg_lstm_cell_run(TfgKernelCall *c, TfgStatus *s)
{
    Sizes z;
    if (check_arguments(c, 0, tfg_attrs_bool(c->attrs, "use_peephole"), &z, s) < 0)
        return -1;
    TfgLstmStep step = step_with(FIRST_ORDER, tfg_attrs_float(c->attrs, "forget_bias"), tfg_attrs_float(c->attrs, "cell_clip"));
    return forward(c, 0, &z, 1, step, s);
}

static int block_forward(TfgKernelCall *c, const int *order, float forget_bias, TfgStatus *s)
{
    Sizes z;
    int64_t steps = 0;
    if (check_arguments(c, 1, tfg_attrs_bool(c->attrs, "use_peephole"), &z, s) < 0 || read_length(c, &z, &steps, s) < 0)
        return -1;
    return forward(c, 1, &z, steps, step_with(order, forget_bias, tfg_attrs_float(c->attrs, "cell_clip")), s);
}

int tfg_block_lstm_run(TfgKernelCall *c, TfgStatus *s)
{
    return block_forward(c, FIRST_ORDER, tfg_attrs_float(c->attrs, "forget_bias"), s);
}
int tfg_block_lstm_v2_run(TfgKernelCall *c, TfgStatus *s) { return block_forward(c, SECOND_ORDER, 0, s); }

/* ---- back ---- */

/* Adds the sums over rows of a * b, where a is column block `at` of rows of 4 * cells and b has rows of `cells`. */
static void add_peephole_grad(const float *gates, int at, const float *b, int64_t rows, int64_t cells, float *out)
{
    for (int64_t row = 0; row < rows; row++) {
        const float *g = gates + row * 4 * cells + at * cells, *v = b + row * cells;
        for (int64_t k = 0; k < cells; k++)
            out[k] += g[k] * v[k];
    }
}

/* Outputs `first` to first + 2: gradients of the peepholes, zeroed. */
static int peephole_outputs(TfgKernelCall *c, int first_out, int first_in, float *out[3], TfgStatus *s)
{
    for (int i = 0; i < 3; i++) {
        const TfgTensor *w = c->in[first_in + i];
        if (!(out[i] = tfg_rnn_out(c, first_out + i, w->rank, w->dims, s)))
            return -1;
        memset(out[i], 0, (size_t)w->count * sizeof(float));
    }
    return 0;
}

static void peephole_grads(const TfgLstmBack *b, float *const out[3])
{
    add_peephole_grad(b->gates_grad, b->at[TFG_GATE_I], b->cs_prev, b->rows, b->cells, out[0]);
    add_peephole_grad(b->gates_grad, b->at[TFG_GATE_F], b->cs_prev, b->rows, b->cells, out[1]);
    add_peephole_grad(b->gates_grad, b->at[TFG_GATE_O], b->cs, b->rows, b->cells, out[2]);
}

/* The fields that inputs from `first` on give: peepholes, then (b lies between) i, cs, f, o, ci, co, at `units`. */
static int read_back(TfgKernelCall *c, int peephole, int units, const int *order, TfgLstmBack *b, TfgStatus *s)
{
    const float **const parts[6] = {&b->i, &b->cs, &b->f, &b->o, &b->ci, &b->co};
    const float **const peepholes[3] = {&b->wci, &b->wcf, &b->wco};
    memcpy(b->at, order, sizeof b->at);
    for (int i = 0; i < 6; i++)
        if (!(*parts[i] = tfg_rnn_in(c, units + i, s)))
            return -1;
    for (int i = 0; i < 3 && tfg_attrs_bool(c->attrs, "use_peephole"); i++)
        if (!(*peepholes[i] = tfg_rnn_in(c, peephole + i, s)))
            return -1;
    return 0;
}

int tfg_lstm_cell_grad_run(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[] = {"i.dim_size", "cs.dim_size", "f.dim_size", "o.dim_size", "ci.dim_size", "co.dim_size",
                                        "cs_grad_tensor.dims", "h_grad_tensor.dims"};
    Sizes z;
    if (check_arguments(c, 0, true, &z, s) < 0 || check_units(c, 8, 8, names, false, &z, s) < 0)
        return -1;
    TfgLstmBack b = {.rows = z.batch, .cells = z.cells};
    float *peepholes[3];
    if (read_back(c, 4, 8, FIRST_ORDER, &b, s) < 0 || !(b.cs_prev = tfg_rnn_in(c, 1, s)) || !(b.cs_grad = tfg_rnn_in(c, 14, s)) ||
        !(b.h_grad = tfg_rnn_in(c, 15, s)) || !(b.cs_prev_grad = tfg_rnn_out(c, 0, 2, (int64_t[]){z.batch, z.cells}, s)) ||
        !(b.gates_grad = tfg_rnn_out(c, 1, 2, (int64_t[]){z.batch, 4 * z.cells}, s)) || peephole_outputs(c, 2, 4, peepholes, s) < 0)
        return -1;
    Backward run = {c->row->loops, b};
    tfg_for_ranges(z.batch, tfg_rnn_grain(z.cells), back_range, &run);
    if (b.wci)
        peephole_grads(&b, peepholes);
    const float *const results[5] = {b.cs_prev_grad, b.gates_grad, peepholes[0], peepholes[1], peepholes[2]};
    for (int i = 0; i < 5; i++)
        tfg_rnn_store(c, i, results[i]);
    return 0;
}

/* What the way back through a sequence needs besides the units. */
typedef struct Sequence {
    Sizes z;
    int64_t steps;
    const float *x, *cs_prev, *h_prev, *w, *h, *cs_grad, *h_grad;
    float *gates_grad;                  /* of all steps */
    float *x_grad, *cs_prev_grad, *h_prev_grad, *w_grad, *peephole_grad[3], *b_grad;
} Sequence;

/* Step by step from the end: gates_grad, the states' gradients, the peepholes'. */
static int back_steps(TfgKernelCall *c, const Sequence *q, TfgLstmBack b, TfgStatus *s)
{
    int64_t unit = q->z.batch * q->z.cells, wide = 4 * q->z.cells;
    const float *i = b.i, *cs = b.cs, *f = b.f, *o = b.o, *ci = b.ci, *co = b.co;
    b.rows = q->z.batch;
    b.cells = q->z.cells;
    b.cs_prev_grad = q->cs_prev_grad;
    memset(q->cs_prev_grad, 0, (size_t)unit * sizeof(float));
    memset(q->h_prev_grad, 0, (size_t)unit * sizeof(float));
    for (int64_t t = q->steps - 1; t >= 0; t--) {
        int64_t at = t * unit;
        b.i = i + at;
        b.cs = cs + at;
        b.f = f + at;
        b.o = o + at;
        b.ci = ci + at;
        b.co = co + at;
        b.cs_prev = t > 0 ? cs + at - unit : q->cs_prev;
        b.cs_grad = q->cs_grad + at;
        b.h_grad = q->h_grad + at;
        b.cs_next = q->cs_prev_grad;
        b.h_next = q->h_prev_grad;
        b.gates_grad = q->gates_grad + t * q->z.batch * wide;
        Backward run = {c->row->loops, b};
        tfg_for_ranges(b.rows, tfg_rnn_grain(b.cells), back_range, &run);
        if (b.wci)
            peephole_grads(&b, q->peephole_grad);
        TfgRnnProduct to_h = {.m = b.rows, .n = b.cells, .k = wide, .a = b.gates_grad, .b = q->w + q->z.inputs * wide, .c = q->h_prev_grad,
                              .lda = wide, .ldb = wide, .ldc = b.cells, .tb = true};
        if (tfg_rnn_product(&to_h, s) < 0 || tfg_kernel_check_cancel(c, s) < 0)
            return -1;
    }
    return 0;
}

/* The matrices' gradients: products over all steps at once. */
static int back_matrices(TfgKernelCall *c, const Sequence *q, TfgStatus *s)
{
    int64_t wide = 4 * q->z.cells, rows = q->steps * q->z.batch, unit = q->z.batch * q->z.cells;
    float *h = tfg_rnn_scratch(c, rows, q->z.cells, s);         /* the states before each step */
    if (!h)
        return -1;
    if (q->steps > 0) {
        memcpy(h, q->h_prev, (size_t)unit * sizeof *h);
        memcpy(h + unit, q->h, (size_t)((q->steps - 1) * unit) * sizeof *h);
    }
    TfgRnnProduct to_x = {.m = rows, .n = q->z.inputs, .k = wide, .a = q->gates_grad, .b = q->w, .c = q->x_grad, .lda = wide, .ldb = wide,
                          .ldc = q->z.inputs, .tb = true};
    TfgRnnProduct of_x = {.m = q->z.inputs, .n = wide, .k = rows, .a = q->x, .b = q->gates_grad, .c = q->w_grad, .lda = q->z.inputs,
                          .ldb = wide, .ldc = wide, .ta = true};
    TfgRnnProduct of_h = {.m = q->z.cells, .n = wide, .k = rows, .a = h, .b = q->gates_grad, .c = q->w_grad + q->z.inputs * wide,
                          .lda = q->z.cells, .ldb = wide, .ldc = wide, .ta = true};
    if (tfg_rnn_product(&to_x, s) < 0 || tfg_rnn_product(&of_x, s) < 0 || tfg_rnn_product(&of_h, s) < 0)
        return -1;
    memset(q->x_grad + rows * q->z.inputs, 0, (size_t)((q->z.time - q->steps) * q->z.batch * q->z.inputs) * sizeof(float));
    tfg_rnn_column_sums(q->gates_grad, rows, wide, q->b_grad);
    return 0;
}

static float *output_like(TfgKernelCall *c, int out, int in, TfgStatus *s)
{
    return tfg_rnn_out(c, out, c->in[in]->rank, c->in[in]->dims, s);
}

static int block_back(TfgKernelCall *c, const int *order, TfgStatus *s)
{
    static const char *const names[] = {"i.dim_size", "cs.dim_size", "f.dim_size", "o.dim_size", "ci.dim_size", "co.dim_size", "h.dim_size",
                                        "cs_grad.dim_size", "h_grad.dim_size"};
    Sequence q;
    TfgLstmBack b = {0};
    if (check_arguments(c, 1, true, &q.z, s) < 0 || read_length(c, &q.z, &q.steps, s) < 0 ||
        check_units(c, 9, 9, names, true, &q.z, s) < 0 || read_back(c, 5, 9, order, &b, s) < 0)
        return -1;
    const float **const ins[7] = {&q.x, &q.cs_prev, &q.h_prev, &q.w, &q.h, &q.cs_grad, &q.h_grad};
    static const int at[7] = {1, 2, 3, 4, 15, 16, 17};
    for (int i = 0; i < 7; i++)
        if (!(*ins[i] = tfg_rnn_in(c, at[i], s)))
            return -1;
    if (!(q.gates_grad = tfg_rnn_scratch(c, q.steps * q.z.batch, 4 * q.z.cells, s)) || !(q.x_grad = output_like(c, 0, 1, s)) ||
        !(q.cs_prev_grad = output_like(c, 1, 2, s)) || !(q.h_prev_grad = output_like(c, 2, 3, s)) ||
        !(q.w_grad = output_like(c, 3, 4, s)) || peephole_outputs(c, 4, 5, q.peephole_grad, s) < 0 || !(q.b_grad = output_like(c, 7, 8, s)))
        return -1;
    if (back_steps(c, &q, b, s) < 0 || back_matrices(c, &q, s) < 0)
        return -1;
    const float *const results[8] = {q.x_grad, q.cs_prev_grad, q.h_prev_grad, q.w_grad, q.peephole_grad[0], q.peephole_grad[1],
                                     q.peephole_grad[2], q.b_grad};
    for (int i = 0; i < 8; i++)
        tfg_rnn_store(c, i, results[i]);
    return 0;
}

int tfg_block_lstm_grad_run(TfgKernelCall *c, TfgStatus *s) { return block_back(c, FIRST_ORDER, s); }
int tfg_block_lstm_grad_v2_run(TfgKernelCall *c, TfgStatus *s) { return block_back(c, SECOND_ORDER, s); }
