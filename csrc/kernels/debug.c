/* The debugger's operations: copies of what is watched, and what they tell of it; GraphDefVersion and HostConst. */
#include <math.h>

#include "base/status.h"
#include "graph/graph.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* ---- What is watched ---------------------------------------------------------------------------------------------------------------- */

static int fail_name(TfgBytes name, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Failed to parse tensor name: \"%.*s\"", (int)name.n, name.data);
}

/* "node:slot", or "node" alone. */
static int check_name(const TfgAttrs *attrs, TfgStatus *s)
{
    TfgBytes name = tfg_attrs_string(attrs, "tensor_name");
    const char *colon = name.n ? memchr(name.data, ':', name.n) : NULL;
    if (name.n == 0)
        return fail_name(name, s);
    if (!colon)
        return 0;
    const char *slot = colon + 1, *end = name.data + name.n;
    if (memchr(slot, ':', (size_t)(end - slot)))
        return fail_name(name, s);
    const char *p = slot, *last = end;
    while (p < last && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        p++;
    while (last > p && (last[-1] == ' ' || (last[-1] >= '\t' && last[-1] <= '\r')))
        last--;
    p += p < last && *p == '-';
    bool number = p < last && last - p <= 10;
    for (; p < last; p++)
        number = number && *p >= '0' && *p <= '9';
    if (!number)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid string value for output_slot: \"%.*s\"", (int)(end - slot), slot);
    return 0;
}

static int prepare_watch(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)state;
    const TfgAttr *urls = tfg_attrs_find(p->attrs, "debug_urls");
    if (check_name(p->attrs, s) < 0)
        return -1;
    if (urls && urls->n > 0)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s cannot send what it sees to debug_urls; run it without them and fetch its output", p->type);
    return 0;
}

static int run_copy(TfgKernelCall *c, TfgStatus *s)
{
    if (!c->in[0])
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", c->name);
    TfgTensor *out = tfg_kernel_output_like(c, 0, c->in[0], s);
    return out ? tfg_copy_elements(out->dtype, out->data, c->in[0]->data, out->count, s) : -1;
}

/* ---- Counts ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct Loop { double (*at)(const void *x, int64_t i); } Loop;
#define AT(D, S, T)                                                                            \
    static double at_##D(const void *x, int64_t i) { return (double)LOAD_##D(((const S *)x)[i]); } \
    static const Loop loop_##D = {at_##D};
TFG_REALS(AT)
static double at_BOOL(const void *x, int64_t i) { return ((const uint8_t *)x)[i] != 0; }
static const Loop loop_BOOL = {at_BOOL};

static int run_nan_count(TfgKernelCall *c, TfgStatus *s)
{
    const Loop *loop = c->row->loops;
    int64_t one = 1, n = 0;
    for (int64_t i = 0; c->in[0] && i < c->in[0]->count; i++)
        n += isnan(loop->at(c->in[0]->data, i)) != 0;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &one, s);
    if (!out)
        return -1;
    *(int64_t *)out->data = n;
    return 0;
}

/* Elements of a summary, in order; the sizes of the tensor follow. */
enum { INITIALIZED, COUNT, NANS, LOW, NEGATIVE, ZERO, POSITIVE, HIGH, LEAST, MOST, MEAN, VARIANCE, DTYPE, RANK, N_SUMMARY };

/* What lies at or beyond the bounds counts as infinite there, but has its part in the mean. */
static void summarize(const Loop *loop, const TfgTensor *x, double lower, double upper, double *out)
{
    double sum = 0, squares = 0;
    int64_t finite = 0;
    out[INITIALIZED] = 1;
    out[COUNT] = (double)x->count;
    out[LEAST] = INFINITY;
    out[MOST] = -INFINITY;
    for (int64_t i = 0; i < x->count; i++) {
        double v = loop->at(x->data, i);
        out[isnan(v) ? NANS : isinf(v) ? (v < 0 ? LOW : HIGH) : v <= lower ? LOW : v >= upper ? HIGH : v < 0 ? NEGATIVE : v > 0 ? POSITIVE : ZERO]++;
        if (!isfinite(v))
            continue;
        finite++;
        sum += v;
        out[LEAST] = fmin(out[LEAST], v);
        out[MOST] = fmax(out[MOST], v);
    }
    double mean = finite ? sum / (double)finite : (double)NAN;
    for (int64_t i = 0; i < x->count; i++) {
        double v = loop->at(x->data, i);
        squares += isfinite(v) ? (v - mean) * (v - mean) : 0;
    }
    out[MEAN] = mean;
    out[VARIANCE] = finite ? squares / (double)finite : (double)NAN;
    out[DTYPE] = x->dtype;
    out[RANK] = x->rank;
    for (int d = 0; d < x->rank; d++)
        out[N_SUMMARY + d] = (double)x->dims[d];
}

static int run_summary(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0];
    int64_t n = N_SUMMARY + (x ? x->rank : 0);
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    if (x)
        summarize(c->row->loops, x, (double)tfg_attrs_float(c->attrs, "lower_bound"), (double)tfg_attrs_float(c->attrs, "upper_bound"), out->data);
    return 0;
}

/* ---- Graphs ---------------------------------------------------------------------------------------------------------------------------- */

static int run_version(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    *(int32_t *)out->data = TFG_GRAPH_DEF_PRODUCER;
    return 0;
}

static int run_host_const(TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *value = tfg_attrs_find(c->attrs, "value");
    if (!value || value->kind != TFG_ATTR_TENSOR || !value->tensor)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s has no value", c->name);
    if (value->tensor->dtype != c->out_dtype[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Type mismatch between value (%s) and dtype (%s)", tfg_dtype_signature_name(value->tensor->dtype),
                        tfg_dtype_signature_name(c->out_dtype[0]));
    tfg_tensor_unref(c->out[0]);
    c->out[0] = tfg_tensor_ref(value->tensor);
    return 0;
}

#define WATCH_FLAGS TFG_KERNEL_UNINITIALIZED_REF | TFG_KERNEL_READS_REF
#define NAN_ROW(D, S, T) {.op = "DebugNanCount", TFG_FOR(TFG_##D), .flags = WATCH_FLAGS, .loops = &loop_##D, .prepare = prepare_watch, .run = run_nan_count},
#define SUMMARY_ROW(D, S, T) {.op = "DebugNumericSummary", TFG_FOR(TFG_##D), .flags = WATCH_FLAGS, .loops = &loop_##D, .prepare = prepare_watch, .run = run_summary},
static const TfgKernelRow rows[] = {
    {.op = "Copy", .flags = WATCH_FLAGS, .run = run_copy},
    {.op = "CopyHost", .flags = WATCH_FLAGS, .run = run_copy},
    {.op = "DebugIdentity", .flags = WATCH_FLAGS, .prepare = prepare_watch, .run = run_copy},
    TFG_REALS(NAN_ROW)
    TFG_REALS(SUMMARY_ROW) SUMMARY_ROW(BOOL, , )
    {.op = "GraphDefVersion", .run = run_version},
    {.op = "HostConst", .run = run_host_const},
};

int tfg_register_kernels_debug(TfgStatus *s);
int tfg_register_kernels_debug(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
