/* Reductions and broadcasts: against plain loops over every set of axes, and the same bits on any number of threads. */
#include <math.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "runtime/kernel.h"
#include "test.h"

static TfgTensor *random_tensor(int rank, const int64_t *dims)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, rank, dims, &s);
    for (int64_t i = 0; t && i < t->count; i++)
        ((float *)t->data)[i] = (float)((uint32_t)(i + 7) * 2654435761u >> 8) / 16777216.0f - 0.3f;
    return t;
}

static TfgTensor *reduce(const char *op, TfgTensor *x, const int32_t *axes, int n, bool keep, TfgStatus *s)
{
    TfgNamedAttr items[] = {{"keep_dims", TFG_A_BOOL(keep)}, {"T", TFG_A_TYPE(TFG_FLOAT)}, {"Tidx", TFG_A_TYPE(TFG_INT32)}};
    TfgAttrs attrs = {3, items};
    TfgTensor *a = tfg_tensor_new(TFG_INT32, 1, (int64_t[]){n}, s), *out = NULL;
    if (!a)
        return NULL;
    memcpy(a->data, axes, (size_t)n * sizeof *axes);
    const TfgOpDef *def = tfg_find_op_def(op);
    if (def && tfg_kernel_run_once(def, op, &attrs, (TfgTensor *[]){x, a}, 2, &out, 1, s) < 0)
        out = NULL;
    tfg_tensor_unref(a);
    return out;
}

/* Every subset of the axes of one shape. */
static bool agrees(const char *op, int rank, const int64_t *dims)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *x = random_tensor(rank, dims);
    bool good = x != NULL;
    for (uint32_t set = 0; set < 1u << rank && good; set++) {
        int32_t axes[8], n = 0;
        for (int d = 0; d < rank; d++)
            if (set >> d & 1)
                axes[n++] = d;
        TfgTensor *got = reduce(op, x, axes, n, true, &s);
        if (!got) {
            fprintf(stderr, "%s: %s\n", op, s.message);
            return false;
        }
        double *want = calloc((size_t)got->count + 1, sizeof *want);
        bool max = strcmp(op, "Max") == 0;
        for (int64_t i = 0; i < got->count; i++)
            want[i] = max ? -INFINITY : 0;
        for (int64_t i = 0; i < x->count; i++) {
            int64_t rest = i, at = 0, stride = 1;
            for (int d = rank - 1; d >= 0; d--) {
                if (!(set >> d & 1)) {
                    at += rest % dims[d] * stride;
                    stride *= dims[d];
                }
                rest /= dims[d];
            }
            double v = (double)((float *)x->data)[i];
            want[at] = max ? fmax(want[at], v) : want[at] + v;
        }
        int64_t count = got->count ? x->count / got->count : 0;
        for (int64_t i = 0; i < got->count; i++) {
            double w = strcmp(op, "Mean") == 0 ? want[i] / (double)count : want[i], g = (double)((float *)got->data)[i];
            if (!(fabs(g - w) <= 2e-6 * (1 + fabs(w) + sqrt((double)count)))) {
                fprintf(stderr, "%s axes %x at %lld: %g, not %g\n", op, set, (long long)i, g, w);
                good = false;
                break;
            }
        }
        free(want);
        tfg_tensor_unref(got);
    }
    tfg_tensor_unref(x);
    return good;
}

static const int64_t shapes[][4] = {{3, 4, 5, 6}, {1, 7, 1, 3}, {2, 1, 300, 5}, {40, 3, 1, 700}, {2, 100, 2, 129}, {5000, 3, 2, 1}, {1, 1, 1, 70000},
                                    {3, 20000, 1, 2}, {33, 1, 1, 1500}};

TEST(every_axis)
{
    static const char *const ops[] = {"Sum", "Mean", "Max"};
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_OK(tfg_init(&s) == 0, s);
    for (size_t o = 0; o < sizeof ops / sizeof ops[0]; o++)
        for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
            CHECK(agrees(ops[o], 4, shapes[i]));
}

TEST(any_threads)
{
    static const int counts[] = {1, 2, 3, 7};
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_OK(tfg_init(&s) == 0, s);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        TfgTensor *x = random_tensor(4, shapes[i]);
        for (int32_t axis = 0; axis < 4; axis++) {
            TfgTensor *first = NULL;
            for (size_t t = 0; t < 4; t++) {
                tfg_parallel_set_size(counts[t]);
                TfgTensor *got = reduce("Sum", x, (int32_t[]){axis, (axis + 1) % 4}, 2, false, &s);
                CHECK(got);
                CHECK(!first || tfg_tensor_equal(first, got));
                if (!first)
                    first = got;
                else
                    tfg_tensor_unref(got);
            }
            tfg_tensor_unref(first);
        }
        tfg_tensor_unref(x);
    }
    tfg_parallel_set_size(0);
}

/* The pieces that a fused reduction would use give what the whole gives. */
TEST(block_by_block)
{
    TfgStatus s = TFG_STATUS_INIT;
    CHECK_OK(tfg_init(&s) == 0, s);
    const TfgKernelRow *rows[64];
    int n = tfg_kernels_of("Sum", rows, 64);
    const TfgReduceFns *fns = NULL;
    for (int i = 0; i < n; i++)
        if (rows[i]->types[0].types & TFG_BIT(TFG_FLOAT))
            fns = rows[i]->reduce;
    CHECK(fns);
    TfgTensor *x = random_tensor(1, (int64_t[]){100003});
    TfgTensor *whole = reduce("Sum", x, (int32_t[]){0}, 1, false, &s);
    CHECK(whole);
    _Alignas(64) char state[TFG_REDUCE_STATE];
    float sum = 0, part, out;
    for (int64_t at = 0; at < x->count; at += TFG_REDUCE_TILE) {
        int64_t end = at + TFG_REDUCE_TILE < x->count ? at + TFG_REDUCE_TILE : x->count;
        fns->begin(state);
        for (int64_t i = at; i < end; i += 192)
            fns->add(state, (float *)x->data + i, end - i < 192 ? end - i : 192);
        fns->end(state, &part);
        if (at == 0)
            sum = part;
        else
            fns->combine(&sum, &part);
    }
    fns->finish(&sum, x->count, &out);
    CHECK(memcmp(&out, whole->data, sizeof out) == 0);
    tfg_tensor_unref(whole);
    tfg_tensor_unref(x);
}
