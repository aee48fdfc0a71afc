/* Layout: AttrValue is one of 1 list, 2 s, 3 i, 4 f, 5 b, 6 type, 7 shape, 8 tensor, 9 placeholder, 10 func;
 * ListValue has the same numbers but func = 9; NameAttrList is 1 name, 2 attr (a map: entries of 1 key, 2 value). */
#include "io/attr_value.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

enum { F_LIST = 1, F_S = 2, F_I = 3, F_F = 4, F_B = 5, F_TYPE = 6, F_SHAPE = 7, F_TENSOR = 8, F_PLACEHOLDER = 9, F_FUNC = 10,
       F_LIST_FUNC = 9 };
enum { MAX_ATTRS = 4096 };      /* of one node: they are looked for one by one */

/* ---- writing ---- */

static void write_dims(const TfgDims *shape, uint32_t field, TfgStr *out)
{
    size_t mark = tfg_put_begin(out, field, 0);
    tfg_shape_proto_write(shape ? shape->rank : -1, shape ? shape->dims : NULL, out);
    tfg_put_end(out, mark);
}

static int write_tensor(const TfgTensor *t, int form, uint32_t field, TfgStr *out, TfgStatus *s)
{
    size_t mark = tfg_put_begin(out, field, tfg_tensor_proto_expect(t));
    int rc = tfg_tensor_proto_write(t, form, out, s);
    tfg_put_end(out, mark);
    return rc;
}

static int write_func(const TfgFuncAttr *func, uint32_t field, TfgStr *out, TfgStatus *s)
{
    size_t mark = tfg_put_begin(out, field, 0);
    tfg_put_text_unless_empty(out, 1, func->name);
    int rc = tfg_attrs_write(&func->attrs, NULL, 2, out, s);
    tfg_put_end(out, mark);
    return rc;
}

static int write_single(const TfgAttr *a, TfgStr *out, TfgStatus *s)
{
    switch ((TfgAttrKind)a->kind) {
    case TFG_ATTR_NONE: break;
    case TFG_ATTR_STRING: tfg_put_bytes(out, F_S, a->s.data, a->s.n); break;
    case TFG_ATTR_INT: tfg_put_int(out, F_I, a->i); break;
    case TFG_ATTR_FLOAT: tfg_put_float(out, F_F, a->f); break;
    case TFG_ATTR_BOOL: tfg_put_int(out, F_B, a->b); break;
    case TFG_ATTR_TYPE: tfg_put_int(out, F_TYPE, (int64_t)a->type); break;
    case TFG_ATTR_SHAPE: write_dims(a->shape, F_SHAPE, out); break;
    case TFG_ATTR_TENSOR: return write_tensor(a->tensor, a->n, F_TENSOR, out, s);
    case TFG_ATTR_PLACEHOLDER: tfg_put_bytes(out, F_PLACEHOLDER, a->s.data, a->s.n); break;
    case TFG_ATTR_FUNC: return write_func(a->func, F_FUNC, out, s);
    }
    return 0;
}

static void write_packed(const TfgAttr *a, TfgStr *out)
{
    uint32_t field = a->kind == TFG_ATTR_INT ? F_I : a->kind == TFG_ATTR_BOOL ? F_B : F_TYPE;
    size_t mark = tfg_put_begin(out, field, 0);
    for (int32_t i = 0; i < a->n; i++)
        tfg_put_varint(out, a->kind == TFG_ATTR_INT ? (uint64_t)a->list_i[i]
                            : a->kind == TFG_ATTR_BOOL ? (uint64_t)a->list_b[i] : (uint64_t)a->list_type[i]);
    tfg_put_end(out, mark);
}

