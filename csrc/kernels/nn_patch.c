/* ExtractImagePatches and ExtractVolumePatches; DataFormatDimMap and DataFormatVecPermute. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/nn.h"
#include "kernels/util.h"
#include "kernels/window.h"

/* ---- Patches ---- */

static int check_list(const int64_t *values, int rank, const char *name, TfgStatus *s)
{
    if (values[0] != 1 || values[rank - 1] != 1)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "Only support %s across space.", name);
    for (int i = 1; i < rank - 1; i++)
        if (values[i] < 1)
            return tfg_fail(s, TFG_OUT_OF_RANGE, "%s is out of range.", name);
    return 0;
}

static int read_list(const TfgPrepare *p, const char *name, int rank, int64_t *out, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_attrs_ints(p->attrs, name, &n);
    for (int i = 0; i < rank; i++)
        out[i] = 1;
    if (!tfg_attrs_find(p->attrs, name))
        return 0;
    if (n != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sliding window %s field must specify %d dimensions", name, rank);
    for (int i = 0; i < n; i++) {
        if (values[i] < INT32_MIN || values[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Attr %s has value %lld out of range for an int32", name, (long long)values[i]);
        out[i] = values[i];
    }
    return check_list(out, rank, name, s);
}

static int prepare_rank(const TfgPrepare *p, int rank, void **state, TfgStatus *s)
{
    TfgWindowAttrs *a = tfg_calloc(1, sizeof *a);
    if (!a)
        return tfg_fail_memory(s);
    *a = (TfgWindowAttrs){.rank = rank, .channel = rank - 1, .space = 1};
    a->padding = tfg_attrs_string_is(p->attrs, "padding", "SAME") ? TFG_PAD_SAME : TFG_PAD_VALID;
    if (read_list(p, "ksizes", rank, a->size, s) < 0 || read_list(p, "strides", rank, a->strides, s) < 0 ||
        read_list(p, "rates", rank, a->dilations, s) < 0) {
        tfg_free(a);
        return -1;
    }
    *state = a;
    return 0;
}

static int prepare_image(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare_rank(p, 4, state, s); }
static int prepare_volume(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare_rank(p, 5, state, s); }

typedef struct Patches {
    TfgWindow at[3];
    size_t point;               /* bytes of all channels of a point */
    const char *in;
    char *out;
} Patches;

/* Copies one patch, zeros where it leaves the image. */
static void copy_patch(const Patches *p, int64_t image, const int64_t *o, char *to)
{
    int64_t first[3];
    for (int i = 0; i < 3; i++)
        first[i] = o[i] * p->at[i].stride - p->at[i].before;
    for (int64_t a = 0; a < p->at[0].size; a++)
        for (int64_t b = 0; b < p->at[1].size; b++)
            for (int64_t c = 0; c < p->at[2].size; c++, to += p->point) {
                int64_t x = first[0] + a * p->at[0].dilation, y = first[1] + b * p->at[1].dilation, z = first[2] + c * p->at[2].dilation;
                if (x < 0 || y < 0 || z < 0 || x >= p->at[0].in || y >= p->at[1].in || z >= p->at[2].in)
                    memset(to, 0, p->point);
                else
                    memcpy(to, p->in + (size_t)(((image * p->at[0].in + x) * p->at[1].in + y) * p->at[2].in + z) * p->point, p->point);
            }
}

static void copy_patches(void *context, int64_t begin, int64_t end)
{
    const Patches *p = context;
    size_t bytes = p->point * (size_t)(p->at[0].size * p->at[1].size * p->at[2].size);
    for (int64_t i = begin; i < end; i++) {
        int64_t rest = i, o[3];
        for (int d = 2; d >= 0; d--) {
            o[d] = rest % p->at[d].out;
            rest /= p->at[d].out;
        }
        copy_patch(p, rest, o, p->out + (size_t)i * bytes);
    }
}

static int run_patches(TfgKernelCall *c, TfgStatus *s)
{
    const TfgWindowAttrs *a = c->state;
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    int64_t dims[TFG_WINDOW_RANK], elements = 1;
    if (in->rank != a->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be %d-dimensional%s", a->rank, tfg_shape_text(in, &text));
    int64_t channels = in->dims[a->channel];
    Patches p = {.point = (size_t)channels * tfg_dtype_size(in->dtype), .in = in->data};
    dims[0] = in->dims[0];
    for (int i = 0; i < 3; i++) {
        int at = i - (5 - a->rank) + 1;
        p.at[i] = at < 1 ? (TfgWindow){1, 1, 1, 1, 1, 0} : (TfgWindow){in->dims[at], 1, a->size[at], a->strides[at], a->dilations[at], 0};
        if (p.at[i].in > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input is too large: %s", tfg_shape_text(in, &text));
        if (tfg_window_fit(&p.at[i], a->padding, s) < 0)
            return -1;
        if (at >= 1)
            dims[at] = p.at[i].out;
        if (__builtin_mul_overflow(elements, p.at[i].size, &elements))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Patches are too large");
    }
    if (__builtin_mul_overflow(elements, channels, &dims[a->channel]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Patches are too large");
    TfgTensor *out = tfg_kernel_output(c, 0, a->rank, dims, s);
    if (!out || out->count == 0)
        return out ? 0 : -1;
    p.out = out->data;
    tfg_for_ranges(out->count / dims[a->channel], 65536 / dims[a->channel] + 1, copy_patches, &p);
    return 0;
}

/* ---- Names of formats ---- */

typedef struct Formats {
    int n;
    int64_t to[4];              /* where each letter of the source stands in the destination */
} Formats;

static int find(TfgBytes in, char letter)
{
    for (int i = 0; i < (int)in.n; i++)
        if (in.data[i] == letter)
            return i;
    return -1;
}

static int prepare_formats(const TfgPrepare *p, bool only_four, void **state, TfgStatus *s)
{
    TfgBytes from = tfg_attrs_string(p->attrs, "src_format"), to = tfg_attrs_string(p->attrs, "dst_format");
    if (only_four && from.n != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Source format must of length 4, received src_format = %.*s", (int)from.n, from.data);
    if (only_four && to.n != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Destination format must of length 4, received dst_format = %.*s", (int)to.n, to.data);
    if (from.n > 4 || to.n > 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Formats must be of at most 4 letters: %.*s, %.*s", (int)from.n, from.data, (int)to.n, to.data);
    Formats *f = tfg_calloc(1, sizeof *f);
    if (!f)
        return tfg_fail_memory(s);
    f->n = (int)from.n;
    for (int i = 0; i < f->n; i++)
        f->to[i] = find(to, from.data[i]);
    *state = f;
    return 0;
}

static int prepare_map(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare_formats(p, true, state, s); }
static int prepare_permute(const TfgPrepare *p, void **state, TfgStatus *s) { return prepare_formats(p, false, state, s); }
static void release_formats(void *state) { tfg_free(state); }

/* A letter that the destination lacks keeps its place. */
static int64_t place(const Formats *f, int64_t i)
{
    return i < f->n && f->to[i] >= 0 ? f->to[i] : i;
}

static void set_int(TfgTensor *t, int64_t i, int64_t value)
{
    if (t->dtype == TFG_INT32)
        ((int32_t *)t->data)[i] = (int32_t)value;
    else
        ((int64_t *)t->data)[i] = value;
}

/* Negative dims count from the end; those out of range are taken modulo four, as in TensorFlow. */
static int run_map(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < in->count; i++)
        set_int(out, i, place(c->state, ((tfg_tensor_int(in, i) % 4) + 4) % 4));
    return 0;
}

static int run_permute(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank != 1 && in->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be a vector or 2D tensor, but got shape %s", tfg_shape_text(in, &text));
    if (in->rank == 1 && in->count != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "1D input must be of size 4, but got shape %s", tfg_shape_text(in, &text));
    if (in->rank == 2 && in->dims[0] != 4)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "First dimension of 2D input must be of size 4, but got shape %s", tfg_shape_text(in, &text));
    if (in->rank == 2 && in->dims[1] != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Second dimension of 2D input must be of size 2, but got shape %s", tfg_shape_text(in, &text));
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out)
        return -1;
    int64_t columns = in->rank == 2 ? 2 : 1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    for (int64_t i = 0; i < 4 * columns; i++)
        set_int(out, place(c->state, i / columns) * columns + i % columns, tfg_tensor_int(in, i));
    return 0;
}

#define PATCHES(op_, prepare_) \
    {.op = op_, .types = {{"T", TFG_TYPES_REAL | TFG_TYPES_WIDE_UINTS}}, .prepare = prepare_, .release = tfg_window_attrs_free, .run = run_patches}
#define FORMATS(op_, prepare_, run_) {.op = op_, .prepare = prepare_, .release = release_formats, .run = run_}

static const TfgKernelRow rows[] = {
    PATCHES("ExtractImagePatches", prepare_image),
    PATCHES("ExtractVolumePatches", prepare_volume),
    FORMATS("DataFormatDimMap", prepare_map, run_map),
    FORMATS("DataFormatVecPermute", prepare_permute, run_permute),
};

const TfgKernelRow *tfg_kernels_nn_patch(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
