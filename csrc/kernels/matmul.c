/* MatMul and BatchMatMul. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/matmul.h"
#include "runtime/kernel.h"
#include "tensor/half.h"

/* What prepare reads from the attributes, kept in the state pointer itself. */
enum { TRANSPOSE_A = 1, TRANSPOSE_B = 2, ADJOINT = 4 };

static int prepare_matmul(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)s;
    *state = (void *)(intptr_t)((tfg_attrs_bool(p->attrs, "transpose_a") ? TRANSPOSE_A : 0) |
                                (tfg_attrs_bool(p->attrs, "transpose_b") ? TRANSPOSE_B : 0));
    return 0;
}

static int prepare_batch_matmul(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)s;
    *state = (void *)(intptr_t)((tfg_attrs_bool(p->attrs, "adj_x") ? TRANSPOSE_A : 0) |
                                (tfg_attrs_bool(p->attrs, "adj_y") ? TRANSPOSE_B : 0) | ADJOINT);
    return 0;
}

static void set_trans(TfgGemm *g, const TfgKernelCall *c)
{
    int flags = (int)(intptr_t)c->state;
    TfgTrans on = flags & ADJOINT ? TFG_ADJOINT : TFG_TRANSPOSED;
    g->ta = flags & TRANSPOSE_A ? on : TFG_PLAIN;
    g->tb = flags & TRANSPOSE_B ? on : TFG_PLAIN;
}

/* Sizes of the product from the last two dimensions.  *kb is b's idea of k. */
static void set_sizes(TfgGemm *g, const TfgTensor *a, const TfgTensor *b, int64_t *kb)
{
    const int64_t *da = a->dims + a->rank - 2, *db = b->dims + b->rank - 2;
    g->dtype = a->dtype;
    g->m = da[g->ta ? 1 : 0];
    g->k = da[g->ta ? 0 : 1];
    *kb = db[g->tb ? 1 : 0];
    g->n = db[g->tb ? 0 : 1];
    g->a = a->data;
    g->b = b->data;
}

/* A failure whose words end in the two shapes. */
static int fail_shapes(const char *before, const TfgTensor *a, const char *between, const TfgTensor *b, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_str_puts(&text, before);
    tfg_tensor_format_shape(a, &text);
    if (b) {
        tfg_str_puts(&text, between);
        tfg_tensor_format_shape(b, &text);
    }
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s", tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int run_matmul(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    if (a->rank != 2)
        return fail_shapes("In[0] is not a matrix. Instead it has shape ", a, NULL, NULL, s);
    if (b->rank != 2)
        return fail_shapes("In[1] is not a matrix. Instead it has shape ", b, NULL, NULL, s);
    TfgGemm g = {0};
    int64_t kb;
    set_trans(&g, c);
    set_sizes(&g, a, b, &kb);
    if (g.k != kb)
        return fail_shapes("Matrix size-incompatible: In[0]: ", a, ", In[1]: ", b, s);
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){g.m, g.n}, s);
    if (!out)
        return -1;
    g.c = out->data;
    return tfg_gemm(&g, s);
}

static int fail_inner(const TfgKernelCall *c, const TfgTensor *a, const TfgTensor *b, int64_t k, int64_t kb, TfgStatus *s)
{
    int flags = (int)(intptr_t)c->state;
    char before[100];
    snprintf(before, sizeof before, "In[0] mismatch In[1] shape: %" PRId64 " vs. %" PRId64 ": ", k, kb);
    fail_shapes(before, a, " ", b, s);
    return tfg_status_append(s, " %d %d", flags & TRANSPOSE_A ? 1 : 0, flags & TRANSPOSE_B ? 1 : 0);
}

