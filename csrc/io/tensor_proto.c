/* Layout, from the interface facts of 1.12.3:
 *   TensorProto: 1 dtype, 2 tensor_shape, 4 tensor_content, 5 float_val, 6 double_val, 7 int_val, 8 string_val, 9 scomplex_val,
 *                10 int64_val, 11 bool_val, 12 dcomplex_val, 13 half_val, 16 uint32_val, 17 uint64_val
 *   TensorShapeProto: 2 dim { 1 size, 2 name }, 3 unknown_rank
 * tensor_content holds the elements as they lie in memory; of strings, the lengths as varints, then the bytes.  Fewer values than
 * elements: the last value stands for the rest, and without any value all are zero. */
#include "io/tensor_proto.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "io/variant_data.h"

enum { F_DTYPE = 1, F_SHAPE = 2, F_CONTENT = 4, F_FLOAT = 5, F_DOUBLE = 6, F_INT = 7, F_STRING = 8, F_SCOMPLEX = 9, F_INT64 = 10,
       F_BOOL = 11, F_DCOMPLEX = 12, F_HALF = 13, F_UINT32 = 16, F_UINT64 = 17, F_VARIANT = 15 };

/* ---- shapes ---- */

void tfg_shape_proto_write(int rank, const int64_t *dims, TfgStr *out)
{
    if (rank < 0)
        tfg_put_int(out, 3, 1);
    for (int i = 0; i < rank; i++) {
        size_t mark = tfg_put_begin(out, 2, 0);
        tfg_put_int_unless_zero(out, 1, dims[i]);
        tfg_put_end(out, mark);
    }
}

static int read_dim(TfgWire w, int64_t *size, TfgStatus *s)
{
    TfgField f;
    int more;
    *size = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_VARINT))
            *size = (int64_t)f.value;
    return more;
}

static int fail_shape(TfgStatus *s, const TfgShape *shape, const char *what)
{
    TfgStr text = TFG_STR_INIT;
    for (int i = 0; i < shape->rank; i++) {
        tfg_str_putc(&text, i > 0 ? ',' : '[');
        if (shape->dims[i] == -1)
            tfg_str_putc(&text, '?');
        else
            tfg_str_printf(&text, "%lld", (long long)shape->dims[i]);
    }
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape %s] %s", tfg_str_text(&text), what);
    tfg_str_fini(&text);
    return -1;
}

/* The sizes as they stand, whatever they are. */
static int read_dims(TfgWire w, TfgShape *out, bool *unknown, TfgStatus *s)
{
    TfgField f;
    TfgWire inner;
    int more;
    out->rank = 0;
    *unknown = false;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, 3, TFG_WIRE_VARINT))
            *unknown = f.value != 0;
        if (!tfg_field_is(&f, 2, TFG_WIRE_BYTES))
            continue;
        if (out->rank == TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has more than %d dimensions", TFG_MAX_RANK);
        if (tfg_wire_enter(&w, &f, &inner, s) < 0 || read_dim(inner, &out->dims[out->rank], s) < 0)
            return -1;
        out->rank++;
    }
    return more;
}

int tfg_shape_proto_read(TfgWire w, TfgShape *out, TfgStatus *s)
{
    bool unknown;
    if (read_dims(w, out, &unknown, s) < 0)
        return -1;
    if (unknown && out->rank > 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "An unknown shape must not have any dimensions set.");
    for (int i = 0; i < out->rank; i++)
        if (out->dims[i] < -1)
            return fail_shape(s, out, "has dimensions with values below -1 (where -1 means unknown)");
    if (unknown)
        out->rank = -1;
    return 0;
}

/* A tensor's shape.  As in TensorFlow, unknown_rank says nothing there: without sizes it is a scalar. */
static int read_full_shape(TfgWire w, TfgShape *out, TfgStatus *s)
{
    bool unknown;
    if (read_dims(w, out, &unknown, s) < 0)
        return -1;
    for (int i = 0; i < out->rank; i++)
        if (out->dims[i] < 0)
            return fail_shape(s, out, "is not fully defined");
    return 0;
}

/* ---- fields by type ---- */

typedef struct Values {         /* where a dtype's values stand in the message */
    uint32_t field;
    TfgWireType wire;
    int per_element;            /* 2 for complex numbers */
    bool content;               /* TensorFlow writes more than one element as bytes */
} Values;