static int write_elements(const TfgAttr *a, TfgStr *out, TfgStatus *s)
{
    int rc = 0;
    switch ((TfgAttrKind)a->kind) {
    case TFG_ATTR_INT: case TFG_ATTR_BOOL: case TFG_ATTR_TYPE:
        write_packed(a, out);
        break;
    case TFG_ATTR_FLOAT:
        tfg_put_bytes(out, F_F, a->list_f, (size_t)a->n * sizeof *a->list_f);
        break;
    case TFG_ATTR_STRING:
        for (int32_t i = 0; i < a->n; i++)
            tfg_put_bytes(out, F_S, a->list_s[i].data, a->list_s[i].n);
        break;
    case TFG_ATTR_SHAPE:
        for (int32_t i = 0; i < a->n; i++)
            write_dims(a->list_shape[i], F_SHAPE, out);
        break;
    case TFG_ATTR_TENSOR:
        for (int32_t i = 0; i < a->n && rc == 0; i++)
            rc = write_tensor(a->list_tensor[i], TFG_TENSOR_FORM_DEFAULT, F_TENSOR, out, s);
        break;
    case TFG_ATTR_FUNC:
        for (int32_t i = 0; i < a->n && rc == 0; i++)
            rc = write_func(a->list_func[i], F_LIST_FUNC, out, s);
        break;
    case TFG_ATTR_NONE: case TFG_ATTR_PLACEHOLDER:
        break;
    }
    return rc;
}

int tfg_attr_write(const TfgAttr *a, TfgStr *out, TfgStatus *s)
{
    int rc = 0;
    if (a->is_list) {
        size_t mark = tfg_put_begin(out, F_LIST, 0);
        if (a->n > 0)
            rc = write_elements(a, out, s);
        tfg_put_end(out, mark);
    } else {
        rc = write_single(a, out, s);
    }
    if (rc == 0 && out->failed)
        return tfg_fail_memory(s);
    return rc;
}

static size_t attr_expect(const TfgAttr *a)
{
    if (a->kind != TFG_ATTR_TENSOR)
        return 0;
    if (!a->is_list)
        return tfg_tensor_proto_expect(a->tensor) + 8;
    size_t n = 0;
    for (int32_t i = 0; i < a->n; i++)
        n += tfg_tensor_proto_expect(a->list_tensor[i]) + 8;
    return n;
}

static int write_entry(const TfgNamedAttr *a, uint32_t field, TfgStr *out, TfgStatus *s)
{
    size_t expect = attr_expect(&a->value);
    size_t entry = tfg_put_begin(out, field, expect ? expect + strlen(a->name) + 8 : 0);
    tfg_put_text(out, 1, a->name);
    size_t value = tfg_put_begin(out, 2, expect);
    int rc = tfg_attr_write(&a->value, out, s);
    tfg_put_end(out, value);
    tfg_put_end(out, entry);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const TfgNamedAttr *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

int tfg_attrs_write(const TfgAttrs *attrs, const TfgNamedAttr *extra, uint32_t field, TfgStr *out, TfgStatus *s)
{
    const TfgNamedAttr *few[16], **order = few;
    size_t n = 0, most = (size_t)attrs->n + 1;
    int rc = 0;
    if (most > sizeof few / sizeof *few && !(order = tfg_alloc(most * sizeof *order)))
        return tfg_fail_memory(s);
    for (int32_t i = 0; i < attrs->n; i++)
        if (!extra || strcmp(attrs->items[i].name, extra->name) != 0)
            order[n++] = &attrs->items[i];
    if (extra)
        order[n++] = extra;
    if (n > 1)
        qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = write_entry(order[i], field, out, s);
    if (order != few)
        tfg_free(order);
    return rc;
}

/* ---- reading ---- */

static int read_bytes(TfgProtoReader *r, const TfgField *f, TfgBytes *out, TfgStatus *s)
{
    char *copy = tfg_arena_alloc(r->arena, f->n + 1);           /* a NUL behind, for whoever takes it for text */
    if (!copy)
        return tfg_fail_memory(s);
    if (f->n > 0)
        memcpy(copy, f->data, f->n);
    *out = (TfgBytes){copy, f->n};
    return 0;
}

static int read_shape(TfgProtoReader *r, const TfgWire *w, const TfgField *f, const TfgDims **out, TfgStatus *s)
{
    TfgWire inner;
    TfgShape shape;
    if (tfg_wire_enter(w, f, &inner, s) < 0 || tfg_shape_proto_read(inner, &shape, s) < 0)
        return -1;
    *out = tfg_dims_new(r->arena, &shape);
    return *out || shape.rank < 0 ? 0 : tfg_fail_memory(s);
}

static int read_tensor(TfgProtoReader *r, const TfgWire *w, const TfgField *f, TfgTensor **out, int *form, TfgStatus *s)
{
    TfgWire inner;
    return tfg_wire_enter(w, f, &inner, s) < 0 ? -1 : tfg_tensor_proto_read(r, inner, out, form, s);
}

static int read_func(TfgProtoReader *r, const TfgWire *w, const TfgField *f, const TfgFuncAttr **out, TfgStatus *s)
{
    TfgWire inner, entry;
    TfgField g;
    int more = -1;
    int32_t capacity = 0;
    TfgFuncAttr *func = tfg_arena_alloc(r->arena, sizeof *func);
    if (!func)
        return tfg_fail_memory(s);
    func->name = "";
    if (tfg_wire_enter(w, f, &inner, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&inner, &g, s)) > 0) {
        if (g.number == 1 && tfg_field_is_text(&g)) {
            if (!(func->name = tfg_arena_strndup(r->arena, (const char *)g.data, g.n))) {
                more = tfg_fail_memory(s);
                break;
            }
        } else if (tfg_field_is(&g, 2, TFG_WIRE_BYTES)) {
            if (tfg_wire_enter(&inner, &g, &entry, s) < 0 || tfg_attrs_read_entry(r, entry, &func->attrs, &capacity, s) < 0) {
                more = -1;
                break;
            }
        }
    }
    if (more < 0) {
        tfg_attrs_drop_tensors(&func->attrs);
        return -1;
    }
    *out = func;
    return 0;
}

