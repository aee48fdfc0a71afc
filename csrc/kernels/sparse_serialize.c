/* Sparse tensors as strings, three TensorProtos each, and back. */
#include "base/memory.h"
#include "base/status.h"
#include "io/tensor_proto.h"
#include "kernels/isa.h"
#include "kernels/sparse.h"

static int write_tensor(const TfgTensor *t, TfgTensor *out, int64_t at, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    int rc = tfg_tensor_proto_write(t, t->dtype == TFG_STRING ? TFG_TENSOR_FORM_DEFAULT : TFG_TENSOR_FORM_CONTENT, &text, s);
    if (rc == 0 && (text.failed || tfg_string_set((TfgString *)out->data + at, text.data, text.n) < 0))
        rc = tfg_fail_memory(s);
    tfg_str_fini(&text);
    return rc;
}

static int run_serialize(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const kinds[] = {"indices should be a matrix", "values should be a vector", "shape should be a vector"};
    TfgShapeText text;
    for (int i = 0; i < 3; i++)
        if (c->in[i]->rank != (i == 0 ? 2 : 1))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s but received shape %s", kinds[i], tfg_shape_text(c->in[i], &text));
    TfgTensor *out = tfg_kernel_output(c, 0, 1, (int64_t[]){3}, s);
    for (int i = 0; i < 3; i++)
        if (!out || write_tensor(c->in[i], out, i, s) < 0)
            return -1;
    return 0;
}

/* ---- SerializeManySparse ------------------------------------------------------------------------------------------------------------ */

static int compare_first(const void *context, int64_t i, int64_t j)
{
    const TfgTensor *indices = context;
    int64_t a = tfg_index_row(indices, i)[0], b = tfg_index_row(indices, j)[0];
    return a < b ? -1 : a > b;
}

/* Elements `begin` to `end` of the order, without their first index, as row `at` of the output. */
static int write_row(const TfgKernelCall *c, const int64_t *order, int64_t begin, int64_t end, const TfgTensor *shape, TfgTensor *out, int64_t at,
                     TfgStatus *s)
{
    int64_t n = end - begin, rank = c->in[0]->dims[1] - 1;
    TfgTensor *indices = tfg_tensor_new(TFG_INT64, 2, (int64_t[]){n, rank}, s), *values = indices ? tfg_tensor_new(c->in[1]->dtype, 1, &n, s) : NULL;
    int rc = values ? 0 : -1;
    for (int64_t i = 0; rc == 0 && i < n; i++) {
        memcpy((int64_t *)indices->data + i * rank, tfg_index_row(c->in[0], order[begin + i]) + 1, (size_t)rank * sizeof(int64_t));
        rc = tfg_copy_elements(values->dtype, tfg_at_mut(values, i), tfg_at(c->in[1], order[begin + i]), 1, s);
    }
    if (rc == 0)
        rc = write_tensor(indices, out, 3 * at, s) < 0 || write_tensor(values, out, 3 * at + 1, s) < 0 || write_tensor(shape, out, 3 * at + 2, s) < 0
                 ? -1 : 0;
    tfg_tensor_unref(indices);
    tfg_tensor_unref(values);
    return rc;
}

static int run_serialize_many(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *shape = c->in[2];
    if (tfg_sparse_check(indices, c->in[1], shape, s) < 0)
        return -1;
    if (shape->count < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Rank of input SparseTensor should be > 1, but saw rank: %lld", (long long)shape->count);
    int64_t n = tfg_tensor_int(shape, 0), rank = shape->count - 1;
    for (int64_t i = 0; i < indices->dims[0]; i++)
        if (tfg_index_row(indices, i)[0] < 0 || tfg_index_row(indices, i)[0] >= n)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Received unexpected column value in sparse_indices: %lld, N: %lld",
                            (long long)tfg_index_row(indices, i)[0], (long long)n);
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){n, 3}, s);
    int64_t *order = out ? tfg_sort_order(c, indices->dims[0], compare_first, indices, s) : NULL;
    TfgTensor *rest = order ? tfg_tensor_wrap_steal(TFG_INT64, 1, &rank, (int64_t *)shape->data + 1, NULL, s) : NULL;
    int rc = rest ? 0 : -1;
    for (int64_t row = 0, begin = 0, end; rc == 0 && row < n; row++, begin = end) {
        for (end = begin; end < indices->dims[0] && tfg_index_row(indices, order[end])[0] == row; end++)
            ;
        rc = write_row(c, order, begin, end, rest, out, row, s);
    }
    tfg_tensor_unref(rest);
    return rc;
}

/* ---- Back --------------------------------------------------------------------------------------------------------------------------- */

static TfgTensor *read_tensor(const TfgTensor *in, int64_t at, TfgDType dtype, int rank, const char *what, TfgStatus *s)
{
    const TfgString *e = (const TfgString *)in->data + at;
    TfgProtoReader reader = TFG_PROTO_READER(NULL);
    TfgTensor *t = NULL;
    TfgShapeText text;
    TfgStatus why = TFG_STATUS_INIT;
    TfgWire wire;
    tfg_wire_init(&wire, e->data, e->n);
    if (tfg_tensor_proto_read(&reader, wire, &t, NULL, &why) < 0) {
        tfg_status_fini(&why);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not construct tensor serialized_sparse[%lld, %lld] from serialized proto", (long long)(at / 3),
                 (long long)(at % 3));
        return NULL;
    }
    if (t->dtype != dtype)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested SparseTensor of type %s but SparseTensor[%lld].%s.dtype() == %s", tfg_dtype_signature_name(dtype),
                 (long long)(at / 3), what, tfg_dtype_signature_name(t->dtype));
    else if (t->rank != rank)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized_sparse[%lld, %lld] to represent a %s but received shape %s", (long long)(at / 3),
                 (long long)(at % 3), rank == 2 ? "matrix" : "vector", tfg_shape_text(t, &text));
    else
        return t;
    tfg_tensor_unref(t);
    return NULL;
}

