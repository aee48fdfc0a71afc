#include "tensor/tensor_slice.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

void tfg_tensor_slice_set_full(TfgTensorSlice *slice, int rank)
{
    slice->rank = rank;
    for (int i = 0; i < rank; i++) {
        slice->start[i] = 0;
        slice->length[i] = TFG_SLICE_FULL;
    }
}

void tfg_tensor_slice_format(const TfgTensorSlice *slice, TfgStr *out)
{
    for (int i = 0; i < slice->rank; i++) {
        if (i)
            tfg_str_putc(out, ':');
        if (slice->length[i] == TFG_SLICE_FULL)
            tfg_str_putc(out, '-');
        else
            tfg_str_printf(out, "%" PRId64 ",%" PRId64, slice->start[i], slice->length[i]);
    }
}

/* ---- text ---- */

/* A whole number that is all of the n bytes (spaces around it are fine, as in TensorFlow). */
static bool parse_number(const char *text, size_t n, int64_t *value)
{
    char copy[32], *end;
    while (n && (*text == ' ' || *text == '\t')) {
        text++;
        n--;
    }
    if (n == 0 || n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = 0;
    errno = 0;
    *value = strtoll(copy, &end, 10);
    return end == copy + n && end > copy && errno == 0;
}

static int bad_pair(const char *item, size_t n, const char *text, size_t text_n, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected a pair of numbers or '-' but got '%.*s': string = %.*s", (int)n, item,
                    (int)text_n, text);
}

static int parse_extent(const char *item, size_t n, const char *text, size_t text_n, TfgTensorSlice *slice, TfgStatus *s)
{
    if (slice->rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A slice has at most %d dimensions", TFG_MAX_RANK);
    int64_t start = 0, length = TFG_SLICE_FULL;
    if (n != 1 || *item != '-') {
        const char *comma = memchr(item, ',', n);
        if (!comma || !parse_number(item, (size_t)(comma - item), &start) ||
            !parse_number(comma + 1, n - (size_t)(comma + 1 - item), &length))
            return bad_pair(item, n, text, text_n, s);
        if (start < 0 || length <= 0 || start > INT64_MAX - length)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected non-negative start and positive length but got start = %" PRId64
                            ", length = %" PRId64 ": string = %.*s", start, length, (int)text_n, text);
    }
    slice->start[slice->rank] = start;
    slice->length[slice->rank++] = length;
    return 0;
}

static int parse_slice(const char *text, size_t n, TfgTensorSlice *slice, TfgStatus *s)
{
    slice->rank = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && text[end] != ':')
            end++;
        if (end > i && parse_extent(text + i, end - i, text, n, slice, s) < 0)      /* empty parts are passed over */
            return -1;
        i = end + 1;
    }
    return 0;
}

