/* Kernels of TensorArrays.  The three versions differ in their handles alone: strings by reference, strings, and resources. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/step_object.h"
#include "kernels/tensor_array.h"
#include "kernels/util.h"

static TfgTensorArray *take(TfgKernelCall *c, TfgStatus *s)
{
    return (TfgTensorArray *)tfg_step_object_take(c, 0, TFG_TENSOR_ARRAY_TYPE, TFG_TENSOR_ARRAY_CLASS, s);
}

static int give_back(TfgTensorArray *a, int rc)
{
    tfg_handle_unref(tfg_tensor_array_handle(a));
    return rc;
}

/* The flow orders what is done to an array; its value says nothing. */
static int give_flow(TfgKernelCall *c, int i, TfgStatus *s)
{
    TfgTensor *flow = i < c->n_out ? tfg_kernel_output(c, i, 0, NULL, s) : NULL;
    if (flow)
        *(float *)flow->data = 0;
    return flow || i >= c->n_out ? 0 : -1;
}

static int pass_flow(TfgKernelCall *c, TfgStatus *s) { return tfg_kernel_forward(c, c->n_in - 1, 0, s); }

static int check_scalar(const TfgTensor *t, const char *what, TfgStatus *s)
{
    TfgShapeText text;
    return t->rank == 0 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s must be scalar, but had shape: %s", what, tfg_shape_text(t, &text));
}

static int check_writes(const TfgTensorArray *a, const TfgTensor *value, TfgStatus *s)
{
    if (tfg_tensor_array_dtype(a) == value->dtype)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray dtype is %s but Op is trying to write dtype %s.",
                    tfg_dtype_signature_name(tfg_tensor_array_dtype(a)), tfg_dtype_signature_name(value->dtype));
}

static int check_reads(const TfgTensorArray *a, const TfgKernelCall *c, TfgStatus *s)
{
    TfgDType dtype = tfg_attrs_type(c->attrs, "dtype");
    if (tfg_tensor_array_dtype(a) == dtype)
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray dtype is %s but Op requested dtype %s.",
                    tfg_dtype_signature_name(tfg_tensor_array_dtype(a)), tfg_dtype_signature_name(dtype));
}

/* ---- making ---- */