static int check_batch(const TfgTensor *a, const TfgTensor *b, TfgStatus *s)
{
    if (a->rank != b->rank)
        return fail_shapes("In[0] and In[1] has different ndims: ", a, " vs. ", b, s);
    if (a->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "In[0] and In[1] ndims must be >= 2: %d", (int)a->rank);
    for (int i = 0; i < a->rank - 2; i++)
        if (a->dims[i] != b->dims[i]) {
            char before[100];
            snprintf(before, sizeof before, "In[0].dim(%d) and In[1].dim(%d) must be the same: ", i, i);
            return fail_shapes(before, a, " vs ", b, s);
        }
    return 0;
}

static int run_batch_matmul(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    if (check_batch(a, b, s) < 0)
        return -1;
    TfgGemm g = {0};
    int64_t kb, dims[TFG_MAX_RANK], batch = 1;
    set_trans(&g, c);
    set_sizes(&g, a, b, &kb);
    if (g.k != kb)
        return fail_inner(c, a, b, g.k, kb, s);
    for (int i = 0; i < a->rank - 2; i++) {
        dims[i] = a->dims[i];
        batch *= dims[i];
    }
    dims[a->rank - 2] = g.m;
    dims[a->rank - 1] = g.n;
    TfgTensor *out = tfg_kernel_output(c, 0, a->rank, dims, s);
    if (!out || batch == 0)
        return out ? 0 : -1;
    g.c = out->data;
    g.batch = batch;
    g.step_a = g.m * g.k;
    g.step_b = g.k * g.n;
    g.step_c = g.m * g.n;
    return tfg_gemm(&g, s);
}

/* ---- BatchMatMulV2: the batch dimensions broadcast ------------------------------------------------------------------------------ */

/* Where each matrix of the result finds its operand: offsets in elements, for batch dimensions that broadcast to `out`. */
static void broadcast_offsets(const TfgTensor *t, const TfgShape *out, int64_t count, int64_t *offset)
{
    int rank = t->rank - 2;
    int64_t size = t->dims[rank] * t->dims[rank + 1];
    for (int64_t i = 0; i < count; i++) {
        int64_t rest = i, step = size, o = 0;
        for (int d = out->rank - 1; d >= 0; d--) {
            int own = d - (out->rank - rank);
            int64_t at = rest % out->dims[d];
            rest /= out->dims[d];
            if (own >= 0) {
                o += t->dims[own] == 1 ? 0 : at * step;
                step *= t->dims[own];
            }
        }
        offset[i] = o;
    }
}

