#include "kernels/window.h"

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

int64_t tfg_window_reach(const TfgWindow *w)
{
    return (w->size - 1) * w->dilation + 1;
}

static int fit_into(TfgWindow *w, int64_t before, int64_t after, TfgStatus *s)
{
    int64_t reach = tfg_window_reach(w), in = w->in + before + after;
    w->out = (in - reach + w->stride) / w->stride;
    w->before = before;
    if (w->out < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Computed output size would be negative: %lld [input_size: %lld, effective_filter_size: %lld, "
                        "stride: %lld]", (long long)w->out, (long long)in, (long long)reach, (long long)w->stride);
    return 0;
}

/* Sizes are below 2^31 where a tensor or an attribute gives them, so products of two fit. */
int tfg_window_fit(TfgWindow *w, TfgPadding padding, TfgStatus *s)
{
    int64_t reach = tfg_window_reach(w);
    if (padding == TFG_PAD_SAME) {
        w->out = (w->in + w->stride - 1) / w->stride;
        int64_t pad = (w->out - 1) * w->stride + reach - w->in;
        w->before = pad > 0 ? pad / 2 : 0;
        return 0;
    }
    return fit_into(w, 0, 0, s);
}

int tfg_window_fit_dim(TfgWindow *w, const TfgWindowAttrs *a, int dim, TfgStatus *s)
{
    return a->padding == TFG_PAD_EXPLICIT ? fit_into(w, a->before[dim], a->after[dim], s) : tfg_window_fit(w, a->padding, s);
}

void tfg_window_range(const TfgWindow *w, int64_t o, int64_t *from, int64_t *to)
{
    int64_t begin = o * w->stride - w->before, end = begin + w->size;
    *from = begin > 0 ? begin : 0;
    *to = end < w->in ? end : w->in;
    if (*to < *from)
        *to = *from;
}

static int read_list(const TfgPrepare *p, const char *name, int rank, bool positive, const TfgWindowAttrs *a, int64_t *out, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_attrs_ints(p->attrs, name, &n);
    for (int i = 0; i < rank; i++)
        out[i] = 1;
    if (!tfg_attrs_find(p->attrs, name))
        return 0;
    if (n != rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Sliding window %s field must specify %d dimensions",
                        rank == 5 && name[0] == 's' ? "stride" : name, rank);
    for (int i = 0; i < n; i++) {
        if (values[i] < INT32_MIN || values[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Attr %s has value %lld out of range for an int32", name, (long long)values[i]);
        bool of_space = i >= a->space && i < a->space + rank - 2;
        if (positive && of_space && values[i] <= 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, name[0] == 's' ? "Stride must be > 0, but got %lld" : "Dilated rates should be larger than 0.",
                            (long long)values[i]);
        out[i] = values[i];
    }
    return 0;
}

static int read_paddings(const TfgPrepare *p, TfgWindowAttrs *a, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_attrs_ints(p->attrs, "explicit_paddings", &n);
    if (a->padding != TFG_PAD_EXPLICIT)
        return n == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
    if (n != 2 * a->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "explicit_paddings attribute must contain %d values, but got: %d", 2 * a->rank, n);
    for (int i = 0; i < n; i++) {
        bool of_space = i / 2 >= a->space && i / 2 < a->space + a->rank - 2;
        if (values[i] < 0 || values[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All elements of explicit_paddings must be nonnegative");
        if (values[i] && !of_space)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Nonzero explicit padding in the batch or depth dimensions is not supported");
        (i % 2 ? a->after : a->before)[i / 2] = values[i];
    }
    return 0;
}

TfgWindowAttrs *tfg_window_attrs_new(const TfgPrepare *p, int rank, TfgStatus *s)
{
    TfgWindowAttrs *a = tfg_calloc(1, sizeof *a);
    if (!a) {
        tfg_fail_memory(s);
        return NULL;
    }
    TfgBytes format = tfg_attrs_string(p->attrs, "data_format");
    bool first = format.n > 1 && format.data[1] == 'C';
    *a = (TfgWindowAttrs){.rank = rank, .channel = first ? 1 : rank - 1, .space = first ? 2 : 1};
    a->padding = tfg_attrs_string_is(p->attrs, "padding", "SAME") ? TFG_PAD_SAME
                 : tfg_attrs_string_is(p->attrs, "padding", "EXPLICIT") ? TFG_PAD_EXPLICIT : TFG_PAD_VALID;
    if (read_paddings(p, a, s) < 0 || read_list(p, "ksize", rank, false, a, a->size, s) < 0 || read_list(p, "strides", rank, true, a, a->strides, s) < 0 ||
        read_list(p, "dilations", rank, true, a, a->dilations, s) < 0) {
        tfg_free(a);
        return NULL;
    }
    return a;
}

void tfg_window_attrs_free(void *a)
{
    tfg_free(a);
}

TfgSpace tfg_space(const TfgWindowAttrs *a, const int64_t *dims)
{
    TfgSpace space = {.batch = dims[0], .at = {1, 1, 1}, .channels = dims[a->channel]};
    int n = a->rank - 2;
    for (int i = 0; i < n; i++)
        space.at[3 - n + i] = dims[a->space + i];
    return space;
}

void tfg_space_dims(const TfgWindowAttrs *a, const TfgSpace *space, int64_t *dims)
{
    int n = a->rank - 2;
    dims[0] = space->batch;
    dims[a->channel] = space->channels;
    for (int i = 0; i < n; i++)
        dims[a->space + i] = space->at[3 - n + i];
}

/* ---- channels first <-> last ---- */

typedef struct Turn {
    size_t element;
    const char *from;
    char *to;
    int64_t rows, columns;
} Turn;

#define SIDE 32                 /* of the squares that are turned in the cache */

#define TURN_SQUARE(T)                                                                               \
    {                                                                                                \
        const T *from = (const T *)(const void *)t->from + first;                                    \
        T *to = (T *)(void *)t->to + first;                                                          \
        for (int64_t j = 0; j < t->columns; j += SIDE)                                               \
            for (int64_t r = row; r < row + n; r++)                                                  \
                for (int64_t k = j; k < j + SIDE && k < t->columns; k++)                             \
                    to[k * t->rows + r] = from[r * t->columns + k];                                  \
    }

static void turn_rows(void *context, int64_t begin, int64_t end)
{
    const Turn *t = context;
    int64_t blocks = (t->rows + SIDE - 1) / SIDE;
    for (int64_t i = begin; i < end; i++) {
        int64_t row = i % blocks * SIDE, n = t->rows - row < SIDE ? t->rows - row : SIDE, first = i / blocks * t->rows * t->columns;
        switch (t->element) {
        case 1: TURN_SQUARE(uint8_t) break;
        case 2: TURN_SQUARE(uint16_t) break;
        case 4: TURN_SQUARE(uint32_t) break;
        default: TURN_SQUARE(uint64_t) break;
        }
    }
}

void tfg_turn_channels(size_t element, const void *from, void *to, int64_t batch, int64_t rows, int64_t columns)
{
    Turn t = {element, from, to, rows, columns};
    if (rows == 0 || columns == 0)
        return;
    int64_t grain = 65536 / (SIDE * columns * (int64_t)element) + 1;
    tfg_for_ranges(batch * ((rows + SIDE - 1) / SIDE), grain, turn_rows, &t);
}

const void *tfg_channels_last(TfgKernelCall *c, const TfgWindowAttrs *a, const TfgTensor *t, TfgStatus *s)
{
    if (!tfg_channels_first(a))
        return t->data;
    void *to = tfg_kernel_scratch(c, tfg_tensor_size(t->dtype, t->count), s);
    TfgSpace space = tfg_space(a, t->dims);
    if (to)
        tfg_turn_channels(tfg_dtype_size(t->dtype), t->data, to, space.batch, space.channels, tfg_space_points(&space));
    return to;
}
