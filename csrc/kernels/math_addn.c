/* AddN and AccumulateNV2: several tensors of one shape, summed block by block; ArgMax and ArgMin. */
#include <math.h>

#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

#define BLOCK 1024

typedef struct Sum {
    TfgKernelCall *call;
    TfgTensor *out;
    void (*block)(TfgKernelCall *c, void *out, int64_t begin, int64_t n);
} Sum;

/* From the left, as ((a + b) + c). */
#define SUM_BLOCK(D, S, T)                                                                     \
    static void sum_##D(TfgKernelCall *c, void *out_data, int64_t begin, int64_t n)            \
    {                                                                                          \
        S *out = (S *)out_data + begin;                                                        \
        T sum[BLOCK];                                                                          \
        const S *first = (const S *)c->in[0]->data + begin;                                    \
        for (int64_t i = 0; i < n; i++)                                                        \
            sum[i] = LOAD_##D(first[i]);                                                       \
        for (int j = 1; j < c->n_in; j++) {                                                    \
            const S *in = (const S *)c->in[j]->data + begin;                                   \
            for (int64_t i = 0; i < n; i++)                                                    \
                sum[i] = ADD_##D(sum[i], LOAD_##D(in[i]));                                     \
        }                                                                                      \
        for (int64_t i = 0; i < n; i++)                                                        \
            out[i] = STORE_##D(sum[i]);                                                        \
    }
TFG_NUMBERS(SUM_BLOCK)

static void sum_range(void *context, int64_t begin, int64_t end)
{
    const Sum *k = context;
    for (int64_t i = begin; i < end; i += BLOCK)
        k->block(k->call, k->out->data, i, end - i < BLOCK ? end - i : BLOCK);
}

typedef struct SumLoops { void (*block)(TfgKernelCall *c, void *out, int64_t begin, int64_t n); } SumLoops;