static Values values_of(TfgDType dtype)
{
    switch ((int)dtype) {
    case TFG_FLOAT: return (Values){F_FLOAT, TFG_WIRE_FIXED32, 1, true};
    case TFG_DOUBLE: return (Values){F_DOUBLE, TFG_WIRE_FIXED64, 1, true};
    case TFG_INT32: case TFG_INT16: case TFG_INT8: case TFG_UINT8:
    case TFG_QINT8: case TFG_QUINT8: case TFG_QINT16: case TFG_QUINT16: case TFG_QINT32:
        return (Values){F_INT, TFG_WIRE_VARINT, 1, true};
    case TFG_UINT16: return (Values){F_INT, TFG_WIRE_VARINT, 1, false};
    case TFG_INT64: return (Values){F_INT64, TFG_WIRE_VARINT, 1, true};
    case TFG_UINT32: return (Values){F_UINT32, TFG_WIRE_VARINT, 1, true};
    case TFG_UINT64: return (Values){F_UINT64, TFG_WIRE_VARINT, 1, true};
    case TFG_BOOL: return (Values){F_BOOL, TFG_WIRE_VARINT, 1, false};
    case TFG_HALF: case TFG_BFLOAT16: return (Values){F_HALF, TFG_WIRE_VARINT, 1, false};
    case TFG_COMPLEX64: return (Values){F_SCOMPLEX, TFG_WIRE_FIXED32, 2, false};
    case TFG_COMPLEX128: return (Values){F_DCOMPLEX, TFG_WIRE_FIXED64, 2, false};
    case TFG_STRING: return (Values){F_STRING, TFG_WIRE_BYTES, 1, false};
    default: return (Values){0, TFG_WIRE_BYTES, 0, false};
    }
}

/* Number i (halves of a complex one count) of the elements, as the wire has it. */
static uint64_t load(TfgDType dtype, const void *data, int64_t i)
{
    uint32_t u32;
    uint64_t u64;
    switch ((int)dtype) {
    case TFG_INT8: case TFG_QINT8: return (uint64_t)(int64_t)((const int8_t *)data)[i];
    case TFG_UINT8: case TFG_QUINT8: case TFG_BOOL: return ((const uint8_t *)data)[i];
    case TFG_INT16: case TFG_QINT16: return (uint64_t)(int64_t)((const int16_t *)data)[i];
    case TFG_UINT16: case TFG_QUINT16: case TFG_HALF: case TFG_BFLOAT16: return ((const uint16_t *)data)[i];
    case TFG_INT32: case TFG_QINT32: return (uint64_t)(int64_t)((const int32_t *)data)[i];
    case TFG_FLOAT: case TFG_COMPLEX64: case TFG_UINT32:
        memcpy(&u32, (const char *)data + 4 * i, 4);
        return u32;
    default:
        memcpy(&u64, (const char *)data + 8 * i, 8);
        return u64;
    }
}

static void store(TfgDType dtype, void *data, int64_t i, uint64_t v)
{
    uint32_t u32 = (uint32_t)v;
    switch ((int)dtype) {
    case TFG_BOOL: ((uint8_t *)data)[i] = v != 0; break;
    case TFG_INT8: case TFG_QINT8: case TFG_UINT8: case TFG_QUINT8: ((uint8_t *)data)[i] = (uint8_t)v; break;
    case TFG_INT16: case TFG_QINT16: case TFG_UINT16: case TFG_QUINT16: case TFG_HALF: case TFG_BFLOAT16:
        ((uint16_t *)data)[i] = (uint16_t)v;
        break;
    case TFG_INT32: case TFG_QINT32: case TFG_UINT32: case TFG_FLOAT: case TFG_COMPLEX64:
        memcpy((char *)data + 4 * i, &u32, 4);
        break;
    default: memcpy((char *)data + 8 * i, &v, 8); break;
    }
}

/* ---- writing ---- */

static void write_strings(const TfgTensor *t, int64_t n, TfgStr *out)
{
    const TfgString *e = t->data;
    for (int64_t i = 0; i < n; i++)
        tfg_put_bytes(out, F_STRING, e[i].data, e[i].n);
}

static void write_string_content(const TfgTensor *t, TfgStr *out)
{
    const TfgString *e = t->data;
    size_t mark = tfg_put_begin(out, F_CONTENT, tfg_tensor_proto_expect(t));
    for (int64_t i = 0; i < t->count; i++)
        tfg_put_varint(out, e[i].n);
    for (int64_t i = 0; i < t->count; i++)
        tfg_str_append(out, e[i].data, e[i].n);
    tfg_put_end(out, mark);
}