int tfg_shape_and_slice_parse(const char *text, size_t n, TfgShape *whole, TfgTensorSlice *slice, TfgShape *part, TfgStatus *s)
{
    size_t last = n;
    while (last > 0 && text[last - 1] != ' ')
        last--;
    if (last == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Need least two elements in shape_and_slice specification: %.*s", (int)n, text);
    if (parse_slice(text + last, n - last, slice, s) < 0)
        return -1;
    whole->rank = 0;
    for (size_t i = 0; i < last;) {
        size_t end = i;
        while (text[end] != ' ')
            end++;
        int64_t dim;
        if (!parse_number(text + i, end - i, &dim) || dim < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Non numerical dimension in shape_and_slice: %.*s", (int)n, text);
        if (whole->rank == TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "A shape has at most %d dimensions", TFG_MAX_RANK);
        whole->dims[whole->rank++] = dim;
        i = end + 1;
    }
    return tfg_tensor_slice_shape(slice, whole, part, s);
}

static int fail_slice(TfgStatus *s, const char *what, const TfgTensorSlice *slice, const TfgShape *whole)
{
    TfgStr text = TFG_STR_INIT;
    tfg_tensor_slice_format(slice, &text);
    TfgStr shape = TFG_STR_INIT;
    for (int i = 0; i < whole->rank; i++)
        tfg_str_printf(&shape, "%s%" PRId64, i ? "," : "", whole->dims[i]);
    tfg_fail(s, TFG_INTERNAL, "%s: shape = [%s], slice = %s", what, tfg_str_text(&shape), tfg_str_text(&text));
    tfg_str_fini(&text);
    tfg_str_fini(&shape);
    return -1;
}

int tfg_tensor_slice_shape(const TfgTensorSlice *slice, const TfgShape *whole, TfgShape *part, TfgStatus *s)
{
    if (slice->rank != whole->rank)
        return fail_slice(s, "Mismatching ranks", slice, whole);
    part->rank = whole->rank;
    for (int i = 0; i < whole->rank; i++) {
        if (slice->length[i] != TFG_SLICE_FULL && slice->start[i] + slice->length[i] > whole->dims[i]) {
            char what[64];
            snprintf(what, sizeof what, "Extent in dimension %d out of bounds", i);
            return fail_slice(s, what, slice, whole);
        }
        part->dims[i] = slice->length[i] == TFG_SLICE_FULL ? whole->dims[i] : slice->length[i];
    }
    return 0;
}

bool tfg_tensor_slice_is_full(const TfgTensorSlice *slice, const TfgShape *whole)
{
    for (int i = 0; i < slice->rank; i++)
        if (slice->length[i] != TFG_SLICE_FULL && (slice->start[i] != 0 || slice->length[i] != whole->dims[i]))
            return false;
    return true;
}

void tfg_tensor_slice_resolve(TfgTensorSlice *slice, const TfgShape *whole)
{
    for (int i = 0; i < slice->rank; i++)
        if (slice->length[i] == TFG_SLICE_FULL)
            slice->length[i] = whole->dims[i];
}

/* ---- elements ---- */

bool tfg_tensor_slice_cut(const TfgTensorSlice *a, const TfgTensorSlice *b, TfgTensorSlice *common)
{
    common->rank = a->rank;
    for (int i = 0; i < a->rank; i++) {
        int64_t start = a->start[i] > b->start[i] ? a->start[i] : b->start[i];
        int64_t a_end = a->start[i] + a->length[i], b_end = b->start[i] + b->length[i], end = a_end < b_end ? a_end : b_end;
        if (end <= start)
            return false;
        common->start[i] = start;
        common->length[i] = end - start;
    }
    return true;
}

static int copy_run(TfgDType dtype, const char *from, char *to, int64_t n)
{
    if (dtype != TFG_STRING) {
        memcpy(to, from, tfg_tensor_size(dtype, n));
        return 0;
    }
    for (int64_t i = 0; i < n; i++)
        if (tfg_string_set((TfgString *)to + i, ((const TfgString *)from)[i].data, ((const TfgString *)from)[i].n) < 0)
            return -1;
    return 0;
}

int tfg_tensor_slice_copy(TfgDType dtype, const TfgTensorSlice *common, const void *from, const TfgTensorSlice *a, void *to,
                          const TfgTensorSlice *b)
{
    int64_t step_a[TFG_MAX_RANK], step_b[TFG_MAX_RANK], index[TFG_MAX_RANK] = {0}, n = 1;
    int64_t size = (int64_t)tfg_dtype_size(dtype), at_a = 0, at_b = 0, run = 1;
    int rank = common->rank, outer;
    for (int64_t i = rank - 1, sa = 1, sb = 1; i >= 0; i--) {
        step_a[i] = sa;
        step_b[i] = sb;
        sa *= a->length[i];
        sb *= b->length[i];
        at_a += (common->start[i] - a->start[i]) * step_a[i];
        at_b += (common->start[i] - b->start[i]) * step_b[i];
    }
    /* Inner dimensions that are whole in both, and one more, are one run. */
    for (outer = rank; outer > 0; ) {
        outer--;
        run *= common->length[outer];
        if (common->length[outer] != a->length[outer] || common->length[outer] != b->length[outer])
            break;
    }
    for (int i = 0; i < outer; i++)
        n *= common->length[i];
    for (int64_t k = 0; k < n; k++) {
        if (copy_run(dtype, (const char *)from + at_a * size, (char *)to + at_b * size, run) < 0)
            return -1;
        for (int i = outer - 1; i >= 0; i--) {
            at_a += step_a[i];
            at_b += step_b[i];
            if (++index[i] < common->length[i])
                break;
            at_a -= step_a[i] * common->length[i];
            at_b -= step_b[i] * common->length[i];
            index[i] = 0;
        }
    }
    return 0;
}
