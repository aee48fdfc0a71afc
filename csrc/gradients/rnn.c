/* Gradients of recurrent cells that are one op. */
#include "gradients/rows.h"

static TfgValue matmul(TfgBuild *b, TfgValue x, TfgValue y, bool tx, bool ty)
{
    return tfg_b_op(b, "MatMul", NULL, B_LIST(x, y), B_ATTRS({"transpose_a", TFG_A_BOOL(tx)}, {"transpose_b", TFG_A_BOOL(ty)}));
}

static TfgValue columns(TfgBuild *b, TfgValue x, int64_t first, int64_t rows, int64_t n)
{
    bool in = tfg_b_enter(b, "Slice");
    TfgValue begin = tfg_b_ints(b, "begin", (int64_t[]){0, first}, 2), size = tfg_b_ints(b, "size", (int64_t[]){rows, n}, 2);
    TfgValue out = B_NAMED(b, "Slice", "/", x, begin, size);
    tfg_b_leave(b, in);
    return out;
}

/* The size of the columns of input i, which has to be known. */
static int64_t columns_of(TfgBuild *b, int i, const char *size, const char *of)
{
    TfgShape shape;
    tfg_b_static_shape(b, tfg_b_x(b, i), &shape);
    int64_t n = shape.rank == 2 ? shape.dims[1] : -1;
    if (n < 0)
        tfg_b_fail(b, TFG_VALUE_ERROR, "%s from `%s` should not be None.", size, of);
    return n;
}

static int grad_lstm_cell(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgShape shape;
    tfg_b_static_shape(b, tfg_b_x(b, 0), &shape);
    int64_t batch = shape.rank == 2 ? shape.dims[0] : -1;
    int64_t inputs = columns_of(b, 0, "input_size", "x"), cells = columns_of(b, 1, "cell_size", "cs_prev");
    TfgValue in[16], out[5] = {TFG_NO_VALUE}, w = tfg_b_x(b, 3);
    for (int i = 0; i < 8; i++)
        in[i] = tfg_b_x(b, i);
    for (int i = 0; i < 6; i++)
        in[8 + i] = tfg_b_y(b, i);
    in[14] = tfg_b_dy_of(b, 1);
    in[15] = tfg_b_dy_of(b, 6);
    tfg_b_op_n(b, "LSTMBlockCellGrad", NULL, in, 16, B_ATTRS({"use_peephole", TFG_A_BOOL(tfg_attrs_bool(g->attrs, "use_peephole"))}), out, 5);
    TfgValue gates = out[1], both = matmul(b, gates, w, false, true);
    tfg_b_dx(b, 0, columns(b, both, 0, batch, inputs));
    tfg_b_dx(b, 1, out[0]);
    tfg_b_dx(b, 2, columns(b, both, inputs, batch, cells));
    TfgValue xh = tfg_b_concat(b, (TfgValue[]){in[0], in[2]}, 2, 1);
    tfg_b_dx(b, 3, matmul(b, xh, gates, true, false));
    for (int i = 0; i < 3; i++)
        tfg_b_dx(b, 4 + i, out[2 + i]);
    tfg_b_dx(b, 7, B_OP(b, "BiasAddGrad", gates));
    return tfg_b_done(b);
}

static int block_grad(TfgGradCall *g, const char *type, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue in[18], out[8] = {TFG_NO_VALUE};
    for (int i = 0; i < 9; i++)
        in[i] = tfg_b_x(b, i);
    for (int i = 0; i < 7; i++)
        in[9 + i] = tfg_b_y(b, i);
    in[16] = tfg_b_dy_of(b, 1);
    in[17] = tfg_b_dy_of(b, 6);
    tfg_b_op_n(b, type, NULL, in, 18, B_ATTRS({"use_peephole", TFG_A_BOOL(tfg_attrs_bool(g->attrs, "use_peephole"))}), out, 8);
    for (int i = 0; i < 8; i++)
        tfg_b_dx(b, i + 1, out[i]);
    return tfg_b_done(b);
}

static int grad_block(TfgGradCall *g, TfgStatus *s) { return block_grad(g, "BlockLSTMGrad", s); }
static int grad_block_v2(TfgGradCall *g, TfgStatus *s) { return block_grad(g, "BlockLSTMGradV2", s); }

static int grad_gru_cell(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue in[10], out[4] = {TFG_NO_VALUE};
    for (int i = 0; i < 6; i++)
        in[i] = tfg_b_x(b, i);
    for (int i = 0; i < 3; i++)
        in[6 + i] = tfg_b_y(b, i);
    in[9] = tfg_b_dy_of(b, 3);
    tfg_b_op_n(b, "GRUBlockCellGrad", NULL, in, 10, NULL, 0, out, 4);
    TfgValue x = in[0], h = in[1], d_candidate = out[2], d_gates = out[3];
    tfg_b_dx(b, 0, out[0]);
    tfg_b_dx(b, 1, out[1]);
    tfg_b_dx(b, 2, matmul(b, tfg_b_concat(b, (TfgValue[]){x, h}, 2, 1), d_gates, true, false));
    tfg_b_dx(b, 4, B_OP(b, "BiasAddGrad", d_gates));
    TfgValue reset = tfg_b_mul(b, h, in[6]);
    tfg_b_dx(b, 3, matmul(b, tfg_b_concat(b, (TfgValue[]){x, reset}, 2, 1), d_candidate, true, false));
    tfg_b_dx(b, 5, B_OP(b, "BiasAddGrad", d_candidate));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_rnn[] = {
    GRAD("LSTMBlockCell", grad_lstm_cell, TFG_USES_X | TFG_USES_Y),
    GRAD("BlockLSTM", grad_block, TFG_USES_X | TFG_USES_Y),
    GRAD("BlockLSTMV2", grad_block_v2, TFG_USES_X | TFG_USES_Y),
    GRAD("GRUBlockCell", grad_gru_cell, TFG_USES_X | TFG_USES_Y),
};
const int tfg_n_gradients_rnn = sizeof tfg_gradients_rnn / sizeof *tfg_gradients_rnn;