static int run_new(TfgKernelCall *c, TfgStatus *s)
{
    if (check_scalar(c->in[0], "size", s) < 0)
        return -1;
    TfgTensorArraySpec spec = {
        .dtype = tfg_attrs_type(c->attrs, "dtype"), .size = tfg_tensor_int(c->in[0], 0), .dynamic_size = tfg_attrs_bool(c->attrs, "dynamic_size"),
        .clear_after_read = tfg_attrs_bool(c->attrs, "clear_after_read"),
        .identical_element_shapes = tfg_attrs_bool(c->attrs, "identical_element_shapes"),
    };
    tfg_attrs_shape(c->attrs, "element_shape", &spec.element_shape);
    if (spec.size < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Size should be >= 0.");
    char *name = tfg_step_object_name(c, "tensor_array_name");
    if (!name)
        return tfg_fail_memory(s);
    spec.name = name;
    TfgTensorArray *a = tfg_tensor_array_new(&spec, s);
    int rc = a ? tfg_step_object_give_steal(c, 0, name, TFG_TENSOR_ARRAY_CLASS, tfg_tensor_array_handle(a), s) : -1;
    tfg_free(name);
    return rc < 0 ? -1 : give_flow(c, 1, s);
}

static int read_prepended(const TfgKernelCall *c, TfgShape *prepend, TfgStatus *s)
{
    tfg_shape_set_scalar(prepend);
    if (c->n_in < 3)
        return 0;
    const TfgTensor *t = c->in[2];
    if (t->rank != 1 || t->count > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shape_to_prepend must be a vector of at most %d sizes", TFG_MAX_RANK);
    for (int64_t i = 0; i < t->count; i++) {
        prepend->dims[prepend->rank++] = tfg_tensor_int(t, i);
        if (tfg_tensor_int(t, i) < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %lld must be >= 0", (long long)tfg_tensor_int(t, i));
    }
    return 0;
}

static int run_grad(TfgKernelCall *c, TfgStatus *s)
{
    TfgBytes given = tfg_attrs_string(c->attrs, "source");
    char *source = tfg_strndup(given.n ? given.data : "", given.n);
    TfgShape prepend;
    TfgTensorArray *a = source ? take(c, s) : NULL;
    int rc = -1;
    if (!source)
        tfg_fail_memory(s);
    if (a && read_prepended(c, &prepend, s) == 0) {
        TfgTensorArray *grad = tfg_tensor_array_grad(a, source, &prepend, s);
        if (grad)
            rc = tfg_step_object_give_steal(c, 0, tfg_tensor_array_name(grad), TFG_TENSOR_ARRAY_CLASS, tfg_tensor_array_handle(grad), s);
    }
    tfg_free(source);
    if (a)
        give_back(a, 0);
    return rc < 0 ? -1 : give_flow(c, 1, s);
}

static int run_size(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (out)
        *(int32_t *)out->data = (int32_t)tfg_tensor_array_size(a);
    return give_back(a, out ? 0 : -1);
}

static int run_close(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    tfg_tensor_array_close(a);
    return give_back(a, 0);
}

/* ---- one element ---- */

static int run_write(TfgKernelCall *c, TfgStatus *s)
{
    if (check_scalar(c->in[1], "index", s) < 0)
        return -1;
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    TfgTensor *value = check_writes(a, c->in[2], s) == 0 ? tfg_kernel_keep(c, 2, s) : NULL;
    int rc = value ? tfg_tensor_array_write_steal(a, tfg_tensor_int(c->in[1], 0), value, s) : -1;
    return give_back(a, rc < 0 ? -1 : pass_flow(c, s));
}

static int run_read(TfgKernelCall *c, TfgStatus *s)
{
    if (check_scalar(c->in[1], "index", s) < 0)
        return -1;
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    if (check_reads(a, c, s) == 0)
        c->out[0] = tfg_tensor_array_read(a, tfg_tensor_int(c->in[1], 0), s);
    return give_back(a, c->out[0] ? 0 : -1);
}

/* ---- several elements ---- */

typedef struct Elements { TfgTensor **items; int64_t n; } Elements;

static void elements_fini(Elements *e)
{
    for (int64_t i = 0; e->items && i < e->n; i++)
        tfg_tensor_unref(e->items[i]);
    tfg_free(e->items);
}

/* Reads the elements of `indices` (NULL: the first n). */
static int read_elements(TfgTensorArray *a, const TfgTensor *indices, int64_t n, Elements *out, TfgStatus *s)
{
    if ((uint64_t)n > SIZE_MAX / sizeof(TfgTensor *) - 1 || !(out->items = tfg_calloc((size_t)n + 1, sizeof(TfgTensor *))))
        return tfg_fail_memory(s);
    for (; out->n < n; out->n++)
        if (!(out->items[out->n] = tfg_tensor_array_read(a, indices ? tfg_tensor_int(indices, out->n) : out->n, s)))
            return -1;
    return 0;
}

static const char *text_of(const TfgShape *shape, TfgStr *text)
{
    if (shape->rank < 0)
        tfg_str_puts(text, "<unknown>");
    else
        tfg_shape_format(shape, text);
    return tfg_str_text(text);
}

static int fail_shapes(const char *format_first, const TfgShape *a, const char *between, const TfgShape *b, const char *end, TfgStatus *s)
{
    TfgStr x = TFG_STR_INIT, y = TFG_STR_INIT;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "%s%s%s%s%s", format_first, text_of(a, &x), between, text_of(b, &y), end);
    tfg_str_fini(&x);
    tfg_str_fini(&y);
    return -1;
}

/* An empty result needs to be told its shape. */
static int give_empty(TfgKernelCall *c, const TfgShape *shape, const char *name, const char *doing, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK + 1] = {0};
    if (!tfg_shape_is_full(shape)) {
        TfgStr text = TFG_STR_INIT;
        tfg_fail(s, TFG_UNIMPLEMENTED, "TensorArray has size zero, but %s %s is not fully defined. Currently only static shapes are supported "
                 "when %s zero-size TensorArrays.", name, text_of(shape, &text), doing);
        tfg_str_fini(&text);
        return -1;
    }
    for (int i = 0; i < shape->rank; i++)
        dims[i + 1] = shape->dims[i];
    return tfg_kernel_output(c, 0, shape->rank + 1, dims, s) ? 0 : -1;
}

static int stack_elements(TfgKernelCall *c, const Elements *e, TfgStatus *s)
{
    TfgShape first, other, wanted;
    int64_t dims[TFG_MAX_RANK + 1] = {e->n};
    tfg_tensor_shape(e->items[0], &first);
    tfg_attrs_shape(c->attrs, "element_shape", &wanted);
    if (!tfg_shape_compatible(&wanted, &first))
        return fail_shapes("TensorArray was passed element_shape ", &wanted, " which does not match the Tensor at index 0: ", &first, "", s);
    for (int64_t i = 1; i < e->n; i++) {
        if (tfg_tensor_same_shape(e->items[0], e->items[i]))
            continue;
        char between[64];
        snprintf(between, sizeof between, " but index %lld has shape: ", (long long)i);
        tfg_tensor_shape(e->items[i], &other);
        return fail_shapes("TensorArray has inconsistent shapes.  Index 0 has shape: ", &first, between, &other, "", s);
    }
    if (first.rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions");
    for (int i = 0; i < first.rank; i++)
        dims[i + 1] = first.dims[i];
    TfgTensor *out = tfg_kernel_output(c, 0, first.rank + 1, dims, s);
    int64_t count = e->items[0]->count;
    for (int64_t i = 0; out && i < e->n; i++)
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, i * count), e->items[i]->data, count, s) < 0)
            return -1;
    return out ? 0 : -1;
}

