/* Elements of sparse tensors given other places: reordered, joined, split, sliced, reshaped. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/sparse.h"

static int put(TfgTensor *to, int64_t i, const TfgTensor *from, int64_t j, TfgStatus *s)
{
    return tfg_copy_elements(to->dtype, tfg_at_mut(to, i), tfg_at(from, j), 1, s);
}

/* ---- SparseReorder ---------------------------------------------------------------------------------------------------------------- */

static int run_reorder(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *values = c->in[1];
    if (tfg_sparse_check(indices, values, c->in[2], s) < 0)
        return -1;
    int64_t n = values->count, rank = indices->dims[1];
    int64_t *order = tfg_sparse_sort(c, indices->data, n, rank, s);
    bool sorted = order != NULL;
    for (int64_t i = 0; sorted && i < n; i++)
        sorted = order[i] == i;
    if (sorted)
        return tfg_kernel_forward(c, 0, 0, s) < 0 || tfg_kernel_forward(c, 1, 1, s) < 0 ? -1 : 0;
    TfgTensor *to = order ? tfg_kernel_output_like(c, 0, indices, s) : NULL, *out = to ? tfg_kernel_output_like(c, 1, values, s) : NULL;
    for (int64_t i = 0; out && i < n; i++) {
        if (rank)
            memcpy((int64_t *)to->data + i * rank, tfg_index_row(indices, order[i]), (size_t)rank * sizeof(int64_t));
        if (put(out, i, values, order[i], s) < 0)
            return -1;
    }
    return out ? 0 : -1;
}

/* ---- SparseReshape ---------------------------------------------------------------------------------------------------------------- */

/* Product of sizes into *count; -1 where one is negative or it passes int64. */
static int count_elements(const int64_t *sizes, int64_t n, int64_t *count, TfgStatus *s)
{
    *count = 1;
    bool empty = false, fits = true;
    for (int64_t d = 0; d < n; d++) {
        if (sizes[d] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)sizes[d]);
        empty = empty || sizes[d] == 0;
        fits = fits && !__builtin_mul_overflow(*count, sizes[d], count);
    }
    if (empty)
        *count = 0;
    return empty || fits ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape would have more than 2**63 - 1 elements");
}

/* Writes the target with its -1 resolved. */
static int resolve_shape(const TfgTensor *target, int64_t count, int64_t *sizes, TfgStatus *s)
{
    int64_t unknown = -1, product;
    for (int64_t d = 0; d < target->count; d++) {
        sizes[d] = ((const int64_t *)target->data)[d];
        if (sizes[d] < -1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "size %lld must be non-negative, not %lld", (long long)d, (long long)sizes[d]);
        if (sizes[d] >= 0)
            continue;
        if (unknown >= 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "only one output dimension may be -1, not both %lld and %lld", (long long)unknown, (long long)d);
        unknown = d;
        sizes[d] = 1;
    }
    if (count_elements(sizes, target->count, &product, s) < 0)
        return -1;
    if (unknown >= 0) {
        if (product == 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "reshape cannot infer the missing input size for an empty tensor unless all specified input "
                            "sizes are non-zero");
        if (count % product != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to reshape is a SparseTensor with %lld dense values, but the requested shape requires "
                            "a multiple of %lld", (long long)count, (long long)product);
        sizes[unknown] = count / product;
        product = count;
    }
    if (product != count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to reshape is a tensor with %lld dense values, but the requested shape has %lld",
                        (long long)count, (long long)product);
    return 0;
}

/* Indices outside the shape give what their numbers come to, as in TensorFlow; no place is touched by them. */
static void reshape_rows(const TfgTensor *indices, const int64_t *from, int64_t *to, const int64_t *sizes, int64_t rank)
{
    for (int64_t i = 0; i < indices->dims[0]; i++) {
        const int64_t *row = tfg_index_row(indices, i);
        uint64_t at = 0, stride = 1;
        for (int64_t d = indices->dims[1] - 1; d >= 0; d--) {
            at += (uint64_t)row[d] * stride;
            stride *= (uint64_t)from[d];
        }
        int64_t left = (int64_t)at;
        for (int64_t d = rank - 1; d >= 0; d--) {
            to[i * rank + d] = d == 0 || sizes[d] <= 0 ? left : left % sizes[d];
            left = sizes[d] > 0 ? left / sizes[d] : 0;
        }
    }
}

