/* Sparse tensors as strings, three TensorProtos each, or as variants that hold the three tensors; and back. */
#include "base/memory.h"
#include "base/status.h"
#include "io/tensor_proto.h"
#include "kernels/isa.h"
#include "kernels/sparse.h"
#include "kernels/variant.h"

static int put_boxed(TfgTensor *t, TfgHandle **out, TfgStatus *s)
{
    *out = tfg_boxed_new_steal(tfg_tensor_ref(t), s);
    return *out ? 0 : -1;
}

static int put_text(const TfgTensor *t, TfgString *out, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    int rc = tfg_tensor_proto_write(t, t->count ? TFG_TENSOR_FORM_CONTENT : TFG_TENSOR_FORM_NO_VALUES, &text, s);
    if (rc == 0 && (text.failed || tfg_string_set(out, text.data, text.n) < 0))
        rc = tfg_fail_memory(s);
    tfg_str_fini(&text);
    return rc;
}

static int put(TfgTensor *t, TfgTensor *out, int64_t at, TfgStatus *s)
{
    return out->dtype == TFG_STRING ? put_text(t, (TfgString *)out->data + at, s) : put_boxed(t, (TfgHandle **)out->data + at, s);
}

static int run_serialize(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const kinds[] = {"indices should be a matrix", "values should be a vector", "shape should be a vector"};
    TfgShapeText text;
    for (int i = 0; i < 3; i++)
        if (c->in[i]->rank != (i == 0 ? 2 : 1))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s but received shape %s", kinds[i], tfg_shape_text(c->in[i], &text));
    TfgTensor *out = tfg_kernel_output(c, 0, 1, (int64_t[]){3}, s);
    for (int i = 0; i < 3; i++) {
        TfgTensor *part = out ? tfg_kernel_keep(c, i, s) : NULL;
        int rc = part ? put(part, out, i, s) : -1;
        tfg_tensor_unref(part);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int put_row(void *context, int64_t row, TfgTensor *const parts[3], TfgStatus *s)
{
    for (int i = 0; i < 3; i++)
        if (put(parts[i], context, 3 * row + i, s) < 0)
            return -1;
    return 0;
}

static int run_serialize_many(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *values = c->in[1], *shape = c->in[2];
    if (tfg_sparse_check_rows(indices, values, shape, s) < 0)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){tfg_tensor_int(shape, 0), 3}, s);
    return out ? tfg_sparse_each_row(indices, values, shape, put_row, out, s) : -1;
}

/* ---- Back --------------------------------------------------------------------------------------------------------------------------- */

static bool is_message(TfgWire w)
{
    TfgStatus why = TFG_STATUS_INIT;
    TfgField f;
    int more;
    while ((more = tfg_wire_next(&w, &f, &why)) > 0)
        ;
    tfg_status_fini(&why);
    return more == 0;
}

static TfgTensor *parse(const TfgString *e, TfgStatus *s)
{
    TfgProtoReader reader = TFG_PROTO_READER(NULL);
    TfgTensor *t = NULL;
    TfgStatus why = TFG_STATUS_INIT;
    TfgWire wire;
    tfg_wire_init(&wire, e->data, e->n);
    if (tfg_tensor_proto_read(&reader, wire, &t, NULL, &why) < 0) {
        t = NULL;
        tfg_wire_init(&wire, e->data, e->n);
        tfg_fail(s, TFG_INVALID_ARGUMENT, is_message(wire) ? "Could not construct tensor from proto" : "Could not parse serialized proto");
    }
    tfg_status_fini(&why);
    return t;
}

static TfgTensor *unbox(const TfgHandle *h, int64_t i, int part, TfgStatus *s)
{
    TfgTensor *t = tfg_boxed_tensor(h);
    if (t)
        return tfg_tensor_ref(t);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not get a tensor from serialized_sparse[%lld, %d]", (long long)i, part);
    return NULL;
}

static int read_part(const TfgTensor *in, int64_t i, int part, TfgSparseParts *p, TfgStatus *s)
{
    int64_t at = 3 * i + part;
    p->t[at] = in->dtype == TFG_STRING ? parse((const TfgString *)in->data + at, s) : unbox(((TfgHandle **)in->data)[at], i, part, s);
    return p->t[at] ? 0 : -1;
}

/* `named`: the number that the message gives the part. */
static int check_shape(const TfgTensor *t, int64_t i, int named, TfgStatus *s)
{
    TfgShapeText text;
    if (t->dtype != TFG_INT64)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized_sparse[%lld, %d] to be a vector of DT_INT64 but received dtype %s",
                        (long long)i, named, tfg_dtype_signature_name(t->dtype));
    return t->rank == 1 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized_sparse[%lld, %d] to be a shape vector but its shape is %s",
                                       (long long)i, named, tfg_shape_text(t, &text));
}

static int check_rank(const TfgTensor *t, int rank, int64_t i, int part, const char *what, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank == rank ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized_sparse[%lld, %d] to represent %s but received shape %s",
                                          (long long)i, part, what, tfg_shape_text(t, &text));
}