/* Gather takes the elements of its indices, Pack all of them. */
static int run_gather(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->n_in > 2 ? c->in[1] : NULL;
    TfgShape shape;
    TfgShapeText text;
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    Elements e = {NULL, 0};
    int rc = -1;
    tfg_attrs_shape(c->attrs, "element_shape", &shape);
    if (check_reads(a, c, s) < 0 || tfg_tensor_array_merge_shape(a, &shape, s) < 0)
        goto done;
    if (indices && indices->rank != 1) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected indices to be a vector, but received shape: %s", tfg_shape_text(indices, &text));
        goto done;
    }
    int64_t n = indices ? indices->count : tfg_tensor_array_concat_size(a);
    if (n == 0)
        rc = give_empty(c, &shape, "element shape", "packing", s);
    else if (read_elements(a, indices, n, &e, s) == 0)
        rc = stack_elements(c, &e, s);
done:
    elements_fini(&e);
    return give_back(a, rc);
}

static void drop_first(const TfgTensor *t, TfgShape *rest)
{
    tfg_tensor_shape(t, rest);
    rest->rank--;
    for (int i = 0; i < rest->rank; i++)
        rest->dims[i] = rest->dims[i + 1];
}

static int check_row(const TfgTensor *t, int64_t i, const TfgShape *first, const TfgShape *wanted, TfgStatus *s)
{
    TfgShape rest, whole;
    char between[96];
    if (t->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Concat saw a scalar shape at index %lld but requires at least vectors.  Did you mean to call "
                        "pack?", (long long)i);
    drop_first(t, &rest);
    tfg_tensor_shape(t, &whole);
    if (i == 0 && !tfg_shape_compatible(wanted, &rest))
        return fail_shapes("TensorArray was passed element_shape_except0 ", wanted, " but index 0 has (excepting dimension 0) shape: ", &rest,
                           " which does not match.", s);
    if (i == 0 || tfg_shape_equal(first, &rest))
        return 0;
    snprintf(between, sizeof between, " but index %lld has (excepting dimension 0) shape: ", (long long)i);
    return fail_shapes("TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: ", first, between, &rest, "", s);
}