static int run_reshape(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *shape = c->in[1], *target = c->in[2];
    TfgShapeText text;
    int64_t count;
    if (indices->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices should be a matrix but received shape %s", tfg_shape_text(indices, &text));
    if (shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shape should be a vector but received shape %s", tfg_shape_text(shape, &text));
    if (target->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Target shape should be a vector but received shape %s", tfg_shape_text(target, &text));
    if (indices->dims[1] != shape->count)           /* 1.12.3 reads past the end here */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input indices of shape %s do not fit a shape of %lld dimensions", tfg_shape_text(indices, &text),
                        (long long)shape->count);
    int64_t *sizes = tfg_kernel_scratch(c, (size_t)(target->count + 1) * sizeof *sizes, s);
    if (!sizes || count_elements(shape->data, shape->count, &count, s) < 0 || resolve_shape(target, count, sizes, s) < 0)
        return -1;
    if (target->count == shape->count && memcmp(sizes, shape->data, (size_t)target->count * sizeof *sizes) == 0)
        return tfg_kernel_forward(c, 0, 0, s) < 0 || tfg_kernel_forward(c, 1, 1, s) < 0 ? -1 : 0;
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){indices->dims[0], target->count}, s);
    TfgTensor *out_shape = out ? tfg_kernel_output(c, 1, 1, &target->count, s) : NULL;
    if (!out_shape)
        return -1;
    if (target->count)
        memcpy(out_shape->data, sizes, (size_t)target->count * sizeof *sizes);
    reshape_rows(indices, shape->data, out->data, sizes, target->count);
    return 0;
}

/* ---- SparseConcat ----------------------------------------------------------------------------------------------------------------- */

static int check_part(TfgTensor *const *in, int i, int n, const char *what, int want, TfgStatus *s)
{
    TfgShapeText text;
    return in[i]->rank == want ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s should be a %s but received shape %s at position %d", what,
                                              want == 2 ? "matrix" : "vector", tfg_shape_text(in[i], &text), i % n);
}

static int check_concat(const TfgKernelCall *c, int n, int64_t *axis, TfgStatus *s)
{
    TfgTensor *const *shapes = c->in + 2 * n;
    for (int i = 0; i < 3 * n; i++)
        if (check_part(c->in, i, n, i < n ? "indices" : i < 2 * n ? "values" : "shapes", i < n ? 2 : 1, s) < 0)
            return -1;
    int64_t rank = shapes[0]->count, given = *axis;
    *axis += given < 0 ? rank : 0;
    if (*axis < 0 || *axis >= rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concat dimension must be in range [%lld, %lld), got %lld", (long long)-rank, (long long)rank,
                        (long long)given);
    for (int i = 1; i < n; i++) {
        if (shapes[i]->count != rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Ranks of all input tensors must match: expected %lld but got %lld at position %d",
                            (long long)rank, (long long)shapes[i]->count, i);
        for (int64_t d = 0; d < rank; d++)
            if (d != *axis && tfg_tensor_int(shapes[i], d) != tfg_tensor_int(shapes[0], d))
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shapes must match: expected %lld for dimension %lld but got %lld at position %d",
                                (long long)tfg_tensor_int(shapes[0], d), (long long)d, (long long)tfg_tensor_int(shapes[i], d), i);
    }
    for (int i = 0; i < n; i++)
        if (tfg_sparse_check_sizes(c->in[i], c->in[i + n], shapes[i], s) < 0)
            return -1;
    return 0;
}

/* All rows as they are in the whole, part by part, into `rows`; *size is the whole's along the axis. */
static int join_rows(const TfgKernelCall *c, int n, int64_t axis, int64_t *rows, int64_t *size, TfgStatus *s)
{
    int64_t rank = c->in[2 * n]->count, at = 0;
    *size = 0;
    for (int i = 0; i < n; i++) {
        const TfgTensor *indices = c->in[i];
        for (int64_t k = 0; k < indices->dims[0]; k++, at++) {
            memcpy(rows + at * rank, tfg_index_row(indices, k), (size_t)rank * sizeof *rows);
            rows[at * rank + axis] = (int64_t)((uint64_t)rows[at * rank + axis] + (uint64_t)*size);
        }
        if (__builtin_add_overflow(*size, tfg_tensor_int(c->in[i + 2 * n], axis), size))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape would have more than 2**63 - 1 elements");
    }
    return 0;
}