static int run_add_n(TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText a, b;
    for (int j = 1; j < c->n_in; j++)
        if (!tfg_tensor_same_shape(c->in[0], c->in[j]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inputs to operation %s of type %s must have the same size and shape.  Input 0: %s != input %d: %s",
                            c->name, c->type, tfg_shape_text(c->in[0], &a), j, tfg_shape_text(c->in[j], &b));
    if (c->n_in == 1)
        return tfg_kernel_forward(c, 0, 0, s);
    Sum k = {c, tfg_kernel_output_like(c, 0, c->in[0], s), ((const SumLoops *)c->row->loops)->block};
    if (!k.out)
        return -1;
    tfg_for_ranges(k.out->count, 32768, sum_range, &k);
    return 0;
}

/* ---- ArgMax, ArgMin --------------------------------------------------------------------------------------------------------------- */

/* The first position of the extreme along the middle of [outer, n, inner]; NaN is never one. */
typedef struct Arg {
    const TfgTensor *in;
    int64_t n, inner;
    TfgTensor *out;
    int64_t (*find)(const void *in, int64_t n, int64_t stride);
} Arg;

#define LOWEST_FLOAT (-INFINITY)
#define LOWEST_DOUBLE ((double)-INFINITY)
#define LOWEST_HALF (-INFINITY)
#define LOWEST_BFLOAT16 (-INFINITY)
#define LOWEST_INT8 INT8_MIN
#define LOWEST_INT16 INT16_MIN
#define LOWEST_INT32 INT32_MIN
#define LOWEST_INT64 INT64_MIN
#define LOWEST_UINT8 0
#define LOWEST_UINT16 0
#define LOWEST_UINT32 0
#define LOWEST_UINT64 0
#define HIGHEST_FLOAT INFINITY
#define HIGHEST_DOUBLE ((double)INFINITY)
#define HIGHEST_HALF INFINITY
#define HIGHEST_BFLOAT16 INFINITY
#define HIGHEST_INT8 INT8_MAX
#define HIGHEST_INT16 INT16_MAX
#define HIGHEST_INT32 INT32_MAX
#define HIGHEST_INT64 INT64_MAX
#define HIGHEST_UINT8 UINT8_MAX
#define HIGHEST_UINT16 UINT16_MAX
#define HIGHEST_UINT32 UINT32_MAX
#define HIGHEST_UINT64 UINT64_MAX

/* Without branches on the data; the choices are conditional moves. */
#define FIND_ONE(name, D, S, T, START, BETTER)                                                 \
    static int64_t name##_##D(const void *in, int64_t n, int64_t stride)                       \
    {                                                                                          \
        const S *x = in;                                                                       \
        int64_t best = 0;                                                                      \
        T most = START;                                                                        \
        for (int64_t i = 0; i < n; i++) {                                                      \
            T v = LOAD_##D(x[i * stride]);                                                     \
            bool better = v BETTER most;                                                       \
            best = better ? i : best;                                                          \
            most = better ? v : most;                                                          \
        }                                                                                      \
        return best;                                                                           \
    }
#define FIND(D, S, T) FIND_ONE(find_max, D, S, T, LOWEST_##D, >) FIND_ONE(find_min, D, S, T, HIGHEST_##D, <)
TFG_REALS(FIND)

typedef struct ArgLoops { int64_t (*find)(const void *in, int64_t n, int64_t stride); } ArgLoops;

static void arg_range(void *context, int64_t begin, int64_t end)
{
    const Arg *a = context;
    for (int64_t i = begin; i < end; i++) {
        int64_t at = a->find(tfg_at(a->in, i / a->inner * a->n * a->inner + i % a->inner), a->n, a->inner);
        if (a->out->dtype == TFG_INT32)
            ((int32_t *)a->out->data)[i] = (int32_t)at;
        else
            ((int64_t *)a->out->data)[i] = at;
    }
}

static int run_arg(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *dimension = c->in[1];
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK];
    if (dimension->count != 1 || dimension->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "dim must be a scalar, but received tensor of shape: %s", tfg_shape_text(dimension, &text));
    int64_t given = tfg_tensor_int(dimension, 0), axis = given;
    if (!tfg_axis_in_range(&axis, in->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected dimension in the range [%d, %d), but got %lld", -in->rank, in->rank, (long long)given);
    if (in->dims[axis] == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Reduction axis %lld is empty in shape %s", (long long)given, tfg_shape_text(in, &text));
    memcpy(dims, in->dims, (size_t)axis * sizeof *dims);
    memcpy(dims + axis, in->dims + axis + 1, (size_t)(in->rank - axis - 1) * sizeof *dims);
    Arg a = {in, in->dims[axis], tfg_dims_product(in->rank - (int)axis - 1, in->dims + axis + 1),
             tfg_kernel_output(c, 0, in->rank - 1, dims, s), ((const ArgLoops *)c->row->loops)->find};
    if (!a.out)
        return -1;
    tfg_for_ranges(a.out->count, 32768 / a.n + 1, arg_range, &a);
    return 0;
}

#define TABLES(D, S, T) static const SumLoops sum_loops_##D = {sum_##D};
#define ARG_TABLES(D, S, T) static const ArgLoops max_loops_##D = {find_max_##D}, min_loops_##D = {find_min_##D};
TFG_NUMBERS(TABLES)
TFG_REALS(ARG_TABLES)
#define ROWS(D, S, T)                                                                          \
    {.op = "AddN", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .loops = &sum_loops_##D, .run = run_add_n},      \
    {.op = "AccumulateNV2", TFG_FOR(TFG_##D), .inplace = {{1, 1}}, .loops = &sum_loops_##D, .run = run_add_n},
#define ARG_ROWS(D, S, T)                                                                      \
    {.op = "ArgMax", TFG_FOR(TFG_##D), .host_in = 2, .loops = &max_loops_##D, .run = run_arg},             \
    {.op = "ArgMin", TFG_FOR(TFG_##D), .host_in = 2, .loops = &min_loops_##D, .run = run_arg},

static const TfgKernelRow rows[] = { TFG_NUMBERS(ROWS) TFG_REALS(ARG_ROWS) };

const TfgKernelRow *tfg_kernels_math_addn(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