static TfgAttrKind kind_of_field(uint32_t number, bool in_list)
{
    switch (number) {
    case F_S: return TFG_ATTR_STRING;
    case F_I: return TFG_ATTR_INT;
    case F_F: return TFG_ATTR_FLOAT;
    case F_B: return TFG_ATTR_BOOL;
    case F_TYPE: return TFG_ATTR_TYPE;
    case F_SHAPE: return TFG_ATTR_SHAPE;
    case F_TENSOR: return TFG_ATTR_TENSOR;
    case F_PLACEHOLDER: return in_list ? TFG_ATTR_FUNC : TFG_ATTR_PLACEHOLDER;
    case F_FUNC: return in_list ? TFG_ATTR_NONE : TFG_ATTR_FUNC;
    default: return TFG_ATTR_NONE;
    }
}

static TfgWireType wire_of(TfgAttrKind kind)
{
    switch (kind) {
    case TFG_ATTR_INT: case TFG_ATTR_BOOL: case TFG_ATTR_TYPE: return TFG_WIRE_VARINT;
    case TFG_ATTR_FLOAT: return TFG_WIRE_FIXED32;
    default: return TFG_WIRE_BYTES;
    }
}

static int check_type(uint64_t v, TfgDType *out, TfgStatus *s)
{
    if (v > 0xffff)             /* others are for the definition to refuse, with the attribute's name */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unknown data type %lld", (long long)v);
    *out = (TfgDType)v;
    return 0;
}

static size_t element_size(TfgAttrKind kind)
{
    static const size_t sizes[] = {
        [TFG_ATTR_STRING] = sizeof(TfgBytes), [TFG_ATTR_INT] = sizeof(int64_t), [TFG_ATTR_FLOAT] = sizeof(float),
        [TFG_ATTR_BOOL] = sizeof(bool), [TFG_ATTR_TYPE] = sizeof(TfgDType), [TFG_ATTR_SHAPE] = sizeof(TfgDims *),
        [TFG_ATTR_TENSOR] = sizeof(TfgTensor *), [TFG_ATTR_FUNC] = sizeof(TfgFuncAttr *),
    };
    return sizes[kind];
}

/* The kind of a list's elements and how many there are.  A list has elements of one kind; the first decides. */
static int scan_list(TfgWire w, TfgAttrKind *kind, size_t *n, TfgStatus *s)
{
    TfgField f;
    TfgPacked k;
    int more;
    *kind = TFG_ATTR_NONE;
    *n = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        TfgAttrKind found = kind_of_field(f.number, true);
        if (found == TFG_ATTR_NONE || (*kind != TFG_ATTR_NONE && *kind != found))
            continue;
        size_t count = 0;
        if (wire_of(found) == TFG_WIRE_BYTES)
            count = f.type == TFG_WIRE_BYTES;
        else if (tfg_packed_init(&k, &f, wire_of(found)))
            count = tfg_packed_count(&k);
        if (count > 0)
            *kind = found;
        *n += count;
    }
    return more;
}