static int write_joined(TfgKernelCall *c, int n, int64_t total, const int64_t *rows, const int64_t *order, TfgStatus *s)
{
    int64_t rank = c->in[2 * n]->count, first = 0;
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){total, rank}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &total, s) : NULL;
    int64_t *place = values ? tfg_kernel_scratch(c, (size_t)(total + 1) * sizeof *place, s) : NULL;
    if (!place)
        return -1;
    for (int64_t k = 0; k < total; k++) {
        memcpy((int64_t *)indices->data + k * rank, rows + order[k] * rank, (size_t)rank * sizeof *rows);
        place[order[k]] = k;
    }
    for (int i = 0; i < n; i++) {
        for (int64_t k = 0; k < c->in[i + n]->count; k++)
            if (put(values, place[first + k], c->in[i + n], k, s) < 0)
                return -1;
        first += c->in[i + n]->count;
    }
    return 0;
}

static int run_concat(TfgKernelCall *c, TfgStatus *s)
{
    int n = c->n_in / 3;
    int64_t axis = tfg_attrs_int(c->attrs, "concat_dim"), total = 0, size;
    if (check_concat(c, n, &axis, s) < 0)
        return -1;
    for (int i = 0; i < n; i++)
        total += c->in[i + n]->count;
    size_t bytes;
    if (__builtin_mul_overflow((size_t)total + 1, (size_t)c->in[2 * n]->count * sizeof(int64_t), &bytes))
        return tfg_fail_memory(s);
    int64_t *rows = tfg_kernel_scratch(c, bytes, s);
    if (!rows || join_rows(c, n, axis, rows, &size, s) < 0)
        return -1;
    int64_t *order = tfg_sparse_sort(c, rows, total, c->in[2 * n]->count, s);
    if (!order || write_joined(c, n, total, rows, order, s) < 0)
        return -1;
    TfgTensor *shape = tfg_kernel_output_like(c, 2, c->in[2 * n], s);
    if (!shape)
        return -1;
    memcpy(shape->data, c->in[2 * n]->data, tfg_tensor_nbytes(shape));
    ((int64_t *)shape->data)[axis] = size;
    return 0;
}

/* ---- SparseSplit ------------------------------------------------------------------------------------------------------------------ */

typedef struct Cuts { int64_t size, longer; } Cuts;     /* the first `longer` parts are one larger than `size` */

static int64_t part_of(const Cuts *cuts, int64_t index)
{
    int64_t before = cuts->longer * (cuts->size + 1);
    return index < before ? index / (cuts->size + 1) : cuts->longer + (index - before) / cuts->size;
}
static int64_t part_begin(const Cuts *cuts, int64_t part) { return part * cuts->size + (part < cuts->longer ? part : cuts->longer); }

static int check_split(const TfgKernelCall *c, int n, int64_t *axis, TfgStatus *s)
{
    const TfgTensor *indices = c->in[1], *values = c->in[2], *shape = c->in[3];
    TfgShapeText text;
    if (c->in[0]->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "split_dim should be a scalar but received shape %s", tfg_shape_text(c->in[0], &text));
    *axis = tfg_tensor_int(c->in[0], 0);
    if (indices->rank != 2 || values->rank != 1 || shape->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s but received shape %s", indices->rank != 2 ? "indices should be a matrix"
                        : values->rank != 1 ? "values should be a vector" : "shape should be a vector", tfg_shape_text(indices, &text));
    if (*axis >= shape->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input split_dim should be between 0 and rank (%lld), got %lld", (long long)shape->count,
                        (long long)*axis);
    if (*axis < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_dim must be in the interval [0, %lld)", (long long)shape->count);
    if (n > tfg_tensor_int(shape, *axis))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input num_split should be between 1 and the splitting dimension size (%lld), got %d",
                        (long long)tfg_tensor_int(shape, *axis), n);
    if (tfg_sparse_check_sizes(indices, values, shape, s) < 0)
        return -1;
    for (int64_t i = 0; i < indices->dims[0]; i++) {
        int64_t index = tfg_index_row(indices, i)[*axis];
        if (index < 0 || index >= tfg_tensor_int(shape, *axis))       /* 1.12.3 ends the process here */
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index %lld on dimension %lld is out of range [0, %lld)", (long long)index, (long long)*axis,
                            (long long)tfg_tensor_int(shape, *axis));
    }
    return 0;
}

