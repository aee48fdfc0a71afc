/* What the kernels of pooling share: attributes, geometry, outputs. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn_pool_simd.h"
#include "kernels/util.h"

TfgPoolWindow tfg_pool_window(const TfgPool *p, int64_t window)
{
    TfgPoolWindow w;
    for (int i = 2; i >= 0; i--) {
        tfg_window_range(&p->at[i], window % p->at[i].out, &w.from[i], &w.to[i]);
        window /= p->at[i].out;
    }
    w.image = window;
    return w;
}

const TfgPoolLoops *tfg_pool_loops(TfgDType dtype)
{
#if defined(__x86_64__)
    static TfgPoolLoopsFn *const levels[TFG_SIMD_LEVELS] = {tfg_pool_loops_v2, tfg_pool_loops_v3, tfg_pool_loops_v4};
    return levels[tfg_isa_level()](dtype);
#else
    return tfg_pool_loops_base(dtype);
#endif
}

static int check_sizes(const TfgWindowAttrs *a, TfgStatus *s)
{
    if (a->size[0] != 1 || a->strides[0] != 1)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Pooling is not yet supported on the batch dimension.");
    if (a->rank == 5 && (a->size[a->channel] != 1 || a->strides[a->channel] != 1))
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Pooling is not yet supported on the depth dimension.");
    return 0;
}

int tfg_pool_prepare(const TfgPrepare *p, int rank, void **state, TfgStatus *s)
{
    TfgWindowAttrs *a = tfg_window_attrs_new(p, rank, s);
    if (!a)
        return -1;
    if (check_sizes(a, s) < 0) {
        tfg_window_attrs_free(a);
        return -1;
    }
    *state = a;
    return 0;
}

int tfg_pool_read_sizes(const TfgKernelCall *c, int first, const char *strides, TfgWindowAttrs *out, TfgStatus *s)
{
    *out = *(const TfgWindowAttrs *)c->state;
    for (int k = 0; k < 2; k++) {
        const TfgTensor *t = c->in[first + k];
        int64_t *to = k ? out->strides : out->size;
        if (t->count != 4)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sliding window %s field must specify 4 dimensions", k ? strides : "ksize");
        for (int i = 0; i < 4; i++)
            to[i] = tfg_tensor_int(t, i);
    }
    for (int i = out->space; i < out->space + 2; i++)
        if (out->strides[i] < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Stride must be > 0, but got %lld", (long long)out->strides[i]);
    return check_sizes(out, s);
}

/* Pooling of channels, of which there are `channels`. */
static int check_depth(const TfgWindowAttrs *a, int64_t channels, TfgStatus *s)
{
    int64_t size = a->size[a->channel];
    for (int i = 0; i < a->rank - 2; i++)
        if (a->size[a->space + i] != 1)
            return tfg_fail(s, TFG_UNIMPLEMENTED, "MaxPooling supports exactly one of pooling across depth or pooling across width/height.");
    if (size < 1 || channels % size)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Depthwise max pooling requires the depth window to evenly divide the input depth");
    if (size != a->strides[a->channel])
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Depthwise max pooling requires the depth window to equal the depth stride");
    return 0;
}

int tfg_pool_fill(TfgPool *p, const TfgWindowAttrs *a, const int64_t *dims, TfgStatus *s)
{
    int n = a->rank - 2;
    for (int i = 0; i < a->rank; i++)
        if (dims[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input dimension %d is too large: %lld", i, (long long)dims[i]);
    *p = (TfgPool){.in = tfg_space(a, dims), .depth = a->size[a->channel]};
    p->batch = p->in.batch;
    p->channels = p->in.channels;
    p->out = p->in;
    if (p->depth != 1 && check_depth(a, p->channels, s) < 0)
        return -1;
    p->out.channels /= p->depth;
    for (int i = 0; i < 3; i++) {
        int own = i - (3 - n);
        p->at[i] = (TfgWindow){p->in.at[i], 1, 1, 1, 1, 0};
        if (own >= 0) {
            p->at[i].size = a->size[a->space + own];
            p->at[i].stride = a->strides[a->space + own];
        }
        if ((own >= 0 ? tfg_window_fit_dim(&p->at[i], a, a->space + own, s) : tfg_window_fit(&p->at[i], TFG_PAD_VALID, s)) < 0)
            return -1;
        if (a->padding == TFG_PAD_EXPLICIT && own >= 0 && (a->before[a->space + own] >= p->at[i].size || a->after[a->space + own] >= p->at[i].size))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Explicit padding must be smaller than the window: %lld and %lld of %lld",
                            (long long)a->before[a->space + own], (long long)a->after[a->space + own], (long long)p->at[i].size);
        p->out.at[i] = p->at[i].out;
    }
    return 0;
}

int64_t tfg_pool_grain(const TfgPool *p)
{
    double work = (double)p->channels;
    for (int i = 0; i < 3; i++)
        work *= (double)(p->at[i].size < p->at[i].in ? p->at[i].size : p->at[i].in);
    return (int64_t)(32768 / (work > 1 ? work : 1)) + 1;
}

TfgTensor *tfg_pool_begin(TfgKernelCall *c, const TfgWindowAttrs *a, int i, const TfgSpace *space, void **to, TfgStatus *s)
{
    int64_t dims[TFG_WINDOW_RANK];
    tfg_space_dims(a, space, dims);
    TfgTensor *out = tfg_kernel_output(c, i, a->rank, dims, s);
    if (!out)
        return NULL;
    *to = tfg_channels_first(a) ? tfg_kernel_scratch(c, tfg_tensor_size(out->dtype, out->count), s) : out->data;
    return *to ? out : NULL;
}

void tfg_pool_end(const TfgWindowAttrs *a, const TfgSpace *space, TfgTensor *out, const void *from)
{
    if (tfg_channels_first(a))
        tfg_turn_channels(tfg_dtype_size(out->dtype), from, out->data, space->batch, tfg_space_points(space), space->channels);
}
