/* Recurrent cells that are one op: the loops over the units of a step, and the runs over them. */
#ifndef TFG_KERNELS_RNN_H
#define TFG_KERNELS_RNN_H

#include "runtime/kernel.h"

enum { TFG_GATE_I, TFG_GATE_CI, TFG_GATE_F, TFG_GATE_O };       /* input, new input, forget, output */

/* One step of an LSTM for `rows` rows of `cells` units.  A row of gates has 4 * cells columns, those of gate g from at[g] * cells. */
typedef struct TfgLstmStep {
    int64_t rows, cells;
    int at[4];
    float forget_bias, clip;            /* clip of the memory, where above 0 */
    const float *gates, *more_gates, *bias;     /* added up */
    const float *wci, *wcf, *wco;       /* peepholes, or NULL */
    const float *cs_prev;
    float *i, *cs, *f, *o, *ci, *co, *h;
} TfgLstmStep;

/* And back.  cs_grad and h_grad are added to what came from the step after, cs_next and h_next (NULL: nothing). */
typedef struct TfgLstmBack {
    int64_t rows, cells;
    int at[4];
    const float *wci, *wcf, *wco;
    const float *cs_prev, *i, *cs, *f, *o, *ci, *co;
    const float *cs_grad, *h_grad, *cs_next, *h_next;
    float *gates_grad;                  /* rows x 4 * cells */
    float *cs_prev_grad;                /* may be cs_next */
} TfgLstmBack;

typedef struct TfgGruStep {             /* a row of gates: r, then u */
    int64_t rows, cells;
    const float *gates, *more_gates, *bias;     /* added up */
    const float *candidate, *more_candidate, *candidate_bias;
    const float *h_prev;
    float *r, *u, *c, *h, *reset;       /* reset = h_prev * r */
} TfgGruStep;

typedef struct TfgGruBack {
    int64_t rows, cells;
    const float *h_prev, *r, *u, *c, *dh;
    const float *d_reset;               /* gradient of h_prev * r */
    float *d_candidate, *d_gates;       /* before the activations */
    float *dh_prev;                     /* what does not come through the matrices */
} TfgGruBack;

typedef struct TfgRnnLoops {            /* each over rows [begin, end) */
    void (*lstm)(const TfgLstmStep *t, int64_t begin, int64_t end);
    void (*lstm_back)(const TfgLstmBack *t, int64_t begin, int64_t end);
    void (*gru_gates)(const TfgGruStep *t, int64_t begin, int64_t end);        /* r, u, reset */
    void (*gru)(const TfgGruStep *t, int64_t begin, int64_t end);              /* c, h */
    void (*gru_back)(const TfgGruBack *t, int64_t begin, int64_t end);         /* d_candidate and u's half of d_gates */
    void (*gru_reset_back)(const TfgGruBack *t, int64_t begin, int64_t end);   /* r's half of d_gates, dh_prev */
} TfgRnnLoops;

int tfg_lstm_cell_run(TfgKernelCall *c, TfgStatus *s);
int tfg_lstm_cell_grad_run(TfgKernelCall *c, TfgStatus *s);
int tfg_block_lstm_run(TfgKernelCall *c, TfgStatus *s);
int tfg_block_lstm_v2_run(TfgKernelCall *c, TfgStatus *s);
int tfg_block_lstm_grad_run(TfgKernelCall *c, TfgStatus *s);
int tfg_block_lstm_grad_v2_run(TfgKernelCall *c, TfgStatus *s);
int tfg_gru_cell_run(TfgKernelCall *c, TfgStatus *s);
int tfg_gru_cell_grad_run(TfgKernelCall *c, TfgStatus *s);

/* ---- shared by rnn_lstm.c and rnn_gru.c ---- */
/* Arguments as floats: halves are converted, into scratch memory.  NULL with a status only without memory. */
const float *tfg_rnn_in(TfgKernelCall *c, int i, TfgStatus *s);
/* Output i, and where its floats go: its own memory, or scratch that tfg_rnn_store converts. */
float *tfg_rnn_out(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s);
void tfg_rnn_store(TfgKernelCall *c, int i, const float *from);
float *tfg_rnn_scratch(TfgKernelCall *c, int64_t rows, int64_t columns, TfgStatus *s);
/* c = op(a) * op(b), row-major; ld*: elements from one row to the next. */
typedef struct TfgRnnProduct {
    int64_t m, n, k;
    const float *a, *b;
    float *c;
    int64_t lda, ldb, ldc;
    bool ta, tb;
} TfgRnnProduct;
int tfg_rnn_product(const TfgRnnProduct *p, TfgStatus *s);
void tfg_rnn_column_sums(const float *a, int64_t rows, int64_t columns, float *out);
/* The rank of input i; its size along an axis.  InvalidArgument otherwise; `name` and `what` are what the message calls them. */
int tfg_rnn_want_rank(TfgKernelCall *c, int i, int rank, const char *name, TfgStatus *s);
int tfg_rnn_want_dim(TfgKernelCall *c, int i, int axis, int64_t size, const char *name, const char *what, TfgStatus *s);
int tfg_rnn_check_sizes(int64_t inputs, int64_t cells, TfgStatus *s);       /* that sums and small multiples of them fit */
int64_t tfg_rnn_grain(int64_t columns);         /* rows that are worth a tile */

#endif