static int write_parts(TfgKernelCall *c, int n, int64_t axis, const Cuts *cuts, int64_t *next, TfgStatus *s)
{
    const TfgTensor *indices = c->in[1];
    int64_t rank = indices->dims[1];
    for (int64_t i = 0; i < indices->dims[0]; i++) {
        const int64_t *row = tfg_index_row(indices, i);
        int64_t part = part_of(cuts, row[axis]), at = next[part]++;
        int64_t *to = (int64_t *)c->out[part]->data + at * rank;
        memcpy(to, row, (size_t)rank * sizeof *row);
        to[axis] -= part_begin(cuts, part);
        if (put(c->out[n + part], at, c->in[2], i, s) < 0)
            return -1;
    }
    return 0;
}

static int run_split(TfgKernelCall *c, TfgStatus *s)
{
    int n = c->n_out / 3;
    int64_t axis = 0;
    if (check_split(c, n, &axis, s) < 0)
        return -1;
    int64_t whole = tfg_tensor_int(c->in[3], axis), rank = c->in[3]->count;
    Cuts cuts = {whole / n, whole % n};
    int64_t *size = tfg_kernel_scratch(c, (size_t)n * 2 * sizeof *size, s), *next = size ? size + n : NULL;
    if (!size)
        return -1;
    memset(size, 0, (size_t)n * 2 * sizeof *size);
    for (int64_t i = 0; i < c->in[1]->dims[0]; i++)
        size[part_of(&cuts, tfg_index_row(c->in[1], i)[axis])]++;
    for (int k = 0; k < n; k++) {
        TfgTensor *indices = tfg_kernel_output(c, k, 2, (int64_t[]){size[k], rank}, s);
        TfgTensor *values = indices ? tfg_kernel_output(c, n + k, 1, &size[k], s) : NULL;
        TfgTensor *shape = values ? tfg_kernel_output(c, 2 * n + k, 1, &rank, s) : NULL;
        if (!shape)
            return -1;
        memcpy(shape->data, c->in[3]->data, (size_t)rank * sizeof(int64_t));
        ((int64_t *)shape->data)[axis] = cuts.size + (k < cuts.longer);
    }
    return write_parts(c, n, axis, &cuts, next, s);
}

/* ---- SparseSlice ------------------------------------------------------------------------------------------------------------------ */

static int check_slice(TfgTensor *const *in, TfgStatus *s)
{
    static const char *const names[] = {"start", "size"};
    TfgShapeText text;
    const TfgTensor *indices = in[0];
    if (indices->rank != 2 || in[1]->rank != 1 || in[2]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s but received shape %s", indices->rank != 2 ? "indices should be a matrix"
                        : in[1]->rank != 1 ? "values should be a vector" : "shape should be a vector", tfg_shape_text(indices, &text));
    for (int k = 0; k < 2; k++)
        if (in[3 + k]->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s should be a vector but received shape %s", names[k], tfg_shape_text(in[3 + k], &text));
    for (int k = 0; k < 2; k++)
        if (in[3 + k]->count != in[2]->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %s to be a vector of length %lld but got length %lld", names[k],
                            (long long)in[2]->count, (long long)in[3 + k]->count);
    if (tfg_sparse_check_sizes(indices, in[1], in[2], s) < 0)
        return -1;
    for (int64_t d = 0; d < in[2]->count; d++)      /* 1.12.3 ends the process here */
        if (tfg_tensor_int(in[4], d) < 0 || tfg_tensor_int(in[3], d) > tfg_tensor_int(in[2], d))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Slice of size %lld from %lld is outside dimension %lld of size %lld",
                            (long long)tfg_tensor_int(in[4], d), (long long)tfg_tensor_int(in[3], d), (long long)d,
                            (long long)tfg_tensor_int(in[2], d));
    return 0;
}

static bool in_slice(const int64_t *row, const int64_t *start, const int64_t *size, int64_t rank)
{
    for (int64_t d = 0; d < rank; d++)
        if (row[d] < start[d] || (uint64_t)row[d] - (uint64_t)start[d] >= (uint64_t)size[d])
            return false;
    return true;
}