static void write_numbers(const TfgTensor *t, Values v, int64_t n, TfgStr *out)
{
    size_t width = v.wire == TFG_WIRE_FIXED32 ? 4 : 8;
    if (n == 0)
        return;
    n *= v.per_element;
    if (v.wire != TFG_WIRE_VARINT) {            /* little-endian in memory and on the wire */
        tfg_put_bytes(out, v.field, t->data, (size_t)n * width);
        return;
    }
    size_t mark = tfg_put_begin(out, v.field, (size_t)n);
    for (int64_t i = 0; i < n; i++)
        tfg_put_varint(out, load(t->dtype, t->data, i));
    tfg_put_end(out, mark);
}

size_t tfg_tensor_proto_expect(const TfgTensor *t)
{
    size_t n = 16 + 12 * (size_t)t->rank;
    if (t->dtype != TFG_STRING)
        return n + tfg_tensor_size(t->dtype, t->count);
    const TfgString *e = t->data;
    for (int64_t i = 0; i < t->count; i++)
        n += e[i].n + 1 + tfg_varint_size(e[i].n);
    return n;
}

size_t tfg_tensor_proto_least(const TfgTensor *t, int form)
{
    Values v = values_of(t->dtype);
    if (form == TFG_TENSOR_FORM_NO_VALUES)
        return 0;
    if (form <= 0 || form >= t->count)
        return t->dtype == TFG_STRING || (v.wire == TFG_WIRE_VARINT && (!v.content || form > 0)) ? (size_t)t->count
                                                                                          : tfg_tensor_size(t->dtype, t->count);
    return (size_t)form;
}

static int write_variants(const TfgTensor *t, TfgStr *out, TfgStatus *s)
{
    for (int64_t i = 0; i < t->count; i++) {
        size_t mark = tfg_put_begin(out, F_VARIANT, 0);
        if (tfg_variant_write(((TfgHandle *const *)t->data)[i], out, s) < 0)
            return -1;
        tfg_put_end(out, mark);
    }
    return out->failed ? tfg_fail_memory(s) : 0;
}

int tfg_tensor_proto_write(const TfgTensor *t, int form, TfgStr *out, TfgStatus *s)
{
    Values v = values_of(t->dtype);
    if (v.field == 0 && t->dtype != TFG_VARIANT)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "A tensor of type %s cannot be written into a TensorProto",
                        tfg_dtype_signature_name(t->dtype));
    tfg_put_int(out, F_DTYPE, (int64_t)t->dtype);
    size_t mark = tfg_put_begin(out, F_SHAPE, 0);
    tfg_shape_proto_write(t->rank, t->dims, out);
    tfg_put_end(out, mark);

    if (t->dtype == TFG_VARIANT)
        return write_variants(t, out, s);
    if (form == TFG_TENSOR_FORM_DEFAULT && v.content && t->count > 1)
        form = TFG_TENSOR_FORM_CONTENT;
    int64_t n = form > 0 && form < t->count ? form : t->count;
    if (form == TFG_TENSOR_FORM_NO_VALUES)
        n = 0;
    if (form == TFG_TENSOR_FORM_CONTENT && t->count == 0)
        return out->failed ? tfg_fail_memory(s) : 0;        /* no elements, no field */
    if (form == TFG_TENSOR_FORM_CONTENT && t->dtype == TFG_STRING)
        write_string_content(t, out);
    else if (form == TFG_TENSOR_FORM_CONTENT)
        tfg_put_bytes(out, F_CONTENT, t->data, tfg_tensor_size(t->dtype, t->count));
    else if (t->dtype == TFG_STRING)
        write_strings(t, n, out);
    else
        write_numbers(t, v, n, out);
    return out->failed ? tfg_fail_memory(s) : 0;
}

/* ---- reading ---- */

static int bad_tensor(TfgStatus *s, const char *what)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot parse tensor from tensor_proto: %s", what);
}

typedef struct Head {           /* what must be known before elements can be read */
    TfgDType dtype;
    TfgShape shape;
    TfgField content;
    bool has_content;
    int64_t count;
} Head;

