#include "ops/window.h"

TfgFormat tfg_format(const TfgShapeCall *c, int rank)
{
    TfgBytes format = tfg_attrs_string(c->attrs, "data_format");
    bool channels_second = format.n > 1 && format.data[1] == 'C';
    return channels_second ? (TfgFormat){rank, 1, 2} : (TfgFormat){rank, rank - 1, 1};
}

const int64_t *tfg_window_ints(const TfgShapeCall *c, const char *attr, int *n, TfgStatus *s)
{
    const int64_t *values = tfg_attrs_ints(c->attrs, attr, n);
    for (int i = 0; i < *n; i++)
        if (values[i] < INT32_MIN || values[i] > INT32_MAX) {
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Attr %s has value %lld out of range for an int32", attr, (long long)values[i]);
            return NULL;
        }
    static const int64_t none;
    return values ? values : &none;
}

int tfg_window_pad(const TfgShapeCall *c, int rank, TfgPad *pad, TfgStatus *s)
{
    int n;
    const int64_t *values = tfg_attrs_ints(c->attrs, "explicit_paddings", &n);
    bool explicitly = tfg_attrs_string_is(c->attrs, "padding", "EXPLICIT");
    *pad = (TfgPad){tfg_attrs_string_is(c->attrs, "padding", "SAME"), explicitly ? values : NULL};
    if (!explicitly)
        return n == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
    if (n != 2 * rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "explicit_paddings attribute must contain %d values, but got: %d", 2 * rank, n);
    TfgFormat f = tfg_format(c, rank);
    for (int i = 0; i < n; i++) {
        if (values[i] < 0 || values[i] > INT32_MAX)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "All elements of explicit_paddings must be nonnegative");
        if (values[i] && (i / 2 < f.space || i / 2 >= f.space + rank - 2))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Nonzero explicit padding in the batch or depth dimensions is not supported");
    }
    return 0;
}

int tfg_window_dim(int64_t in, int64_t size, int64_t dilation, int64_t stride, TfgPad pad, int dim, int64_t *out, TfgStatus *s)
{
    *out = -1;
    if (stride <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Stride must be > 0, but got %lld", (long long)stride);
    if (dilation < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dilation rate must be >= 1, but got %lld", (long long)dilation);
    if (in < 0)
        return 0;
    if (pad.around && __builtin_add_overflow(in, pad.around[2 * dim] + pad.around[2 * dim + 1], &in))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension size overflow caused by explicit padding");
    if (pad.same) {
        *out = in / stride + (in % stride != 0);
        return 0;
    }
    int64_t reach = size;
    if (size < 0)
        return 0;
    if (__builtin_mul_overflow(size - 1, dilation, &reach) || __builtin_add_overflow(reach, 1, &reach))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dilated filter is too large: %lld elements, %lld apart", (long long)size, (long long)dilation);
    if (reach > in)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Negative dimension size caused by subtracting %lld from %lld", (long long)reach,
                        (long long)in);
    int64_t room;
    if (__builtin_sub_overflow(in, reach, &room))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension size overflow caused by subtracting %lld from %lld", (long long)reach,
                        (long long)in);
    *out = room / stride + 1;
    return 0;
}
