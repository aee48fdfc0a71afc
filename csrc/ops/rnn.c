/* Recurrent cells that are one op, and whole sequences of an LSTM: signatures and shapes. */
#include "ops/common.h"

/* `n` outputs [batch, cells] for x [batch, inputs] and a state [batch, cells] of inputs 0 and 1. */
static int cell_shape(TfgShapeCall *c, int n, int64_t *batch, int64_t *cells, TfgStatus *s)
{
    TfgShape x, state;
    if (tfg_want_rank(&c->in[0], 2, &x, s) < 0 || tfg_want_rank(&c->in[1], 2, &state, s) < 0)
        return -1;
    *batch = x.dims[0];
    *cells = state.dims[1];
    for (int i = 0; i < n; i++)
        tfg_shape_set(&c->out[i], 2, (int64_t[]){*batch, *cells});
    return 0;
}

static int shape_lstm_cell(TfgShapeCall *c, TfgStatus *s)
{
    int64_t batch, cells;
    return cell_shape(c, 7, &batch, &cells, s);
}

static int shape_lstm_cell_grad(TfgShapeCall *c, TfgStatus *s)
{
    int64_t batch, cells;
    if (cell_shape(c, 1, &batch, &cells, s) < 0)
        return -1;
    tfg_shape_set(&c->out[1], 2, (int64_t[]){batch, tfg_multiply_dim(cells, 4)});
    for (int i = 2; i < 5; i++)
        tfg_shape_set(&c->out[i], 1, &cells);
    return 0;
}

static int shape_gru_cell(TfgShapeCall *c, TfgStatus *s)
{
    int64_t batch, cells;
    return cell_shape(c, 4, &batch, &cells, s);
}

static int shape_gru_cell_grad(TfgShapeCall *c, TfgStatus *s)
{
    int64_t batch, cells;
    TfgShape w;
    if (cell_shape(c, 3, &batch, &cells, s) < 0 || tfg_want_rank(&c->in[0], 2, &c->out[0], s) < 0 ||
        tfg_want_rank(&c->in[2], 2, &w, s) < 0)
        return -1;
    tfg_shape_set(&c->out[3], 2, (int64_t[]){batch, w.dims[1]});
    return 0;
}

/* seq_len_max, x [time, batch, inputs], ..., b [4 * cells] last. */
static int shape_block(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape x, b;
    int64_t cells;
    if (tfg_want_rank(&c->in[1], 3, &x, s) < 0 || tfg_want_rank(&c->in[c->n_in - 1], 1, &b, s) < 0 ||
        tfg_divide_dim(b.dims[0], 4, true, &cells, s) < 0)
        return -1;
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_set(&c->out[i], 3, (int64_t[]){x.dims[0], x.dims[1], cells});
    return 0;
}

/* Gradients have the shapes of what they are gradients of: inputs 1 to 8. */
static int shape_block_grad(TfgShapeCall *c, TfgStatus *s)
{
    static const int ranks[8] = {3, 2, 2, 2, 1, 1, 1, 1};
    for (int i = 0; i < 8; i++)
        if (tfg_want_rank(&c->in[i + 1], ranks[i], &c->out[i], s) < 0)
            return -1;
    return 0;
}

#define WEIGHTS "cs_prev: T", "h_prev: T", "w: T", "wci: T", "wcf: T", "wco: T", "b: T"
#define UNITS "i: T", "cs: T", "f: T", "o: T", "ci: T", "co: T"
#define UNIT_TYPES "T: {half, float}"
#define BLOCK_GRAD(name_) { .name = name_, .in = {"seq_len_max: int64", "x: T", WEIGHTS, UNITS, "h: T", "cs_grad: T", "h_grad: T"}, \
    .out = {"x_grad: T", "cs_prev_grad: T", "h_prev_grad: T", "w_grad: T", "wci_grad: T", "wcf_grad: T", "wco_grad: T", "b_grad: T"}, \
    .attr = {"use_peephole: bool", UNIT_TYPES}, .shape = shape_block_grad }

const TfgOpRow tfg_ops_rnn[] = {
    { .name = "LSTMBlockCell", .in = {"x: T", WEIGHTS}, .out = {UNITS, "h: T"},
      .attr = {"forget_bias: float = 1", "cell_clip: float = 3", "use_peephole: bool = false", UNIT_TYPES}, .shape = shape_lstm_cell },
    { .name = "LSTMBlockCellGrad", .in = {"x: T", WEIGHTS, UNITS, "cs_grad: T", "h_grad: T"},
      .out = {"cs_prev_grad: T", "dicfo: T", "wci_grad: T", "wcf_grad: T", "wco_grad: T"}, .attr = {"use_peephole: bool", UNIT_TYPES},
      .shape = shape_lstm_cell_grad },
    { .name = "BlockLSTM", .in = {"seq_len_max: int64", "x: T", WEIGHTS}, .out = {UNITS, "h: T"},
      .attr = {"forget_bias: float = 1", "cell_clip: float = 3", "use_peephole: bool = false", UNIT_TYPES}, .shape = shape_block },
    { .name = "BlockLSTMV2", .in = {"seq_len_max: int64", "x: T", WEIGHTS}, .out = {UNITS, "h: T"},
      .attr = {"cell_clip: float = 0", "use_peephole: bool = false", UNIT_TYPES}, .shape = shape_block },
    BLOCK_GRAD("BlockLSTMGrad"),
    BLOCK_GRAD("BlockLSTMGradV2"),
    { .name = "GRUBlockCell", .in = {"x: T", "h_prev: T", "w_ru: T", "w_c: T", "b_ru: T", "b_c: T"}, .out = {"r: T", "u: T", "c: T", "h: T"},
      .attr = {"T: {float}"}, .shape = shape_gru_cell },
    { .name = "GRUBlockCellGrad", .in = {"x: T", "h_prev: T", "w_ru: T", "w_c: T", "b_ru: T", "b_c: T", "r: T", "u: T", "c: T", "d_h: T"},
      .out = {"d_x: T", "d_h_prev: T", "d_c_bar: T", "d_r_bar_u_bar: T"}, .attr = {"T: {float}"}, .shape = shape_gru_cell_grad },
};
const int tfg_n_ops_rnn = sizeof tfg_ops_rnn / sizeof *tfg_ops_rnn;
