/* Depthwise convolutions cut into tiles. */
#include "kernels/nn_depthwise.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

#define MAX_PARTS 16            /* sums of the filter's gradient that are kept apart */

const TfgDepthwiseLoops *tfg_depthwise_loops(TfgDType dtype)
{
#if defined(__x86_64__)
    static TfgDepthwiseFn *const levels[TFG_SIMD_LEVELS] = {tfg_depthwise_v2, tfg_depthwise_v3, tfg_depthwise_v4};
    return levels[tfg_isa_level()](dtype);
#else
    return tfg_depthwise_base(dtype);
#endif
}

typedef struct Job {
    const TfgDepthwise *d;
    void (*fn)(const TfgDepthwise *d, int64_t begin, int64_t end);
    int64_t parts;
    char *sums;
    size_t bytes;               /* of one sum */
} Job;

static void run_range(void *context, int64_t begin, int64_t end)
{
    const Job *j = context;
    j->fn(j->d, begin, end);
}

static void run_part(void *context, int64_t begin, int64_t end)
{
    const Job *j = context;
    int64_t windows = tfg_conv_windows(j->d->c);
    for (int64_t i = begin; i < end; i++) {
        TfgDepthwise part = *j->d;
        part.out = j->sums + (size_t)i * j->bytes;
        memset(part.out, 0, j->bytes);
        j->fn(&part, windows * i / j->parts, windows * (i + 1) / j->parts);
    }
}

#define ADD_ALL(T)                                                              \
    for (int64_t i = 1; i < j->parts; i++)                                      \
        for (int64_t k = 0; k < n; k++)                                         \
            ((T *)(void *)j->sums)[k] += ((T *)(void *)j->sums)[i * n + k];

/* Sums over all windows in parts of fixed size, added in their order. */
static int filter_gradient(Job *j, TfgDType dtype, TfgStatus *s)
{
    int64_t n = tfg_conv_w_count(j->d->c), windows = tfg_conv_windows(j->d->c);
    j->parts = windows < MAX_PARTS ? windows : MAX_PARTS;
    if (n > 1 << 20 || windows * n < 1 << 16)
        j->parts = 1;
    j->bytes = tfg_tensor_size(dtype, n);
    size_t bytes = j->bytes * (size_t)j->parts;
    j->sums = tfg_alloc_data(bytes);
    if (!j->sums)
        return tfg_fail_memory(s);
    tfg_for_ranges(j->parts, 1, run_part, j);
    if (dtype == TFG_DOUBLE) {
        ADD_ALL(double)
    } else {
        ADD_ALL(float)
    }
    memcpy(j->d->out, j->sums, j->bytes);
    tfg_free_data(j->sums, bytes);
    return 0;
}

int tfg_depthwise(const TfgConv *c, TfgConvKind kind, const TfgConvData *data, TfgStatus *s)
{
    TfgDepthwise d = {c, c->out_channels / c->in_channels, data->x, data->w, data->y, data->out};
    const TfgDepthwiseLoops *loops = tfg_depthwise_loops(c->dtype);
    Job j = {.d = &d, .fn = kind == TFG_CONV_FORWARD ? loops->forward : kind == TFG_CONV_INPUT ? loops->input : loops->filter};
    if (kind == TFG_CONV_FILTER)
        return filter_gradient(&j, c->dtype, s);
    int64_t points = kind == TFG_CONV_FORWARD ? tfg_conv_windows(c) : c->batch * c->at[1].in * c->at[2].in;
    tfg_for_ranges(points, 65536 / (tfg_conv_taps(c) * c->out_channels) + 1, run_range, &j);
    return 0;
}