static int concat_elements(TfgKernelCall *c, const Elements *e, const TfgShape *wanted, TfgStatus *s)
{
    TfgShape first;
    int64_t dims[TFG_MAX_RANK + 1] = {0}, at = 0;
    tfg_shape_set_scalar(&first);
    for (int64_t i = 0; i < e->n; i++) {
        if (check_row(e->items[i], i, &first, wanted, s) < 0)
            return -1;
        if (i == 0)
            drop_first(e->items[0], &first);
        if (__builtin_add_overflow(dims[0], e->items[i]->dims[0], &dims[0]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray has too many rows");
    }
    for (int i = 0; i < first.rank; i++)
        dims[i + 1] = first.dims[i];
    TfgTensor *out = tfg_kernel_output(c, 0, first.rank + 1, dims, s), *lengths = out ? tfg_kernel_output(c, 1, 1, &e->n, s) : NULL;
    for (int64_t i = 0; lengths && i < e->n; i++) {
        ((int64_t *)lengths->data)[i] = e->items[i]->dims[0];
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, at), e->items[i]->data, e->items[i]->count, s) < 0)
            return -1;
        at += e->items[i]->count;
    }
    return lengths ? 0 : -1;
}

static int run_concat(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    TfgShape wanted;
    Elements e = {NULL, 0};
    int rc = -1;
    int64_t none = 0, n = tfg_tensor_array_concat_size(a);
    tfg_attrs_shape(c->attrs, "element_shape_except0", &wanted);
    if (check_reads(a, c, s) < 0)
        return give_back(a, -1);
    if (n == 0)
        rc = give_empty(c, &wanted, "element_shape_except0", "concatenating", s) < 0 || !tfg_kernel_output(c, 1, 1, &none, s) ? -1 : 0;
    else if (read_elements(a, NULL, n, &e, s) == 0)
        rc = concat_elements(c, &e, &wanted, s);
    elements_fini(&e);
    return give_back(a, rc);
}

/* Elements [begin, begin + count) of value, as a tensor of its own. */
static TfgTensor *piece(const TfgTensor *value, int64_t begin, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(value->dtype, rank, dims, s);
    if (t && tfg_copy_elements(value->dtype, t->data, tfg_at(value, begin), t->count, s) < 0) {
        tfg_tensor_unref(t);
        t = NULL;
    }
    return t;
}

static int write_rows(TfgTensorArray *a, const TfgTensor *indices, const TfgTensor *value, TfgStatus *s)
{
    int64_t rows = value->dims[0], each = rows ? value->count / rows : 0;
    for (int64_t i = 0; i < rows; i++) {
        TfgTensor *t = piece(value, i * each, value->rank - 1, value->dims + 1, s);
        if (!t || tfg_tensor_array_write_steal(a, indices ? tfg_tensor_int(indices, i) : i, t, s) < 0)
            return -1;
    }
    return 0;
}

