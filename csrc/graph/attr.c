#include "graph/attr.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- Lookups ---- */

const TfgAttr *tfg_attrs_find(const TfgAttrs *a, const char *name)
{
    for (int i = 0; i < a->n; i++)
        if (a->items[i].name == name || strcmp(a->items[i].name, name) == 0)
            return &a->items[i].value;
    return NULL;
}

static const TfgAttr *find_kind(const TfgAttrs *a, const char *name, TfgAttrKind kind, bool is_list)
{
    const TfgAttr *v = tfg_attrs_find(a, name);
    return v && v->kind == kind && v->is_list == is_list ? v : NULL;
}

int64_t tfg_attrs_int(const TfgAttrs *a, const char *name)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_INT, false);
    return v ? v->i : 0;
}

float tfg_attrs_float(const TfgAttrs *a, const char *name)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_FLOAT, false);
    return v ? v->f : 0.0f;
}

bool tfg_attrs_bool(const TfgAttrs *a, const char *name)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_BOOL, false);
    return v && v->b;
}

TfgDType tfg_attrs_type(const TfgAttrs *a, const char *name)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_TYPE, false);
    return v ? v->type : TFG_INVALID;
}

TfgBytes tfg_attrs_string(const TfgAttrs *a, const char *name)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_STRING, false);
    return v ? v->s : (TfgBytes){NULL, 0};
}

bool tfg_attrs_string_is(const TfgAttrs *a, const char *name, const char *text)
{
    TfgBytes s = tfg_attrs_string(a, name);
    return s.data && s.n == strlen(text) && memcmp(s.data, text, s.n) == 0;
}

void tfg_attrs_shape(const TfgAttrs *a, const char *name, TfgShape *out)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_SHAPE, false);
    tfg_shape_from_dims(out, v ? v->shape : NULL);
}

const int64_t *tfg_attrs_ints(const TfgAttrs *a, const char *name, int *n)
{
    const TfgAttr *v = find_kind(a, name, TFG_ATTR_INT, true);
    *n = v ? v->n : 0;
    return v ? v->list_i : NULL;
}

/* ---- Copies ---- */

static const TfgDims *copy_dims(const TfgDims *d, TfgArena *arena, bool *failed)
{
    if (!d)
        return NULL;
    const TfgDims *copy = tfg_arena_memdup(arena, d, sizeof *d + (size_t)d->rank * sizeof d->dims[0]);
    *failed = *failed || !copy;
    return copy;
}

static TfgBytes copy_bytes(TfgBytes s, TfgArena *arena, bool *failed)
{
    TfgBytes copy = {s.n ? tfg_arena_strndup(arena, s.data, s.n) : "", s.n};
    *failed = *failed || !copy.data;
    return copy;
}

static const TfgFuncAttr *copy_func(const TfgFuncAttr *f, TfgArena *arena, bool *failed)
{
    TfgFuncAttr *copy = tfg_arena_alloc(arena, sizeof *copy);
    if (!copy)
        goto fail;
    copy->name = tfg_arena_strdup(arena, f->name);
    copy->attrs.items = tfg_arena_alloc(arena, (size_t)f->attrs.n * sizeof *copy->attrs.items);
    if (!copy->name || !copy->attrs.items)
        goto fail;
    for (int i = 0; i < f->attrs.n; i++) {
        TfgNamedAttr *to = &copy->attrs.items[i];
        to->name = tfg_arena_strdup(arena, f->attrs.items[i].name);
        if (!to->name || tfg_attr_copy(&to->value, &f->attrs.items[i].value, arena) < 0)
            goto fail_inside;
        copy->attrs.n = i + 1;
    }
    return copy;
fail_inside:
    for (int i = 0; i < copy->attrs.n; i++)
        tfg_attr_drop_tensors(&copy->attrs.items[i].value);
fail:
    *failed = true;
    return NULL;
}

/* Bytes of one element in a list of this kind. */
static size_t element_size(TfgAttrKind kind)
{
    switch (kind) {
    case TFG_ATTR_STRING: return sizeof(TfgBytes);
    case TFG_ATTR_INT: return sizeof(int64_t);
    case TFG_ATTR_FLOAT: return sizeof(float);
    case TFG_ATTR_BOOL: return sizeof(bool);
    case TFG_ATTR_TYPE: return sizeof(TfgDType);
    case TFG_ATTR_SHAPE: case TFG_ATTR_TENSOR: case TFG_ATTR_FUNC: return sizeof(void *);
    default: return 0;
    }
}