typedef struct Parts {
    int64_t n, rank, total;     /* tensors, dimensions of each, elements together */
    TfgTensor **t;              /* indices, values and shape of each */
} Parts;

static int read_parts(const TfgTensor *in, TfgDType dtype, Parts *p, TfgStatus *s)
{
    for (int64_t i = 0; i < p->n; i++) {
        TfgTensor **t = p->t + 3 * i;
        if (!(t[0] = read_tensor(in, 3 * i, TFG_INT64, 2, "indices", s)) || !(t[1] = read_tensor(in, 3 * i + 1, dtype, 1, "values", s))
            || !(t[2] = read_tensor(in, 3 * i + 2, TFG_INT64, 1, "shape", s)))
            return -1;
        if (t[0]->dims[0] != t[1]->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected row counts of SparseTensor[%lld].indices and SparseTensor[%lld].values to match but "
                            "they do not: %lld vs. %lld", (long long)i, (long long)i, (long long)t[0]->dims[0], (long long)t[1]->count);
        if (t[0]->dims[1] != t[2]->count)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected column counts of SparseTensor[%lld].indices to match size of SparseTensor[%lld].shape "
                            "but they do not: %lld vs. %lld", (long long)i, (long long)i, (long long)t[0]->dims[1], (long long)t[2]->count);
        if (i > 0 && t[2]->count != p->rank)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inconsistent rank across SparseTensors: rank prior to SparseTensor[%lld] was: %lld but rank of "
                            "SparseTensor[%lld] is: %lld", (long long)i, (long long)p->rank, (long long)i, (long long)t[2]->count);
        p->rank = t[2]->count;
        p->total += t[1]->count;
    }
    return 0;
}

/* Everything under the dimensions that the strings had in front of their 3. */
static int write_joined(TfgKernelCall *c, const TfgTensor *in, const Parts *p, TfgStatus *s)
{
    int64_t front = in->rank - 1, rank = front + p->rank, at = 0;
    TfgTensor *indices = tfg_kernel_output(c, 0, 2, (int64_t[]){p->total, rank}, s), *values = indices ? tfg_kernel_output(c, 1, 1, &p->total, s) : NULL;
    TfgTensor *shape = values ? tfg_kernel_output(c, 2, 1, &rank, s) : NULL;
    if (!shape)
        return -1;
    int64_t *sizes = shape->data;
    memset(sizes, 0, tfg_tensor_nbytes(shape));
    memcpy(sizes, in->dims, (size_t)front * sizeof *sizes);
    for (int64_t i = 0; i < p->n; i++) {
        TfgTensor *const *t = p->t + 3 * i;
        for (int64_t d = 0; d < p->rank; d++)
            sizes[front + d] = tfg_tensor_int(t[2], d) > sizes[front + d] ? tfg_tensor_int(t[2], d) : sizes[front + d];
        for (int64_t k = 0; k < t[1]->count; k++, at++) {
            int64_t *to = (int64_t *)indices->data + at * rank, left = i;
            for (int64_t d = front - 1; d >= 0; d--) {
                to[d] = left % in->dims[d];
                left /= in->dims[d];
            }
            if (p->rank)
                memcpy(to + front, tfg_index_row(t[0], k), (size_t)p->rank * sizeof *to);
            if (tfg_copy_elements(values->dtype, tfg_at_mut(values, at), tfg_at(t[1], k), 1, s) < 0)
                return -1;
        }
    }
    return 0;
}

static int deserialize(TfgKernelCall *c, const TfgTensor *in, TfgStatus *s)
{
    Parts p = {.n = in->count / 3};
    p.t = tfg_calloc((size_t)p.n + 1, 3 * sizeof *p.t);
    int rc = !p.t ? tfg_fail_memory(s) : read_parts(in, c->out_dtype[1], &p, s) < 0 ? -1 : write_joined(c, in, &p, s);
    for (int64_t i = 0; p.t && i < 3 * p.n; i++)
        tfg_tensor_unref(p.t[i]);
    tfg_free(p.t);
    return rc;
}

static int run_deserialize(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Serialized sparse should have non-zero rank %s", tfg_shape_text(in, &text));
    if (in->dims[in->rank - 1] != 3)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Serialized sparse should have 3 as the last dimension %s", tfg_shape_text(in, &text));
    if (in->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Must have at least 1 serialized SparseTensor, but input shape has a 0 dimension: %s",
                        tfg_shape_text(in, &text));
    return deserialize(c, in, s);
}

static int run_deserialize_many(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "serialized_sparse must be a matrix %s", tfg_shape_text(in, &text));
    return run_deserialize(c, s);
}

static const TfgKernelRow rows[] = {
    {.op = "SerializeSparse", .types = {{"out_type", TFG_B(STRING)}}, .run = run_serialize},
    {.op = "SerializeManySparse", .types = {{"out_type", TFG_B(STRING)}}, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_serialize_many},
    {.op = "DeserializeSparse", .types = {{"Tserialized", TFG_B(STRING)}}, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_deserialize},
    {.op = "DeserializeManySparse", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_deserialize_many},
};

const TfgKernelRow *tfg_kernels_sparse_serialize(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