static int read_head(const TfgProtoReader *r, TfgWire w, Head *h, TfgStatus *s)
{
    TfgField f;
    TfgWire inner;
    int more;
    int64_t dtype = 0;
    h->has_content = r->aside.n > 0;
    h->content = (TfgField){.data = (const uint8_t *)r->aside.data, .n = r->aside.n};
    tfg_shape_set_scalar(&h->shape);
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, F_DTYPE, TFG_WIRE_VARINT)) {
            dtype = (int64_t)f.value;
        } else if (tfg_field_is(&f, F_SHAPE, TFG_WIRE_BYTES)) {
            if (tfg_wire_enter(&w, &f, &inner, s) < 0 || read_full_shape(inner, &h->shape, s) < 0)
                return -1;
        } else if (tfg_field_is(&f, F_CONTENT, TFG_WIRE_BYTES)) {
            h->content = f;
            h->has_content = f.n > 0;
        }
    }
    if (more < 0)
        return -1;
    if (dtype <= 0 || dtype >= TFG_REF || !tfg_dtype_is_valid((int)dtype))
        return bad_tensor(s, "it has no valid dtype");
    h->dtype = (TfgDType)dtype;
    if (values_of(h->dtype).field == 0 && h->dtype != TFG_VARIANT)
        return bad_tensor(s, "tensors of resources cannot be read");
    h->count = tfg_shape_count(&h->shape);
    if (h->count < 0)
        return bad_tensor(s, "its shape is too large");
    return 0;
}

/* How many values of the dtype the message lists; strings count one to a field. */
static int count_values(TfgWire w, Values v, int64_t *n, TfgStatus *s)
{
    TfgField f;
    TfgPacked k;
    int more;
    *n = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.number != v.field)
            continue;
        if (v.wire == TFG_WIRE_BYTES)
            *n += f.type == TFG_WIRE_BYTES;
        else if (tfg_packed_init(&k, &f, v.wire))
            *n += (int64_t)tfg_packed_count(&k);
    }
    *n /= v.per_element;
    return more;
}

/* Takes from what may be expanded: the file holds `n` values, the tensor has `count` elements of `size` bytes. */
static int take_budget(TfgProtoReader *r, int64_t count, int64_t n, size_t size, TfgStatus *s)
{
    int64_t bytes;
    if (count <= n)
        return 0;
    if (__builtin_mul_overflow(count - n, (int64_t)size, &bytes) || bytes > r->expand_left)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED,
                        "A message of few values stands for tensors of more than %lld bytes", (long long)TFG_PROTO_EXPAND_BYTES);
    r->expand_left -= bytes;
    return 0;
}

/* The last of `n` elements stands for all behind it; zero where there is none. */
static void repeat_last(TfgTensor *t, int64_t n)
{
    size_t size = tfg_dtype_size(t->dtype), have = (size_t)n * size, all = (size_t)t->count * size;
    if (have == 0 && all > 0)
        memset(t->data, 0, all);
    if (have == 0)
        return;
    char *data = t->data, *from = data + have - size;
    for (size_t length = size; have < all; ) {
        size_t more = all - have < length ? all - have : length;
        memcpy(data + have, from, more);
        have += more;
        length += more;
    }
}

static int read_numbers(TfgWire w, Values v, TfgTensor *t, TfgStatus *s)
{
    TfgField f;
    TfgPacked k;
    uint64_t x;
    int more, got;
    int64_t i = 0, n = t->count * v.per_element;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.number != v.field || !tfg_packed_init(&k, &f, v.wire))
            continue;
        while (i < n && (got = tfg_packed_next(&k, &x, s)) != 0) {
            if (got < 0)
                return -1;
            store(t->dtype, t->data, i++, x);
        }
    }
    if (more < 0)
        return -1;
    repeat_last(t, i / v.per_element);
    return 0;
}

static int read_strings(TfgProtoReader *r, TfgWire w, TfgTensor *t, TfgStatus *s)
{
    TfgString *e = t->data;
    TfgField f;
    int more;
    int64_t i = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, F_STRING, TFG_WIRE_BYTES) && i < t->count)
            if (tfg_string_set(&e[i++], (const char *)f.data, f.n) < 0)
                return tfg_fail_memory(s);
    if (more < 0)
        return -1;
    if (i == 0 || e[i - 1].n == 0)
        return 0;               /* new elements are empty */
    const TfgString *last = &e[i - 1];
    if (take_budget(r, t->count, i, last->n, s) < 0)
        return -1;
    for (; i < t->count; i++)
        if (tfg_string_set(&e[i], last->data, last->n) < 0)
            return tfg_fail_memory(s);
    return 0;
}