static int batch_matmul(TfgKernelCall *c, const TfgTensor *a, const TfgTensor *b, TfgStatus *s)
{
    for (int i = 0; i < 2; i++)
        if (c->in[i]->rank < 2)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "In[%d] ndims must be >= 2: %d", i, (int)c->in[i]->rank);
    TfgShape batch;
    if (tfg_shape_broadcast_known(&batch, a->rank - 2, a->dims, b->rank - 2, b->dims) < 0)
        return fail_shapes("In[0] and In[1] must have compatible batch dimensions: ", a, " vs. ", b, s);
    if (batch.rank > TFG_MAX_RANK - 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has too many dimensions");
    TfgGemm g = {0};
    int64_t kb, count = tfg_shape_count(&batch);
    set_trans(&g, c);
    set_sizes(&g, a, b, &kb);
    if (g.k != kb && strcmp(c->row->op, "BatchMatMulV3") == 0)
        return fail_shapes("Matrix size-incompatible: In[0]: ", a, ", In[1]: ", b, s);
    if (g.k != kb)
        return fail_inner(c, a, b, g.k, kb, s);
    batch.dims[batch.rank] = g.m;
    batch.dims[batch.rank + 1] = g.n;
    TfgTensor *out = tfg_kernel_output(c, 0, batch.rank + 2, batch.dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    int64_t *offset = tfg_kernel_scratch(c, (size_t)count * 2 * sizeof *offset, s);
    if (!offset)
        return -1;
    broadcast_offsets(a, &batch, count, offset);
    broadcast_offsets(b, &batch, count, offset + count);
    g.c = out->data;
    g.batch = count;
    g.offset_a = offset;
    g.offset_b = offset + count;
    g.step_c = g.m * g.n;
    return tfg_gemm(&g, s);
}

static int run_batch_matmul_v2(TfgKernelCall *c, TfgStatus *s) { return batch_matmul(c, c->in[0], c->in[1], s); }

/* ---- BatchMatMulV3: bytes beside each other, or beside bfloat16 -------------------------------------------------------------------------------- */

/* The operand in the type of the result: a new reference. */
static TfgTensor *converted(TfgTensor *t, TfgDType dtype, TfgStatus *s)
{
    if (t->dtype == dtype)
        return tfg_tensor_ref(t);
    TfgTensor *out = tfg_tensor_new(dtype, t->rank, t->dims, s);
    for (int64_t i = 0; out && i < t->count; i++) {
        const int v = t->dtype == TFG_UINT8 ? ((const uint8_t *)t->data)[i] : ((const int8_t *)t->data)[i];
        if (dtype == TFG_INT32)
            ((int32_t *)out->data)[i] = v;
        else
            ((uint16_t *)out->data)[i] = tfg_float_to_bfloat16((float)v);
    }
    return out;
}

static int run_batch_matmul_mixed(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *a = converted(c->in[0], c->out_dtype[0], s), *b = a ? converted(c->in[1], c->out_dtype[0], s) : NULL;
    int rc = b ? batch_matmul(c, a, b, s) : -1;
    tfg_tensor_unref(a);
    tfg_tensor_unref(b);
    return rc;
}

#define TYPES (TFG_BIT(TFG_FLOAT) | TFG_BIT(TFG_DOUBLE) | TFG_BIT(TFG_HALF) | TFG_BIT(TFG_BFLOAT16) | TFG_BIT(TFG_INT32) | \
               TFG_BIT(TFG_INT64) | TFG_BIT(TFG_INT16) | TFG_BIT(TFG_COMPLEX64) | TFG_BIT(TFG_COMPLEX128))

#define BYTES (TFG_BIT(TFG_INT8) | TFG_BIT(TFG_UINT8))
#define SAME(D) {.op = "BatchMatMulV3", .types = {{"Ta", TFG_BIT(TFG_##D)}, {"Tb", TFG_BIT(TFG_##D)}, {"Tout", TFG_BIT(TFG_##D)}}, \
                 .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_batch_matmul, .run = run_batch_matmul_v2},
static const TfgKernelRow rows[] = {
    {.op = "MatMul", .types = {{"T", TYPES}}, .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_matmul, .run = run_matmul},
    {.op = "BatchMatMul", .types = {{"T", TYPES}}, .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_batch_matmul,
     .run = run_batch_matmul},
    {.op = "BatchMatMulV2", .types = {{"T", TYPES}}, .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_batch_matmul,
     .run = run_batch_matmul_v2},
    SAME(FLOAT) SAME(DOUBLE) SAME(BFLOAT16) SAME(INT16) SAME(INT32) SAME(INT64) SAME(COMPLEX64) SAME(COMPLEX128)
    {.op = "BatchMatMulV3", .types = {{"Ta", BYTES}, {"Tb", BYTES}, {"Tout", TFG_BIT(TFG_INT32)}}, .flags = TFG_KERNEL_EXPENSIVE,
     .prepare = prepare_batch_matmul, .run = run_batch_matmul_mixed},
    {.op = "BatchMatMulV3", .types = {{"Ta", BYTES}, {"Tb", TFG_BIT(TFG_BFLOAT16)}, {"Tout", TFG_BIT(TFG_BFLOAT16)}},
     .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_batch_matmul, .run = run_batch_matmul_mixed},
    {.op = "BatchMatMulV3", .types = {{"Ta", TFG_BIT(TFG_BFLOAT16)}, {"Tb", BYTES}, {"Tout", TFG_BIT(TFG_BFLOAT16)}},
     .flags = TFG_KERNEL_EXPENSIVE, .prepare = prepare_batch_matmul, .run = run_batch_matmul_mixed},
};

int tfg_register_kernels_matmul(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