/* What list elements point at, copied too.  Tensors are counted last, when nothing can fail any more. */
static int copy_elements(void *list, TfgAttrKind kind, int n, TfgArena *arena)
{
    bool failed = false;
    int i = 0;
    for (; i < n && !failed; i++) {
        if (kind == TFG_ATTR_STRING)
            ((TfgBytes *)list)[i] = copy_bytes(((TfgBytes *)list)[i], arena, &failed);
        else if (kind == TFG_ATTR_SHAPE)
            ((const TfgDims **)list)[i] = copy_dims(((const TfgDims **)list)[i], arena, &failed);
        else if (kind == TFG_ATTR_FUNC)
            ((const TfgFuncAttr **)list)[i] = copy_func(((const TfgFuncAttr **)list)[i], arena, &failed);
        else if (kind == TFG_ATTR_TENSOR)
            tfg_tensor_ref(((TfgTensor **)list)[i]);
    }
    if (failed && kind == TFG_ATTR_FUNC) {
        TfgAttr done = {.kind = TFG_ATTR_FUNC, .is_list = true, .n = i - 1, .list_func = list};
        tfg_attr_drop_tensors(&done);
    }
    return failed ? -1 : 0;
}

static int copy_list(TfgAttr *to, const TfgAttr *from, TfgArena *arena)
{
    size_t bytes = (size_t)from->n * element_size((TfgAttrKind)from->kind);
    void *list = bytes ? tfg_arena_memdup(arena, from->list_i, bytes) : NULL;
    if (bytes && (!list || copy_elements(list, (TfgAttrKind)from->kind, from->n, arena) < 0))
        return -1;
    *to = *from;
    to->list_i = list;
    return 0;
}

int tfg_attr_copy(TfgAttr *to, const TfgAttr *from, TfgArena *arena)
{
    if (from->is_list)
        return copy_list(to, from, arena);
    TfgAttr copy = *from;
    bool failed = false;
    switch (from->kind) {
    case TFG_ATTR_STRING: case TFG_ATTR_PLACEHOLDER: copy.s = copy_bytes(from->s, arena, &failed); break;
    case TFG_ATTR_SHAPE: copy.shape = copy_dims(from->shape, arena, &failed); break;
    case TFG_ATTR_TENSOR: tfg_tensor_ref(from->tensor); break;
    case TFG_ATTR_FUNC: copy.func = copy_func(from->func, arena, &failed); break;
    default: break;
    }
    if (failed)
        return -1;
    *to = copy;
    return 0;
}

static void drop_func(const TfgFuncAttr *f)
{
    for (int i = 0; f && i < f->attrs.n; i++)
        tfg_attr_drop_tensors(&f->attrs.items[i].value);
}

void tfg_attr_drop_tensors(TfgAttr *a)
{
    if (a->kind == TFG_ATTR_TENSOR && !a->is_list) {
        tfg_tensor_unref(a->tensor);
        a->tensor = NULL;
    } else if (a->kind == TFG_ATTR_TENSOR) {
        for (int i = 0; i < a->n; i++)
            tfg_tensor_unref(a->list_tensor[i]);
        a->n = 0;
    } else if (a->kind == TFG_ATTR_FUNC && !a->is_list) {
        drop_func(a->func);
    } else if (a->kind == TFG_ATTR_FUNC) {
        for (int i = 0; i < a->n; i++)
            drop_func(a->list_func[i]);
        a->n = 0;
    }
}

/* ---- Equality ---- */

static bool bytes_equal(TfgBytes a, TfgBytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0);
}

static bool dims_equal(const TfgDims *a, const TfgDims *b)
{
    if (!a || !b)
        return a == b;
    return a->rank == b->rank && (a->rank == 0 || memcmp(a->dims, b->dims, (size_t)a->rank * sizeof a->dims[0]) == 0);
}