static int read_string_content(const TfgField *content, TfgTensor *t, TfgStatus *s)
{
    TfgString *e = t->data;
    const uint8_t *lengths = content->data, *end = content->data + content->n;
    uint64_t n;
    for (int64_t i = 0; i < t->count; i++)
        if (!tfg_wire_varint(&lengths, end, &n))
            return bad_tensor(s, "tensor_content is cut off");
    const uint8_t *bytes = lengths;
    lengths = content->data;
    for (int64_t i = 0; i < t->count; i++) {
        tfg_wire_varint(&lengths, end, &n);
        if (n > (size_t)(end - bytes))
            return bad_tensor(s, "tensor_content is cut off");
        if (tfg_string_set(&e[i], (const char *)bytes, (size_t)n) < 0)
            return tfg_fail_memory(s);
        bytes += n;
    }
    return bytes == end ? 0 : bad_tensor(s, "tensor_content has more bytes than its shape asks for");
}

/* Says whether the content can hold the elements, before any are allocated. */
static int check_content(const Head *h, TfgStatus *s)
{
    if (h->dtype == TFG_STRING)
        return (uint64_t)h->count <= h->content.n ? 0 : bad_tensor(s, "tensor_content is cut off");
    if ((uint64_t)h->count > h->content.n || tfg_tensor_size(h->dtype, h->count) != h->content.n)
        return bad_tensor(s, "tensor_content has not the size its shape asks for");
    return 0;
}

static int form_of(const Head *h, Values v, int64_t n)
{
    bool default_content = v.content && h->count > 1;
    if (h->has_content)
        return default_content ? TFG_TENSOR_FORM_DEFAULT : TFG_TENSOR_FORM_CONTENT;
    if (h->count == 0)
        return TFG_TENSOR_FORM_DEFAULT;
    if (n == 0)
        return TFG_TENSOR_FORM_NO_VALUES;
    if (n >= h->count)
        n = h->count;
    return n == h->count && !default_content ? TFG_TENSOR_FORM_DEFAULT : n > INT32_MAX ? INT32_MAX : (int)n;
}

/* Variants come one by one, as many as the shape says. */
static int read_variants(const Head *h, TfgWire w, TfgTensor **out, TfgStatus *s)
{
    TfgWire look = w, inner;
    TfgField f;
    int more;
    int64_t n = 0;
    while ((more = tfg_wire_next(&look, &f, s)) > 0)
        n += tfg_field_is(&f, F_VARIANT, TFG_WIRE_BYTES);
    if (more < 0)
        return -1;
    if (n != h->count)
        return bad_tensor(s, "it has not as many variants as its shape asks for");
    TfgTensor *t = tfg_tensor_new(TFG_VARIANT, h->shape.rank, h->shape.dims, s);
    if (!t)
        return -1;
    TfgHandle **to = t->data;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (tfg_field_is(&f, F_VARIANT, TFG_WIRE_BYTES) && (tfg_wire_enter(&w, &f, &inner, s) < 0 || tfg_variant_read(inner, to++, s) < 0))
            break;
    if (more == 0) {
        *out = t;
        return 0;
    }
    tfg_tensor_unref(t);
    return -1;
}

int tfg_tensor_proto_read(TfgProtoReader *r, TfgWire w, TfgTensor **out, int *form, TfgStatus *s)
{
    Head h;
    int64_t n = 0;
    if (read_head(r, w, &h, s) < 0)
        return -1;
    Values v = values_of(h.dtype);
    if (form)
        *form = TFG_TENSOR_FORM_DEFAULT;
    if (h.dtype == TFG_VARIANT)
        return read_variants(&h, w, out, s);
    if (h.has_content ? check_content(&h, s) < 0
                      : count_values(w, v, &n, s) < 0 || take_budget(r, h.count, n, tfg_dtype_size(h.dtype), s) < 0)
        return -1;

    TfgTensor *t = tfg_tensor_new(h.dtype, h.shape.rank, h.shape.dims, s);
    int rc = -1;
    if (!t)
        return -1;
    if (h.has_content && h.dtype == TFG_BOOL) {
        for (int64_t i = 0; i < h.count; i++)           /* a C bool must be 0 or 1 */
            ((bool *)t->data)[i] = h.content.data[i] != 0;
        rc = 0;
    } else if (h.has_content && h.dtype != TFG_STRING) {
        tfg_parallel_copy(t->data, h.content.data, h.content.n);
        rc = 0;
    } else if (h.has_content) {
        rc = read_string_content(&h.content, t, s);
    } else {
        rc = h.dtype == TFG_STRING ? read_strings(r, w, t, s) : read_numbers(w, v, t, s);
    }
    if (rc < 0) {
        tfg_tensor_unref(t);
        return -1;
    }
    if (form)
        *form = form_of(&h, v, n);
    *out = t;
    return 0;
}
