/* What an accumulator computes: sums and means, of whole gradients and of rows. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/accumulator.h"
#include "kernels/numeric.h"

/* X(dtype, storage, compute): as the CPU's accumulators have them. */
#define KINDS(X) X(FLOAT, float, float) X(DOUBLE, double, double) X(HALF, uint16_t, float)

static void add_to(TfgDType d, void *to, const void *from, int64_t n)
{
#define ADD(name, type, compute)                                                \
    if (d == TFG_##name) {                                                      \
        type *a = to;                                                           \
        const type *b = from;                                                   \
        for (int64_t i = 0; i < n; i++)                                         \
            a[i] = STORE_##name(LOAD_##name(a[i]) + LOAD_##name(b[i]));         \
    }
    KINDS(ADD)
}

/* The number is rounded to the dtype first. */
static void divide_by(TfgDType d, void *to, int32_t number, int64_t n)
{
#define DIVIDE(name, type, compute)                                             \
    if (d == TFG_##name) {                                                      \
        type *a = to, by = STORE_##name((compute)number);                       \
        for (int64_t i = 0; i < n; i++)                                         \
            a[i] = STORE_##name(LOAD_##name(a[i]) / LOAD_##name(by));           \
    }
    KINDS(DIVIDE)
}

/* ---- Whole gradients ---------------------------------------------------------------------------------------------------------------- */

static int fail_shape(const TfgShape *want, const TfgTensor *t, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    TfgShapeText b;
    tfg_shape_format(want, &text);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch: expected %s, got %s", tfg_str_text(&text), tfg_shape_text(t, &b));
    tfg_str_fini(&text);
    return -1;
}

static bool fits(const TfgShape *shape, const TfgTensor *t)
{
    bool same = shape->rank < 0 || shape->rank == t->rank;
    for (int i = 0; i < shape->rank && same; i++)
        same = shape->dims[i] < 0 || shape->dims[i] == t->dims[i];
    return same;
}

int tfg_accumulator_add(TfgAccumulator *a, const TfgTensor *gradient, TfgStatus *s)
{
    if (a->counter > 0 && !tfg_tensor_same_shape(a->sum, gradient)) {
        TfgShape have;
        tfg_tensor_shape(a->sum, &have);
        return fail_shape(&have, gradient, s);
    }
    if (!fits(&a->shape, gradient))
        return fail_shape(&a->shape, gradient, s);
    if (a->counter > 0)
        add_to(a->dtype, a->sum->data, gradient->data, gradient->count);
    else if (!(a->sum = tfg_tensor_copy(gradient, s)))
        return -1;
    a->counter++;
    return 0;
}

/* ---- Rows ---------------------------------------------------------------------------------------------------------------------------- */

static int check_said_shape(const TfgAccumulator *a, const TfgTensor *shape, TfgStatus *s)
{
    if (a->shape.rank > shape->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch: expected shape rank at least %d, got %lld", a->shape.rank,
                        (long long)shape->count);
    for (int i = 0; i < a->shape.rank; i++) {
        int64_t want = a->shape.dims[i], have = ((const int64_t *)shape->data)[i];
        if (want != -1 && want != have)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch: expected shape dim %d to be %lld, got %lld", i, (long long)want,
                            (long long)have);
    }
    return 0;
}

static int check_limits(const TfgAccumulator *a, const TfgTensor *indices, TfgStatus *s)
{
    const int64_t *index = indices->data;
    if (a->shape.rank <= 0 || a->shape.dims[0] == -1)
        return 0;
    for (int64_t i = 0; i < indices->count; i++)
        if (index[i] >= a->shape.dims[0])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch: index of slice %lld exceeded limits of shape; index is %lld exceeded %lld",
                            (long long)i, (long long)index[i], (long long)a->shape.dims[0]);
    return 0;
}