static bool func_equal(const TfgFuncAttr *a, const TfgFuncAttr *b)
{
    if (strcmp(a->name, b->name) != 0 || a->attrs.n != b->attrs.n)
        return false;
    for (int i = 0; i < a->attrs.n; i++) {
        const TfgAttr *other = tfg_attrs_find(&b->attrs, a->attrs.items[i].name);
        if (!other || !tfg_attr_equal(&a->attrs.items[i].value, other))
            return false;
    }
    return true;
}

/* Floats by their bits, so that NaN equals itself and the zeros differ. */
static bool float_equal(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool element_equal(const TfgAttr *a, const TfgAttr *b, int i)
{
    switch (a->kind) {
    case TFG_ATTR_STRING: return bytes_equal(a->list_s[i], b->list_s[i]);
    case TFG_ATTR_INT: return a->list_i[i] == b->list_i[i];
    case TFG_ATTR_FLOAT: return float_equal(a->list_f[i], b->list_f[i]);
    case TFG_ATTR_BOOL: return a->list_b[i] == b->list_b[i];
    case TFG_ATTR_TYPE: return a->list_type[i] == b->list_type[i];
    case TFG_ATTR_SHAPE: return dims_equal(a->list_shape[i], b->list_shape[i]);
    case TFG_ATTR_TENSOR: return tfg_tensor_equal(a->list_tensor[i], b->list_tensor[i]);
    case TFG_ATTR_FUNC: return func_equal(a->list_func[i], b->list_func[i]);
    default: return true;
    }
}

static bool list_equal(const TfgAttr *a, const TfgAttr *b)
{
    for (int i = 0; i < a->n; i++)
        if (!element_equal(a, b, i))
            return false;
    return true;
}

bool tfg_attr_equal(const TfgAttr *a, const TfgAttr *b)
{
    if (a->is_list != b->is_list)
        return false;
    if (a->is_list)         /* empty lists are equal whatever they are lists of: a file does not say */
        return a->n == b->n && (a->n == 0 || (a->kind == b->kind && list_equal(a, b)));
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case TFG_ATTR_STRING: case TFG_ATTR_PLACEHOLDER: return bytes_equal(a->s, b->s);
    case TFG_ATTR_INT: return a->i == b->i;
    case TFG_ATTR_FLOAT: return float_equal(a->f, b->f);
    case TFG_ATTR_BOOL: return a->b == b->b;
    case TFG_ATTR_TYPE: return a->type == b->type;
    case TFG_ATTR_SHAPE: return dims_equal(a->shape, b->shape);
    case TFG_ATTR_TENSOR: return tfg_tensor_equal(a->tensor, b->tensor);
    case TFG_ATTR_FUNC: return func_equal(a->func, b->func);
    default: return true;
    }
}

/* ---- Text ---- */

static void escape(const char *data, size_t n, TfgStr *out)
{
    static const char plain[] = "\n\r\t\"'\\", letter[] = "nrt\"'\\";
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)data[i];
        const char *special = c ? strchr(plain, c) : NULL;
        if (special)
            tfg_str_printf(out, "\\%c", letter[special - plain]);
        else if (c < 0x20 || c >= 0x7f)
            tfg_str_printf(out, "\\%03o", c);
        else
            tfg_str_putc(out, (char)c);
    }
}

#define MAX_STRING 80
#define STRING_ENDS 10

static void format_string(TfgBytes s, TfgStr *out)
{
    TfgStr text = TFG_STR_INIT;
    escape(s.data, s.n, &text);
    tfg_str_putc(out, '"');
    if (text.n >= MAX_STRING) {
        tfg_str_append(out, text.data, STRING_ENDS);
        tfg_str_puts(out, "...");
        tfg_str_append(out, text.data + text.n - STRING_ENDS, STRING_ENDS);
    } else {
        tfg_str_append(out, tfg_str_text(&text), text.n);
    }
    tfg_str_putc(out, '"');
    out->failed = out->failed || text.failed;
    tfg_str_fini(&text);
}

/* The shorter of 6 digits and as many as it takes to read the same float back. */
static void format_float(float f, TfgStr *out)
{
    char text[40];
    snprintf(text, sizeof text, "%.6g", (double)f);
    if (strtof(text, NULL) != f)
        snprintf(text, sizeof text, "%.8g", (double)f);
    tfg_str_puts(out, text);
}

static void format_dims(const TfgDims *d, TfgStr *out)
{
    if (!d) {
        tfg_str_puts(out, "<unknown>");
        return;
    }
    TfgShape s;
    tfg_shape_from_dims(&s, d);
    tfg_shape_format(&s, out);
}

