/* GRU: one step (GRUBlockCell) and back. */
#include "base/status.h"
#include "kernels/rnn.h"
#include "kernels/util.h"

typedef struct Sizes { int64_t batch, inputs, cells; } Sizes;
typedef struct Forward { const TfgRnnLoops *loops; TfgGruStep step; } Forward;
typedef struct Backward { const TfgRnnLoops *loops; TfgGruBack step; } Backward;

static void gates_range(void *context, int64_t begin, int64_t end)
{
    const Forward *t = context;
    t->loops->gru_gates(&t->step, begin, end);
}
static void step_range(void *context, int64_t begin, int64_t end)
{
    const Forward *t = context;
    t->loops->gru(&t->step, begin, end);
}
static void back_range(void *context, int64_t begin, int64_t end)
{
    const Backward *t = context;
    t->loops->gru_back(&t->step, begin, end);
}
static void reset_back_range(void *context, int64_t begin, int64_t end)
{
    const Backward *t = context;
    t->loops->gru_reset_back(&t->step, begin, end);
}

/* x, h_prev, w_ru, w_c, b_ru, b_c. */
static int check_arguments(TfgKernelCall *c, Sizes *z, TfgStatus *s)
{
    static const char *const names[6] = {"x", "h_prev", "w_ru", "w_c", "b_ru", "b_c"};
    for (int i = 0; i < 6; i++)
        if (tfg_rnn_want_rank(c, i, i < 4 ? 2 : 1, names[i], s) < 0)
            return -1;
    *z = (Sizes){c->in[0]->dims[0], c->in[0]->dims[1], c->in[1]->dims[1]};
    if (tfg_rnn_check_sizes(z->inputs, z->cells, s) < 0 || tfg_rnn_want_dim(c, 1, 0, z->batch, "h_prev.dims", "batch_size", s) < 0 ||
        tfg_rnn_want_dim(c, 2, 0, z->inputs + z->cells, "w_ru.dim_size", "input_size + cell_size", s) < 0 ||
        tfg_rnn_want_dim(c, 2, 1, 2 * z->cells, "w_ru.dim_size", "cell_size * 2", s) < 0 ||
        tfg_rnn_want_dim(c, 3, 0, z->inputs + z->cells, "w_c.dim_size", "input_size + cell_size", s) < 0 ||
        tfg_rnn_want_dim(c, 3, 1, z->cells, "w_c.dim_size", "cell_size", s) < 0 ||
        tfg_rnn_want_dim(c, 4, 0, 2 * z->cells, "b_ru.dim_size", "cell_size * 2", s) < 0)
        return -1;
    return tfg_rnn_want_dim(c, 5, 0, z->cells, "b_c.dim_size", "cell_size", s);
}

static float *units_output(TfgKernelCall *c, int i, const Sizes *z, TfgStatus *s)
{
    return tfg_rnn_out(c, i, 2, (int64_t[]){z->batch, z->cells}, s);
}

/* out = a * w's rows for the inputs, more = b * those for the states; w has `columns`. */
static int both_products(const Sizes *z, const float *a, const float *b, const float *w, int64_t columns, float *out, float *more, TfgStatus *s)
{
    TfgRnnProduct of_x = {.m = z->batch, .n = columns, .k = z->inputs, .a = a, .b = w, .c = out, .lda = z->inputs, .ldb = columns,
                          .ldc = columns};
    TfgRnnProduct of_h = {.m = z->batch, .n = columns, .k = z->cells, .a = b, .b = w + z->inputs * columns, .c = more, .lda = z->cells,
                          .ldb = columns, .ldc = columns};
    return tfg_rnn_product(&of_x, s) < 0 ? -1 : tfg_rnn_product(&of_h, s);
}