static int read_number_elements(const TfgField *f, TfgAttrKind kind, void *items, size_t *i, TfgStatus *s)
{
    TfgPacked k;
    uint64_t v;
    int got;
    if (!tfg_packed_init(&k, f, wire_of(kind)))
        return 0;
    while ((got = tfg_packed_next(&k, &v, s)) > 0) {
        size_t at = (*i)++;
        switch (kind) {
        case TFG_ATTR_INT: ((int64_t *)items)[at] = (int64_t)v; break;
        case TFG_ATTR_FLOAT: ((float *)items)[at] = tfg_wire_float(v); break;
        case TFG_ATTR_BOOL: ((bool *)items)[at] = v != 0; break;
        default:
            if (check_type(v, &((TfgDType *)items)[at], s) < 0)
                return -1;
        }
    }
    return got;
}

static int read_element(TfgProtoReader *r, const TfgWire *w, const TfgField *f, TfgAttrKind kind, void *items, size_t *i,
                        TfgStatus *s)
{
    if (wire_of(kind) != TFG_WIRE_BYTES)
        return read_number_elements(f, kind, items, i, s);
    if (f->type != TFG_WIRE_BYTES)
        return 0;
    size_t at = *i;
    int rc;
    switch (kind) {
    case TFG_ATTR_STRING: rc = read_bytes(r, f, &((TfgBytes *)items)[at], s); break;
    case TFG_ATTR_SHAPE: rc = read_shape(r, w, f, &((const TfgDims **)items)[at], s); break;
    case TFG_ATTR_TENSOR: rc = read_tensor(r, w, f, &((TfgTensor **)items)[at], NULL, s); break;
    default: rc = read_func(r, w, f, &((const TfgFuncAttr **)items)[at], s); break;
    }
    if (rc == 0)
        *i = at + 1;
    return rc;
}

static int read_list(TfgProtoReader *r, TfgWire w, TfgAttr *out, TfgStatus *s)
{
    TfgAttrKind kind;
    TfgField f;
    size_t n, i = 0;
    int more;
    if (scan_list(w, &kind, &n, s) < 0)
        return -1;
    *out = (TfgAttr){.kind = (uint8_t)kind, .is_list = true};
    if (n == 0)
        return 0;
    void *items = n <= INT32_MAX ? tfg_arena_alloc(r->arena, n * element_size(kind)) : NULL;
    if (!items)
        return tfg_fail_memory(s);
    out->list_i = items;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (kind_of_field(f.number, true) == kind && read_element(r, &w, &f, kind, items, &i, s) < 0) {
            more = -1;
            break;
        }
    out->n = (int32_t)i;        /* on failure, what tensors there are */
    return more;
}

static int read_single(TfgProtoReader *r, const TfgWire *w, const TfgField *f, TfgAttrKind kind, TfgAttr *out, TfgStatus *s)
{
    int form = 0;
    TfgTensor *tensor = NULL;
    *out = (TfgAttr){.kind = (uint8_t)kind};
    switch (kind) {
    case TFG_ATTR_STRING: case TFG_ATTR_PLACEHOLDER: return read_bytes(r, f, &out->s, s);
    case TFG_ATTR_INT: out->i = (int64_t)f->value; return 0;
    case TFG_ATTR_FLOAT: out->f = tfg_wire_float(f->value); return 0;
    case TFG_ATTR_BOOL: out->b = f->value != 0; return 0;
    case TFG_ATTR_TYPE: return check_type(f->value, &out->type, s);
    case TFG_ATTR_SHAPE: return read_shape(r, w, f, &out->shape, s);
    case TFG_ATTR_FUNC: return read_func(r, w, f, &out->func, s);
    case TFG_ATTR_TENSOR:
        if (read_tensor(r, w, f, &tensor, &form, s) < 0)
            return -1;
        out->tensor = tensor;
        out->n = form;
        return 0;
    case TFG_ATTR_NONE: break;
    }
    return 0;
}