static int run_slice(TfgKernelCall *c, TfgStatus *s)
{
    if (check_slice(c->in, s) < 0)
        return -1;
    const TfgTensor *indices = c->in[0];
    const int64_t *start = c->in[3]->data, *size = c->in[4]->data, *whole = c->in[2]->data;
    int64_t rank = indices->dims[1], n = 0;
    for (int64_t i = 0; i < indices->dims[0]; i++)
        n += in_slice(tfg_index_row(indices, i), start, size, rank);
    TfgTensor *to = tfg_kernel_output(c, 0, 2, (int64_t[]){n, rank}, s), *values = to ? tfg_kernel_output(c, 1, 1, &n, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2, 1, &rank, s) : NULL;
    if (!shape)
        return -1;
    for (int64_t d = 0; d < rank; d++) {
        int64_t end;
        bool inside = !__builtin_add_overflow(start[d], size[d], &end) && end < whole[d];
        ((int64_t *)shape->data)[d] = inside ? size[d] : (int64_t)((uint64_t)whole[d] - (uint64_t)start[d]);
    }
    for (int64_t i = 0, k = 0; i < indices->dims[0]; i++) {
        const int64_t *row = tfg_index_row(indices, i);
        if (!in_slice(row, start, size, rank))
            continue;
        for (int64_t d = 0; d < rank; d++)
            ((int64_t *)to->data)[k * rank + d] = row[d] - start[d];
        if (put(values, k++, c->in[1], i, s) < 0)
            return -1;
    }
    return 0;
}

static int check_slice_grad(TfgTensor *const *in, TfgStatus *s)
{
    TfgShapeText x, y;
    if (in[0]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input backprop_val_grad should be a vector but received shape: %s", tfg_shape_text(in[0], &x));
    if (in[1]->rank != 2 || in[3]->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input and output indices should be matrices but received shapes: %s and %s",
                        tfg_shape_text(in[1], &x), tfg_shape_text(in[3], &y));
    if (in[2]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The input_start should be a vector but received shape %s", tfg_shape_text(in[2], &x));
    if (in[1]->dims[1] != in[3]->dims[1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The input and output should have the same ndims: got: %lld and %lld", (long long)in[1]->dims[1],
                        (long long)in[3]->dims[1]);
    if (in[3]->dims[0] > in[1]->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "# rows of output_indices should be not greater than of input_indices, got %lld and %lld",
                        (long long)in[3]->dims[0], (long long)in[1]->dims[0]);
    if (in[0]->count != in[3]->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "# elements of backprop_val_grad and # rows of output_indices should match (#nnz of sum): got "
                        "%lld and %lld", (long long)in[0]->count, (long long)in[3]->dims[0]);
    if (in[2]->count != in[1]->dims[1])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected input_start to be a vector of length %lld but got length %lld",
                        (long long)in[1]->dims[1], (long long)in[2]->count);
    return 0;
}

static bool is_shifted(const int64_t *row, const int64_t *start, const int64_t *out, int64_t rank)
{
    for (int64_t d = 0; d < rank; d++)
        if ((uint64_t)row[d] != (uint64_t)start[d] + (uint64_t)out[d])
            return false;
    return true;
}

/* What was sliced keeps its order, so one walk over the input meets all of it. */
static int run_slice_grad(TfgKernelCall *c, TfgStatus *s)
{
    if (check_slice_grad(c->in, s) < 0)
        return -1;
    const TfgTensor *dy = c->in[0], *indices = c->in[1], *sliced = c->in[3];
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &indices->dims[0], s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    int64_t k = 0;
    for (int64_t i = 0; i < indices->dims[0] && k < dy->count; i++)
        if (is_shifted(tfg_index_row(indices, i), c->in[2]->data, tfg_index_row(sliced, k), indices->dims[1]))
            memcpy(tfg_at_mut(out, i), tfg_at(dy, k++), tfg_dtype_size(dy->dtype));
    if (k < dy->count)
        return tfg_fail(s, TFG_INTERNAL, "Elements of backprop_val_grad aren't all propagated. Num elements:%lld, used: %lld",
                        (long long)dy->count, (long long)k);
    return 0;
}

#define ROW(name, fn) {.op = name, .flags = TFG_KERNEL_VALUE_SHAPE, .run = fn}
static const TfgKernelRow rows[] = {
    ROW("SparseReorder", run_reorder), ROW("SparseReshape", run_reshape), ROW("SparseConcat", run_concat), ROW("SparseSplit", run_split),
    ROW("SparseSlice", run_slice),
    {.op = "SparseSliceGrad", .types = {{"T", TFG_TYPES_NUMBERS}}, .run = run_slice_grad},
};

const TfgKernelRow *tfg_kernels_sparse_move(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