/* Against the sum's rows, or what the accumulator was made for while there is none. */
static int check_values(const TfgAccumulator *a, const TfgTensor *values, TfgStatus *s)
{
    int rank = a->counter > 0 ? a->sum->rank : a->shape.rank;
    const int64_t *want = a->counter > 0 ? a->sum->dims : a->shape.dims;
    if (a->counter > 0 ? rank != values->rank : rank > values->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch: expected values rank %s%d, got %d", a->counter > 0 ? "" : "at least ", rank,
                        values->rank);
    for (int i = 1; i < rank; i++)
        if (want[i] != -1 && want[i] != values->dims[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape mismatch: expected values dim %d to be %lld, got %lld", i, (long long)want[i],
                            (long long)values->dims[i]);
    return 0;
}

static int check_rows(const TfgAccumulator *a, const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    TfgShapeText b;
    if (indices->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices should be vector but received shape: %s", tfg_shape_text(indices, &b));
    if (values->rank == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Values cannot be 0-dimensional.");
    if (values->dims[0] != indices->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %lld non-empty input values, got %lld", (long long)indices->count,
                        (long long)values->dims[0]);
    return (shape && check_said_shape(a, shape, s) < 0) || check_limits(a, indices, s) < 0 ? -1 : check_values(a, values, s);
}

typedef struct Rows {
    TfgTensor *sum;
    int64_t *indices;
    int32_t *counts;
    int64_t n, row;             /* rows in use, and a row's bytes */
} Rows;

static void append_row(Rows *r, int64_t index, const char *from, int32_t count)
{
    memcpy((char *)r->sum->data + r->n * r->row, from, (size_t)r->row);
    r->indices[r->n] = index;
    r->counts[r->n++] = count;
}

/* Both in the order of their indices; what has the same index is added.  Unsorted ones come out as TensorFlow's. */
static void merge(const TfgAccumulator *a, const TfgTensor *indices, const TfgTensor *values, Rows *r)
{
    const int64_t *index = indices->data;
    const char *old = a->sum ? a->sum->data : NULL, *new = values->data;
    int64_t n_old = a->sum ? a->sum->dims[0] : 0, n_new = indices->count, i = 0, j = 0, each = values->count / (n_new > 0 ? n_new : 1);
    while (i < n_old || j < n_new) {
        if (j == n_new || (i < n_old && a->indices[i] < index[j])) {
            append_row(r, a->indices[i], old + i * r->row, a->counts[i]);
            i++;
        } else if (i == n_old || index[j] < a->indices[i]) {
            append_row(r, index[j], new + j * r->row, 1);
            j++;
        } else {
            append_row(r, index[j], old + i * r->row, a->counts[i] + 1);
            add_to(a->dtype, (char *)r->sum->data + (r->n - 1) * r->row, new + j * r->row, each);
            i++;
            j++;
        }
    }
}

/* How many rows the merged ones are. */
static int64_t count_merged(const TfgAccumulator *a, const TfgTensor *indices)
{
    const int64_t *index = indices->data;
    int64_t n_old = a->sum ? a->sum->dims[0] : 0, n_new = indices->count, i = 0, j = 0, n = 0;
    for (; i < n_old && j < n_new; n++) {
        int64_t x = a->indices[i], y = index[j];
        i += x <= y;
        j += y <= x;
    }
    return n + (n_old - i) + (n_new - j);
}

int tfg_accumulator_add_rows(TfgAccumulator *a, const TfgTensor *indices, const TfgTensor *values, const TfgTensor *shape, TfgStatus *s)
{
    if (check_rows(a, indices, values, shape, s) < 0)
        return -1;
    int64_t dims[TFG_MAX_RANK], n = count_merged(a, indices);
    memcpy(dims, values->dims, (size_t)values->rank * sizeof *dims);
    dims[0] = n;
    Rows r = {tfg_tensor_new(a->dtype, values->rank, dims, s), tfg_alloc((size_t)n * sizeof *r.indices + 1),
              tfg_alloc((size_t)n * sizeof *r.counts + 1), 0, 0};
    if (!r.sum || !r.indices || !r.counts) {
        tfg_tensor_unref(r.sum);
        tfg_free(r.indices);
        tfg_free(r.counts);
        return s->code == TFG_OK ? tfg_fail_memory(s) : -1;
    }
    r.row = n > 0 ? (int64_t)tfg_tensor_size(a->dtype, r.sum->count / n) : 0;
    merge(a, indices, values, &r);
    tfg_tensor_unref(a->sum);
    tfg_free(a->indices);
    tfg_free(a->counts);
    a->sum = r.sum;
    a->indices = r.indices;
    a->counts = r.counts;
    a->counter++;
    return 0;
}

void tfg_accumulator_average(TfgAccumulator *a)
{
    if (!a->mean)
        return;
    if (!a->sparse) {
        divide_by(a->dtype, a->sum->data, a->counter, a->sum->count);
        return;
    }
    int64_t n = a->sum->dims[0], each = n > 0 ? a->sum->count / n : 0;
    for (int64_t i = 0; i < n; i++)
        divide_by(a->dtype, tfg_at_mut(a->sum, i * each), a->counts[i], each);
}
