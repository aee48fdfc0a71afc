/* Recurrent cells: what the LSTM's and the GRU's runs share, and the registration of both. */
#include "kernels/rnn.h"

#include <string.h>

#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/isa.h"
#include "kernels/util.h"

float *tfg_rnn_scratch(TfgKernelCall *c, int64_t rows, int64_t columns, TfgStatus *s)
{
    int64_t n = tfg_dims_count(2, (int64_t[]){rows, columns});
    if (n < 0 || n > INT64_MAX / (int64_t)sizeof(float)) {
        tfg_fail_memory(s);
        return NULL;
    }
    return tfg_kernel_scratch(c, (size_t)(n > 0 ? n : 1) * sizeof(float), s);
}

const float *tfg_rnn_in(TfgKernelCall *c, int i, TfgStatus *s)
{
    const TfgTensor *t = c->in[i];
    if (t->dtype == TFG_FLOAT && t->count > 0)
        return t->data;
    float *to = tfg_rnn_scratch(c, t->count, 1, s);
    for (int64_t k = 0; to && k < t->count; k++)
        to[k] = tfg_load_half(t->dtype, ((const uint16_t *)t->data)[k]);
    return to;
}

float *tfg_rnn_out(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgTensor *t = tfg_kernel_output(c, i, rank, dims, s);
    if (!t)
        return NULL;
    return t->dtype == TFG_FLOAT && t->count > 0 ? t->data : tfg_rnn_scratch(c, t->count, 1, s);
}

void tfg_rnn_store(TfgKernelCall *c, int i, const float *from)
{
    TfgTensor *t = c->out[i];
    if (t->dtype != TFG_FLOAT)
        for (int64_t k = 0; k < t->count; k++)
            ((uint16_t *)t->data)[k] = tfg_store_half(t->dtype, from[k]);
}

int tfg_rnn_product(const TfgRnnProduct *p, TfgStatus *s)
{
    if (p->k == 0)
        for (int64_t i = 0; i < p->m; i++)
            memset(p->c + i * p->ldc, 0, (size_t)p->n * sizeof *p->c);
    if (p->m == 0 || p->n == 0 || p->k == 0)
        return 0;
    TfgGemm g = {.dtype = TFG_FLOAT, .ta = p->ta ? TFG_TRANSPOSED : TFG_PLAIN, .tb = p->tb ? TFG_TRANSPOSED : TFG_PLAIN, .m = p->m,
                 .n = p->n, .k = p->k, .a = p->a, .b = p->b, .c = p->c, .lda = p->lda, .ldb = p->ldb, .ldc = p->ldc};
    return tfg_gemm(&g, s);
}

typedef struct Sums {
    const float *a;
    int64_t rows, columns;
    float *out;
} Sums;

enum { SUM_COLUMNS = 64 };

static void sum_columns(void *context, int64_t begin, int64_t end)
{
    const Sums *t = context;
    double sum[SUM_COLUMNS] = {0};
    for (int64_t row = 0; row < t->rows; row++)
        for (int64_t k = begin; k < end; k++)
            sum[k - begin] += (double)t->a[row * t->columns + k];
    for (int64_t k = begin; k < end; k++)
        t->out[k] = (float)sum[k - begin];
}

void tfg_rnn_column_sums(const float *a, int64_t rows, int64_t columns, float *out)
{
    Sums t = {a, rows, columns, out};
    tfg_for_ranges(columns, SUM_COLUMNS, sum_columns, &t);
}

int tfg_rnn_want_rank(TfgKernelCall *c, int i, int rank, const char *name, TfgStatus *s)
{
    if (c->in[i]->rank == rank)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be rank %d but is rank %d", name, rank, c->in[i]->rank);
}

int tfg_rnn_check_sizes(int64_t inputs, int64_t cells, TfgStatus *s)
{
    if (cells <= INT64_MAX / 8 && inputs <= INT64_MAX - cells)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "sizes are too large: %lld inputs and %lld cells", (long long)inputs, (long long)cells);
}

int tfg_rnn_want_dim(TfgKernelCall *c, int i, int axis, int64_t size, const char *name, const char *what, TfgStatus *s)
{
    int64_t is = c->in[i]->dims[axis];
    if (is == size)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s(%d) != %s: %lld vs. %lld", name, axis, what, (long long)is, (long long)size);
}

int64_t tfg_rnn_grain(int64_t columns)
{
    int64_t rows = 4096 / (columns > 0 ? columns : 1);
    return rows > 0 ? rows : 1;
}

int tfg_register_kernels_rnn(TfgStatus *s);
int tfg_register_kernels_rnn(TfgStatus *s) { return TFG_REGISTER_SIMD(tfg_kernels_rnn, s); }