int tfg_attr_read_wire(TfgProtoReader *r, TfgWire w, TfgAttr *out, TfgStatus *s)
{
    TfgField f;
    TfgWire inner;
    int more, rc = 0;
    *out = (TfgAttr){.kind = TFG_ATTR_NONE};
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0) {
            rc = -1;
            break;
        }
        TfgAttrKind kind = kind_of_field(f.number, false);
        bool list = tfg_field_is(&f, F_LIST, TFG_WIRE_BYTES);
        if (!list && (kind == TFG_ATTR_NONE || f.type != wire_of(kind)))
            continue;
        tfg_attr_drop_tensors(out);             /* of a oneof, the last one counts */
        *out = (TfgAttr){.kind = TFG_ATTR_NONE};
        TfgAttr value;
        if (list) {
            rc = tfg_wire_enter(&w, &f, &inner, s);
            if (rc == 0)
                rc = read_list(r, inner, out, s);
        } else {
            rc = read_single(r, &w, &f, kind, &value, s);
            if (rc == 0)
                *out = value;
        }
    }
    if (rc < 0) {
        tfg_attr_drop_tensors(out);
        *out = (TfgAttr){.kind = TFG_ATTR_NONE};
    }
    return rc;
}

int tfg_attr_read(TfgAttr *out, const void *data, size_t n, TfgArena *arena, TfgStatus *s)
{
    TfgProtoReader r = TFG_PROTO_READER(arena);
    TfgWire w;
    tfg_wire_init(&w, data, n);
    return tfg_attr_read_wire(&r, w, out, s);
}

/* A place for the attribute `key` in attrs: the one it has, or a new one. */
static TfgNamedAttr *place(TfgProtoReader *r, TfgAttrs *attrs, int32_t *capacity, const TfgField *key, TfgStatus *s)
{
    for (int32_t i = 0; i < attrs->n; i++)
        if (strlen(attrs->items[i].name) == key->n && memcmp(attrs->items[i].name, key->data, key->n) == 0)
            return &attrs->items[i];
    if (attrs->n == MAX_ATTRS) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "A node or function has more than %d attributes", MAX_ATTRS);
        return NULL;
    }
    if (attrs->n == *capacity) {
        int32_t more = *capacity ? *capacity * 2 : 4;
        TfgNamedAttr *items = tfg_arena_alloc(r->arena, (size_t)more * sizeof *items);
        if (!items) {
            tfg_fail_memory(s);
            return NULL;
        }
        if (attrs->n > 0)
            memcpy(items, attrs->items, (size_t)attrs->n * sizeof *items);
        attrs->items = items;
        *capacity = more;
    }
    const char *name = tfg_arena_strndup(r->arena, (const char *)key->data, key->n);
    if (!name) {
        tfg_fail_memory(s);
        return NULL;
    }
    TfgNamedAttr *a = &attrs->items[attrs->n++];
    a->name = name;
    a->value = (TfgAttr){.kind = TFG_ATTR_NONE};
    return a;
}

int tfg_attrs_read_entry(TfgProtoReader *r, TfgWire entry, TfgAttrs *attrs, int32_t *capacity, TfgStatus *s)
{
    TfgWire w = entry, value;
    TfgField f, key = {.type = TFG_WIRE_BYTES, .data = (const uint8_t *)""}, body = {.type = TFG_WIRE_BYTES};
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            key = f;
        else if (tfg_field_is(&f, 2, TFG_WIRE_BYTES))
            body = f;
    }
    if (more < 0)
        return -1;
    if (!tfg_field_is_text(&key))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The name of an attribute holds a NUL byte");
    TfgAttr read;
    if (tfg_wire_enter(&entry, &body, &value, s) < 0 || tfg_attr_read_wire(r, value, &read, s) < 0)
        return -1;
    TfgNamedAttr *a = place(r, attrs, capacity, &key, s);
    if (!a) {
        tfg_attr_drop_tensors(&read);
        return -1;
    }
    tfg_attr_drop_tensors(&a->value);
    a->value = read;
    return 0;
}

void tfg_attrs_drop_tensors(TfgAttrs *attrs)
{
    for (int32_t i = 0; i < attrs->n; i++)
        tfg_attr_drop_tensors(&attrs->items[i].value);
    attrs->n = 0;
}