int tfg_gru_cell_run(TfgKernelCall *c, TfgStatus *s)
{
    Sizes z;
    if (check_arguments(c, &z, s) < 0)
        return -1;
    const float *in[6];
    for (int i = 0; i < 6; i++)
        if (!(in[i] = tfg_rnn_in(c, i, s)))
            return -1;
    float *gates = tfg_rnn_scratch(c, z.batch, 2 * z.cells, s), *more_gates = gates ? tfg_rnn_scratch(c, z.batch, 2 * z.cells, s) : NULL;
    TfgGruStep t = {.rows = z.batch, .cells = z.cells, .gates = gates, .more_gates = more_gates, .bias = in[4], .candidate = gates,
                    .more_candidate = more_gates, .candidate_bias = in[5], .h_prev = in[1]};
    if (!more_gates || !(t.reset = tfg_rnn_scratch(c, z.batch, z.cells, s)) || !(t.r = units_output(c, 0, &z, s)) ||
        !(t.u = units_output(c, 1, &z, s)) || !(t.c = units_output(c, 2, &z, s)) || !(t.h = units_output(c, 3, &z, s)) ||
        both_products(&z, in[0], in[1], in[2], 2 * z.cells, gates, more_gates, s) < 0)
        return -1;
    Forward f = {c->row->loops, t};
    tfg_for_ranges(z.batch, tfg_rnn_grain(z.cells), gates_range, &f);
    if (both_products(&z, in[0], t.reset, in[3], z.cells, gates, more_gates, s) < 0)
        return -1;
    tfg_for_ranges(z.batch, tfg_rnn_grain(z.cells), step_range, &f);
    return 0;
}

static void add(float *to, const float *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += from[i];
}

/* Inputs after those of the way forward: r, u, c, d_h.  Outputs: d_x, d_h_prev, d_c_bar, d_r_bar_u_bar. */
int tfg_gru_cell_grad_run(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const names[4] = {"r", "u", "c", "d_h"}, *const sizes[4] = {"r.dims", "u.dims", "c.dims", "d_h.dims"};
    Sizes z;
    if (check_arguments(c, &z, s) < 0)
        return -1;
    for (int i = 6; i < 10; i++)
        if (tfg_rnn_want_rank(c, i, 2, names[i - 6], s) < 0 || tfg_rnn_want_dim(c, i, 0, z.batch, sizes[i - 6], "batch_size", s) < 0 ||
            tfg_rnn_want_dim(c, i, 1, z.cells, sizes[i - 6], "cell_size", s) < 0)
            return -1;
    const float *in[10];
    for (int i = 0; i < 10; i++)
        if (!(in[i] = tfg_rnn_in(c, i, s)))
            return -1;
    float *dx = tfg_rnn_out(c, 0, 2, (int64_t[]){z.batch, z.inputs}, s), *more = dx ? tfg_rnn_scratch(c, z.batch, z.inputs, s) : NULL;
    float *d_reset = more ? tfg_rnn_scratch(c, z.batch, z.cells, s) : NULL;
    TfgGruBack t = {.rows = z.batch, .cells = z.cells, .h_prev = in[1], .r = in[6], .u = in[7], .c = in[8], .dh = in[9], .d_reset = d_reset};
    if (!d_reset || !(t.dh_prev = units_output(c, 1, &z, s)) || !(t.d_candidate = units_output(c, 2, &z, s)) ||
        !(t.d_gates = tfg_rnn_out(c, 3, 2, (int64_t[]){z.batch, 2 * z.cells}, s)))
        return -1;
    Backward b = {c->row->loops, t};
    tfg_for_ranges(z.batch, tfg_rnn_grain(z.cells), back_range, &b);
    int64_t two = 2 * z.cells;
    TfgRnnProduct to_reset = {.m = z.batch, .n = z.cells, .k = z.cells, .a = t.d_candidate, .b = in[3] + z.inputs * z.cells, .c = d_reset,
                              .lda = z.cells, .ldb = z.cells, .ldc = z.cells, .tb = true};
    if (tfg_rnn_product(&to_reset, s) < 0)
        return -1;
    tfg_for_ranges(z.batch, tfg_rnn_grain(z.cells), reset_back_range, &b);
    TfgRnnProduct to_x = {.m = z.batch, .n = z.inputs, .k = z.cells, .a = t.d_candidate, .b = in[3], .c = more, .lda = z.cells, .ldb = z.cells,
                          .ldc = z.inputs, .tb = true};
    TfgRnnProduct gates_to_x = {.m = z.batch, .n = z.inputs, .k = two, .a = t.d_gates, .b = in[2], .c = dx, .lda = two, .ldb = two,
                                .ldc = z.inputs, .tb = true};
    TfgRnnProduct gates_to_h = {.m = z.batch, .n = z.cells, .k = two, .a = t.d_gates, .b = in[2] + z.inputs * two, .c = d_reset, .lda = two,
                                .ldb = two, .ldc = z.cells, .tb = true};
    if (tfg_rnn_product(&to_x, s) < 0 || tfg_rnn_product(&gates_to_x, s) < 0 || tfg_rnn_product(&gates_to_h, s) < 0)
        return -1;
    add(dx, more, z.batch * z.inputs);
    add(t.dh_prev, d_reset, z.batch * z.cells);
    return 0;
}
