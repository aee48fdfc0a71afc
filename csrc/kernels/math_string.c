/* Add, Equal and NotEqual of strings. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/broadcast.h"
#include "kernels/isa.h"
#include "kernels/util.h"

static int join(TfgString *out, const TfgString *x, const TfgString *y, TfgStatus *s)
{
    char *text = tfg_alloc(x->n + y->n);
    if (!text)
        return tfg_fail_memory(s);
    if (x->n)
        memcpy(text, x->data, x->n);
    if (y->n)
        memcpy(text + x->n, y->data, y->n);
    int rc = tfg_string_set(out, text, x->n + y->n);
    tfg_free(text);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

static bool equal(const TfgString *x, const TfgString *y)
{
    return x->n == y->n && (x->n == 0 || memcmp(x->data, y->data, x->n) == 0);
}

static int run_pairs(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    if (tfg_broadcast_tensors(c->in[0], c->in[1], &shape, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
    if (!out)
        return -1;
    bool add = out->dtype == TFG_STRING, not_equal = strcmp(c->row->op, "NotEqual") == 0;
    for (int64_t i = 0; i < out->count; i++) {
        const TfgString *x = (const TfgString *)c->in[0]->data + tfg_broadcast_index(i, &shape, c->in[0]);
        const TfgString *y = (const TfgString *)c->in[1]->data + tfg_broadcast_index(i, &shape, c->in[1]);
        if (!add)
            ((bool *)out->data)[i] = equal(x, y) != not_equal;
        else if (join((TfgString *)out->data + i, x, y, s) < 0)
            return -1;
    }
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "Add", TFG_FOR(TFG_STRING), .run = run_pairs}, {.op = "Equal", TFG_FOR(TFG_STRING), .run = run_pairs},
    {.op = "NotEqual", TFG_FOR(TFG_STRING), .run = run_pairs},
};

const TfgKernelRow *tfg_kernels_math_string(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