static void format_tensor(const TfgTensor *t, TfgStr *out)
{
    tfg_str_printf(out, "Tensor<type: %s shape: ", tfg_dtype_signature_name(t->dtype));
    tfg_tensor_format_shape(t, out);
    tfg_str_puts(out, " values: ");
    tfg_tensor_summarize(t, 3, out);
    tfg_str_putc(out, '>');
}

static int compare_named(const void *a, const void *b)
{
    return strcmp((*(const TfgNamedAttr *const *)a)->name, (*(const TfgNamedAttr *const *)b)->name);
}

static void format_func(const TfgFuncAttr *f, TfgStr *out)
{
    const TfgNamedAttr **sorted = tfg_alloc((size_t)f->attrs.n * sizeof *sorted);
    if (!sorted) {
        out->failed = true;
        return;
    }
    for (int i = 0; i < f->attrs.n; i++)
        sorted[i] = &f->attrs.items[i];
    qsort(sorted, (size_t)f->attrs.n, sizeof *sorted, compare_named);
    tfg_str_printf(out, "%s[", f->name);
    for (int i = 0; i < f->attrs.n; i++) {
        tfg_str_printf(out, "%s%s=", i ? ", " : "", sorted[i]->name);
        tfg_attr_format(&sorted[i]->value, out);
    }
    tfg_str_putc(out, ']');
    tfg_free(sorted);
}

/* Element i of a list as an attribute of its own. */
static TfgAttr element(const TfgAttr *a, int i)
{
    TfgAttr e = {.kind = a->kind};
    switch (a->kind) {
    case TFG_ATTR_STRING: e.s = a->list_s[i]; break;
    case TFG_ATTR_INT: e.i = a->list_i[i]; break;
    case TFG_ATTR_FLOAT: e.f = a->list_f[i]; break;
    case TFG_ATTR_BOOL: e.b = a->list_b[i]; break;
    case TFG_ATTR_TYPE: e.type = a->list_type[i]; break;
    case TFG_ATTR_SHAPE: e.shape = a->list_shape[i]; break;
    case TFG_ATTR_TENSOR: e.tensor = a->list_tensor[i]; break;
    case TFG_ATTR_FUNC: e.func = a->list_func[i]; break;
    default: break;
    }
    return e;
}

#define MAX_LIST 15     /* lists of so many show their ends */
#define LIST_ENDS 5

static void format_list(const TfgAttr *a, TfgStr *out)
{
    tfg_str_putc(out, '[');
    for (int i = 0; i < a->n; i++) {
        if (a->n >= MAX_LIST && i == LIST_ENDS) {
            tfg_str_puts(out, ", ...");
            i = a->n - LIST_ENDS;
        }
        TfgAttr e = element(a, i);
        tfg_str_puts(out, i ? ", " : "");
        tfg_attr_format(&e, out);
    }
    tfg_str_putc(out, ']');
}

void tfg_attr_format(const TfgAttr *a, TfgStr *out)
{
    if (a->is_list) {
        format_list(a, out);
        return;
    }
    switch (a->kind) {
    case TFG_ATTR_STRING: format_string(a->s, out); break;
    case TFG_ATTR_INT: tfg_str_printf(out, "%" PRId64, a->i); break;
    case TFG_ATTR_FLOAT: format_float(a->f, out); break;
    case TFG_ATTR_BOOL: tfg_str_puts(out, a->b ? "true" : "false"); break;
    case TFG_ATTR_TYPE:
        if (a->type == TFG_INVALID || tfg_dtype_is_valid((int)a->type))     /* a number that is no type has no name */
            tfg_str_puts(out, tfg_dtype_enum_name(a->type));
        break;
    case TFG_ATTR_SHAPE: format_dims(a->shape, out); break;
    case TFG_ATTR_TENSOR: format_tensor(a->tensor, out); break;
    case TFG_ATTR_FUNC: format_func(a->func, out); break;
    case TFG_ATTR_PLACEHOLDER:
        tfg_str_putc(out, '$');
        tfg_str_append(out, a->s.data, a->s.n);
        break;
    default: tfg_str_puts(out, "<Unknown AttrValue type>"); break;
    }
}