static int check_scatter(TfgTensorArray *a, const TfgTensor *indices, const TfgTensor *value, TfgStatus *s)
{
    TfgShapeText text;
    int64_t most = -1, size = tfg_tensor_array_size(a);
    if (check_writes(a, value, s) < 0)
        return -1;
    if (value->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input value for unpack must be at least a vector but received shape: %s",
                        tfg_shape_text(value, &text));
    if (value->dims[0] > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tensor dim0 too large to unpack");
    if (!indices) {
        if (tfg_tensor_array_is_dynamic(a) && size < value->dims[0])
            size = value->dims[0];
        return value->dims[0] == size ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Input value must have first dimension equal to the array size "
                                                     "(%lld vs. %lld)", (long long)value->dims[0], (long long)size);
    }
    if (indices->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected indices to be a vector, but received shape: %s", tfg_shape_text(indices, &text));
    if (indices->count != value->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected len(indices) == values.shape[0], but saw: %lld vs. %lld", (long long)indices->count,
                        (long long)value->dims[0]);
    for (int64_t i = 0; i < indices->count; i++)
        most = tfg_tensor_int(indices, i) > most ? tfg_tensor_int(indices, i) : most;
    if (most >= size && !tfg_tensor_array_is_dynamic(a))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Max scatter index must be < array size (%lld vs. %lld)", (long long)most, (long long)size);
    return 0;
}

/* Scatter writes the rows of a tensor to its indices, Unpack to 0, 1, 2 ... */
static int scatter(TfgKernelCall *c, const TfgTensor *indices, const TfgTensor *value, TfgStatus *s)
{
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    int rc = check_scatter(a, indices, value, s);
    if (rc == 0 && !indices)
        tfg_tensor_array_mark_size(a, value->dims[0]);
    if (rc == 0)
        rc = write_rows(a, indices, value, s);
    return give_back(a, rc < 0 ? -1 : pass_flow(c, s));
}

static int run_scatter(TfgKernelCall *c, TfgStatus *s) { return scatter(c, c->in[1], c->in[2], s); }
static int run_unpack(TfgKernelCall *c, TfgStatus *s) { return scatter(c, NULL, c->in[1], s); }

static int check_split(TfgTensorArray *a, const TfgTensor *value, const TfgTensor *lengths, TfgStatus *s)
{
    TfgShapeText text;
    int64_t total = 0, size = tfg_tensor_array_size(a);
    if (lengths->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected lengths to be a vector, received shape: %s", tfg_shape_text(lengths, &text));
    if (lengths->count > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected lengths to have < max int32 entries");
    for (int64_t i = 0; i < lengths->count; i++) {
        int64_t n = tfg_tensor_int(lengths, i);
        if (n < 0 || __builtin_add_overflow(total, n, &total))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected lengths to be at least 0, but length %lld is %lld", (long long)i, (long long)n);
    }
    if (value->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected value to be at least a vector, but received shape: %s", tfg_shape_text(value, &text));
    if (total != value->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is %lld and value's "
                        "shape is: %s", (long long)total, tfg_shape_text(value, &text));
    if (tfg_tensor_array_is_dynamic(a) && size < lengths->count)
        size = lengths->count;
    if (size != lengths->count)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray's size is not equal to the size of lengths (%lld vs. %lld), and the TensorArray is "
                        "not marked as dynamically resizeable", (long long)size, (long long)lengths->count);
    return check_writes(a, value, s);
}

static int write_split(TfgTensorArray *a, const TfgTensor *value, const TfgTensor *lengths, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK + 1], at = 0, each = value->dims[0] ? value->count / value->dims[0] : 0;
    for (int k = 0; k < value->rank; k++)
        dims[k] = value->dims[k];
    tfg_tensor_array_mark_size(a, lengths->count);
    for (int64_t i = 0; i < lengths->count; i++) {
        dims[0] = tfg_tensor_int(lengths, i);
        TfgTensor *t = piece(value, at, value->rank, dims, s);
        if (!t || tfg_tensor_array_write_steal(a, i, t, s) < 0)
            return -1;
        at += dims[0] * each;
    }
    return 0;
}

static int run_split(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensorArray *a = take(c, s);
    if (!a)
        return -1;
    int rc = check_split(a, c->in[1], c->in[2], s) < 0 ? -1 : write_split(a, c->in[1], c->in[2], s);
    return give_back(a, rc < 0 ? -1 : pass_flow(c, s));
}

/* ---- rows ---- */

#define ALL_VERSIONS(verb, fn, rules)                                                   \
    {.op = "TensorArray" verb, .run = fn, rules}, {.op = "TensorArray" verb "V2", .run = fn, rules}, {.op = "TensorArray" verb "V3", .run = fn, rules}
#define MAKES .host_in = 3, .host_out = 1, .flags = TFG_KERNEL_VALUE_SHAPE
#define READS .host_in = 3, .flags = TFG_KERNEL_VALUE_SHAPE
#define WRITES .host_in = 3
#define SPLITS .host_in = 5

static const TfgKernelRow rows[] = {
    {.op = "TensorArray", .run = run_new, MAKES}, {.op = "TensorArrayV2", .run = run_new, MAKES}, {.op = "TensorArrayV3", .run = run_new, MAKES},
    ALL_VERSIONS("Grad", run_grad, MAKES), {.op = "TensorArrayGradWithShape", .run = run_grad, MAKES},
    ALL_VERSIONS("Write", run_write, WRITES), ALL_VERSIONS("Read", run_read, READS), ALL_VERSIONS("Gather", run_gather, READS),
    ALL_VERSIONS("Scatter", run_scatter, WRITES), ALL_VERSIONS("Concat", run_concat, READS), ALL_VERSIONS("Split", run_split, SPLITS),
    ALL_VERSIONS("Size", run_size, WRITES), ALL_VERSIONS("Close", run_close, WRITES),
    {.op = "TensorArrayPack", .run = run_gather, READS}, {.op = "TensorArrayUnpack", .run = run_unpack, WRITES},
};

int tfg_register_kernels_tensor_array(TfgStatus *s);
int tfg_register_kernels_tensor_array(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