static int check_indices(const TfgTensor *t, int64_t i, TfgStatus *s)
{
    return t->dtype == TFG_INT64 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected serialized_sparse[%lld, 0] to be a matrix of DT_INT64 but "
                                                "received dtype %s", (long long)i, tfg_dtype_signature_name(t->dtype));
}

static int check_values(const TfgTensor *t, TfgDType dtype, int64_t i, TfgStatus *s)
{
    return t->dtype == dtype ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Requested SparseTensor of type %s but SparseTensor[%lld].values.dtype() == %s",
                                            tfg_dtype_signature_name(dtype), (long long)i, tfg_dtype_signature_name(t->dtype));
}

static int check_counts(TfgTensor *const t[3], int64_t i, TfgStatus *s)
{
    if (t[0]->dims[0] != t[1]->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected row counts of SparseTensor[%lld].indices and SparseTensor[%lld].values to match but "
                        "they do not: %lld vs. %lld", (long long)i, (long long)i, (long long)t[0]->dims[0], (long long)t[1]->count);
    if (t[0]->dims[1] != t[2]->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected column counts of SparseTensor[%lld].indices to match size of SparseTensor[%lld].shape "
                        "but they do not: %lld vs. %lld", (long long)i, (long long)i, (long long)t[0]->dims[1], (long long)t[2]->count);
    return 0;
}

static int join_rank(TfgSparseParts *p, int64_t i, TfgStatus *s)
{
    int64_t rank = p->t[3 * i + 2]->count;
    if (i > 0 && rank != p->rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Inconsistent shape across SparseTensors: rank prior to SparseTensor[%lld] was: %lld but rank of "
                        "SparseTensor[%lld] is: %lld", (long long)i, (long long)p->rank, (long long)i, (long long)rank);
    p->rank = rank;
    return 0;
}

static int read_strings(const TfgTensor *in, TfgDType dtype, TfgSparseParts *p, TfgStatus *s)
{
    for (int64_t i = 0; i < p->n; i++) {
        TfgTensor **t = p->t + 3 * i;
        if (read_part(in, i, 0, p, s) < 0 || read_part(in, i, 1, p, s) < 0 || read_part(in, i, 2, p, s) < 0
            || check_rank(t[0], 2, i, 0, "an index matrix", s) < 0 || check_rank(t[1], 1, i, 1, "a values vector", s) < 0
            || check_shape(t[2], i, 1, s) < 0 || check_indices(t[0], i, s) < 0 || check_values(t[1], dtype, i, s) < 0
            || check_counts(t, i, s) < 0 || join_rank(p, i, s) < 0)
            return -1;
        p->total += t[1]->count;
    }
    return 0;
}

/* Shapes first, then the rest: so TensorFlow finds what is wrong. */
static int read_variants(const TfgTensor *in, TfgDType dtype, TfgSparseParts *p, TfgStatus *s)
{
    for (int64_t i = 0; i < p->n; i++)
        if (read_part(in, i, 2, p, s) < 0 || check_shape(p->t[3 * i + 2], i, 2, s) < 0 || join_rank(p, i, s) < 0)
            return -1;
    for (int64_t i = 0; i < p->n; i++) {
        TfgTensor **t = p->t + 3 * i;
        if (read_part(in, i, 0, p, s) < 0 || check_indices(t[0], i, s) < 0 || check_rank(t[0], 2, i, 0, "an index matrix", s) < 0
            || read_part(in, i, 1, p, s) < 0 || check_rank(t[1], 1, i, 1, "a values vector", s) < 0 || check_values(t[1], dtype, i, s) < 0
            || check_counts(t, i, s) < 0)
            return -1;
        p->total += t[1]->count;
    }
    return 0;
}

static int deserialize(TfgKernelCall *c, const TfgTensor *in, TfgStatus *s)
{
    TfgSparseParts p = {.n = in->count / 3};
    p.t = tfg_calloc((size_t)p.n + 1, 3 * sizeof *p.t);
    int rc = !p.t ? tfg_fail_memory(s) : (in->dtype == TFG_STRING ? read_strings : read_variants)(in, c->out_dtype[1], &p, s) < 0 ? -1 : tfg_sparse_write_joined(c, in->rank - 1, in->dims, &p, s);
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
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Serialized sparse should have at least 1 serialized tensor, but has a zero dimension %s",
                        tfg_shape_text(in, &text));
    return deserialize(c, in, s);
}

static const TfgKernelRow rows[] = {
    {.op = "SerializeSparse", .types = {{"out_type", TFG_B(STRING) | TFG_B(VARIANT)}}, .run = run_serialize},
    {.op = "SerializeManySparse", .types = {{"out_type", TFG_B(STRING) | TFG_B(VARIANT)}}, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_serialize_many},
    {.op = "DeserializeSparse", .types = {{"Tserialized", TFG_B(STRING) | TFG_B(VARIANT)}}, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_deserialize},
    {.op = "DeserializeManySparse", .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_deserialize},
};

const TfgKernelRow *tfg_kernels_sparse_serialize(int *n)
{
    *n = (int)(sizeof rows / sizeof *rows);
    return rows;
}
