#include "io/node_def.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

enum { MAX_TENSORS = 1 << 20 };         /* inputs or outputs of one node; above, the file lies */

/* ---- reading ---- */

static int read_text(TfgProtoReader *r, const TfgField *f, const char **out, TfgStatus *s)
{
    if (!tfg_field_is_text(f))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A name in a NodeDef holds a NUL byte");
    *out = tfg_arena_strndup(r->arena, f->n ? (const char *)f->data : "", f->n);
    return *out ? 0 : tfg_fail_memory(s);
}

/* Makes room for the inputs, which are counted first. */
static int make_room(TfgProtoReader *r, TfgWire w, TfgNodeDef *node, TfgStatus *s)
{
    TfgField f;
    int more;
    size_t n = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        n += tfg_field_is(&f, 3, TFG_WIRE_BYTES);
    if (more < 0)
        return -1;
    if (n > MAX_TENSORS)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A node has more than %d inputs", MAX_TENSORS);
    node->inputs = tfg_arena_alloc(r->arena, (n + 1) * sizeof *node->inputs);
    return node->inputs ? 0 : tfg_fail_memory(s);
}

int tfg_node_def_read_wire(TfgProtoReader *r, TfgWire w, TfgNodeDef *node, TfgStatus *s)
{
    TfgField f;
    TfgWire entry;
    int more, rc = 0;
    int32_t capacity = 0;
    *node = (TfgNodeDef){.name = "", .op = "", .device = ""};
    if (make_room(r, w, node, s) < 0)
        return -1;
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0) {
            rc = -1;
        } else if (f.type == TFG_WIRE_BYTES) {
            switch (f.number) {
            case 1: rc = read_text(r, &f, &node->name, s); break;
            case 2: rc = read_text(r, &f, &node->op, s); break;
            case 3: rc = read_text(r, &f, &node->inputs[node->n_inputs++], s); break;
            case 4: rc = read_text(r, &f, &node->device, s); break;
            case 5:
                rc = tfg_wire_enter(&w, &f, &entry, s);
                if (rc == 0)
                    rc = tfg_attrs_read_entry(r, entry, &node->attrs, &capacity, s);
                break;
            default: break;
            }
        }
    }
    if (rc < 0)
        tfg_attrs_drop_tensors(&node->attrs);
    return rc;
}

int tfg_node_def_read(TfgNodeDef *out, const void *data, size_t n, TfgArena *arena, TfgStatus *s)
{
    TfgProtoReader r = TFG_PROTO_READER(arena);
    TfgWire w;
    tfg_wire_init(&w, data, n);
    return tfg_node_def_read_wire(&r, w, out, s);
}

bool tfg_node_name_is_valid(const char *name)
{
    const unsigned char *p = (const unsigned char *)name;
    if (!isalnum(*p) && *p != '.')
        return false;
    while (*++p)
        if (!isalnum(*p) && !strchr("_./-", *p))
            return false;
    return true;
}

/* ---- defaults ---- */

static void remove_newer(TfgNodeDef *node, const TfgOpDef *def)
{
    TfgAttrs *a = &node->attrs;
    int32_t n = 0;
    for (int32_t i = 0; i < a->n; i++) {
        const char *name = a->items[i].name;
        if (name[0] != '_' && !tfg_op_def_attr(def, name) && tfg_attr_is_newer_default(def->name, &a->items[i])) {
            tfg_attr_drop_tensors(&a->items[i].value);      /* of advice, a file may say anything */
            continue;
        }
        a->items[n++] = a->items[i];
    }
    a->n = n;
}

int tfg_node_def_add_defaults(TfgNodeDef *node, const TfgOpDef *def, TfgArena *arena, TfgStatus *s)
{
    TfgNamedAttr *items = tfg_arena_alloc(arena, (size_t)(node->attrs.n + def->n_attr + 1) * sizeof *items);
    if (!items)
        return tfg_fail_memory(s);
    if (node->attrs.n > 0)
        memcpy(items, node->attrs.items, (size_t)node->attrs.n * sizeof *items);
    node->attrs.items = items;
    remove_newer(node, def);
    for (int i = 0; i < def->n_attr; i++) {
        const TfgAttrDef *a = &def->attr[i];
        TfgAttr *given = (TfgAttr *)(uintptr_t)tfg_attrs_find(&node->attrs, a->name);
        bool missing = !given || (given->kind == TFG_ATTR_NONE && !given->is_list);
        if (missing && a->has_default) {
            if (!given) {
                given = &items[node->attrs.n].value;
                items[node->attrs.n++].name = a->name;
            }
            *given = (TfgAttr){.kind = TFG_ATTR_NONE};
            if (tfg_attr_copy(given, &a->default_value, arena) < 0)
                return tfg_fail_memory(s);
        }
        /* An empty list does not say of what it is one, and old files leave it out altogether. */
        if (given && a->is_list && given->kind == TFG_ATTR_NONE && given->n == 0) {
            given->is_list = true;
            given->kind = (uint8_t)a->kind;
        }
    }
    return 0;
}

/* ---- attributes ---- */

static const char *kind_name(int kind)
{
    static const char *const names[] = {
        [TFG_ATTR_NONE] = "any", [TFG_ATTR_STRING] = "string", [TFG_ATTR_INT] = "int", [TFG_ATTR_FLOAT] = "float",
        [TFG_ATTR_BOOL] = "bool", [TFG_ATTR_TYPE] = "type", [TFG_ATTR_SHAPE] = "shape", [TFG_ATTR_TENSOR] = "tensor",
        [TFG_ATTR_FUNC] = "func", [TFG_ATTR_PLACEHOLDER] = "placeholder",
    };
    return names[kind];
}

static int check_kind(const TfgAttrDef *a, const TfgAttr *v, TfgStatus *s)
{
    if (v->is_list && v->n > 0 && (!a->is_list || v->kind != a->kind))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue had value with type 'list(%s)' when '%s' expected",
                        kind_name(v->kind), a->type);
    if (!v->is_list && v->kind == TFG_ATTR_PLACEHOLDER)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue had value with unexpected type 'placeholder'");
    if (!v->is_list && v->kind != TFG_ATTR_NONE && (a->is_list || v->kind != a->kind))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue had value with type '%s' when '%s' expected",
                        kind_name(v->kind), a->type);
    if (!a->is_list && (v->is_list || v->kind == TFG_ATTR_NONE))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue missing value with expected type '%s'", a->type);
    return 0;
}

static int check_dtype(TfgDType t, bool in_list, TfgStatus *s)
{
    if (t != TFG_INVALID && !tfg_dtype_is_valid((int)t))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue has invalid DataType enum: %d", (int)t);
    if (tfg_dtype_is_ref(t))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue must not have reference type value of %s",
                        tfg_dtype_signature_name(t));
    if (t == TFG_INVALID)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, in_list ? "AttrValue contains invalid DataType"
                                                         : "AttrValue has invalid DataType");
    return 0;
}

static int check_value(const TfgAttrDef *a, const TfgAttr *v, TfgStatus *s)
{
    if (check_kind(a, v, s) < 0)
        return -1;
    if (a->kind != TFG_ATTR_TYPE)
        return 0;
    if (!a->is_list)
        return check_dtype(v->type, false, s);
    for (int32_t i = 0; i < v->n; i++)
        if (check_dtype(v->list_type[i], true, s) < 0)
            return -1;
    return 0;
}

/* "; NodeDef: {{node b}} = Neg[T=DT_BOOL](a); Op<name=Neg; ...>" behind a message. */
static int add_context(TfgStatus *s, const char *before, const TfgNodeDef *node, const TfgOpDef *def)
{
    TfgStr text = TFG_STR_INIT;
    tfg_node_def_summarize(node, &text);
    tfg_str_puts(&text, "; ");
    tfg_op_def_summarize(def, &text);
    tfg_status_append(s, "%s; NodeDef: %s", before, tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int fail_mentions(TfgStatus *s, const char *attr, const TfgNodeDef *node, const TfgOpDef *def)
{
    TfgStr n = TFG_STR_INIT, d = TFG_STR_INIT;
    tfg_node_def_summarize(node, &n);
    tfg_op_def_summarize(def, &d);
    tfg_fail(s, TFG_INVALID_ARGUMENT,
             "NodeDef mentions attr '%s' not in %s; NodeDef: %s. (Check whether your GraphDef-interpreting binary is up to date "
             "with your GraphDef-generating binary.).", attr, tfg_str_text(&d), tfg_str_text(&n));
    tfg_str_fini(&n);
    tfg_str_fini(&d);
    return -1;
}

static int check_given(const TfgNodeDef *node, const TfgOpDef *def, TfgStatus *s)
{
    for (int32_t i = 0; i < node->attrs.n; i++) {
        const TfgNamedAttr *a = &node->attrs.items[i];
        if (a->name[0] == '_')
            continue;
        const TfgAttrDef *d = tfg_op_def_attr(def, a->name);
        if (!d && !(d = tfg_op_def_later(def, a->name)))
            return fail_mentions(s, a->name, node, def);
        if (check_value(d, &a->value, s) < 0) {
            tfg_status_append(s, "\n\t for attr '%s'", a->name);
            return add_context(s, "\n\t", node, def);
        }
        if (tfg_check_attr(def, d, &a->value, s) < 0)
            return add_context(s, "\n\t", node, def);
    }
    return 0;
}

/* The attribute that is missing and comes next after `after` by name; NULL at the end. */
static const char *next_missing(const TfgNodeDef *node, const TfgOpDef *def, const char *after)
{
    const char *next = NULL;
    for (int i = 0; i < def->n_attr; i++) {
        const char *name = def->attr[i].name;
        if (strcmp(name, after) > 0 && (!next || strcmp(name, next) < 0) && !tfg_attrs_find(&node->attrs, name))
            next = name;
    }
    return next;
}

static int check_missing(const TfgNodeDef *node, const TfgOpDef *def, TfgStatus *s)
{
    TfgStr missing = TFG_STR_INIT, n = TFG_STR_INIT, d = TFG_STR_INIT;
    int count = 0, rc = 0;
    for (const char *name = next_missing(node, def, ""); name; name = next_missing(node, def, name))
        tfg_str_printf(&missing, "%s%s", count++ > 0 ? "', '" : "", name);
    if (count > 0) {
        tfg_node_def_summarize(node, &n);
        tfg_op_def_summarize(def, &d);
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "NodeDef missing attr%s '%s' from %s; NodeDef: %s", count > 1 ? "s" : "",
                      tfg_str_text(&missing), tfg_str_text(&d), tfg_str_text(&n));
    }
    tfg_str_fini(&missing);
    tfg_str_fini(&n);
    tfg_str_fini(&d);
    return rc;
}

/* ---- signature ---- */

static int64_t arg_count(const TfgArgDef *arg, const TfgAttrs *attrs)
{
    if (arg->number_attr)
        return tfg_attrs_int(attrs, arg->number_attr);
    const TfgAttr *list = arg->type_list_attr ? tfg_attrs_find(attrs, arg->type_list_attr) : NULL;
    return list ? list->n : arg->type_list_attr ? 0 : 1;
}

static int expand(const TfgArgDef *args, int n_args, const TfgAttrs *attrs, TfgArena *arena, TfgTypes *out, TfgStatus *s)
{
    int64_t total = 0;
    for (int i = 0; i < n_args; i++) {
        int64_t n = arg_count(&args[i], attrs);
        if (n < 0 || n > MAX_TENSORS || (total += n) > MAX_TENSORS)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument '%s' stands for %lld tensors, which is not a number TensorFlow takes",
                            args[i].name, (long long)n);
    }
    *out = (TfgTypes){.types = tfg_arena_alloc(arena, (size_t)(total + 1) * sizeof *out->types)};
    if (!out->types)
        return tfg_fail_memory(s);
    for (int i = 0; i < n_args; i++) {
        int64_t n = arg_count(&args[i], attrs);
        for (int64_t k = 0; k < n; k++) {
            TfgDType t = tfg_dtype_base(tfg_arg_dtype(&args[i], (int)k, attrs));
            out->types[out->n++] = args[i].is_ref ? (TfgDType)(t + TFG_REF) : t;
        }
    }
    return 0;
}

static int fail_inputs(TfgStatus *s, const TfgNodeDef *node, const TfgOpDef *def, const TfgTypes *in, int n_data)
{
    TfgStr types = TFG_STR_INIT, n = TFG_STR_INIT, d = TFG_STR_INIT;
    for (int32_t i = 0; i < in->n && types.n < 4096; i++)
        tfg_str_printf(&types, "%s%s", i > 0 ? ", " : "", tfg_dtype_signature_name(in->types[i]));
    tfg_node_def_summarize(node, &n);
    tfg_op_def_summarize(def, &d);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "NodeDef expected inputs '%s' do not match %d inputs specified; %s; NodeDef: %s",
             tfg_str_text(&types), n_data, tfg_str_text(&d), tfg_str_text(&n));
    tfg_str_fini(&types);
    tfg_str_fini(&n);
    tfg_str_fini(&d);
    return -1;
}

int tfg_node_def_n_data(const TfgNodeDef *node)
{
    int n = 0;
    while (n < node->n_inputs && node->inputs[n][0] != '^')
        n++;
    return n;
}

int tfg_node_def_check(const TfgNodeDef *node, const TfgOpDef *def, TfgArena *arena, TfgTypes *in, TfgTypes *out, TfgStatus *s)
{
    int n_data = tfg_node_def_n_data(node);
    if (check_given(node, def, s) < 0 || check_missing(node, def, s) < 0)
        return -1;
    if (expand(def->in, def->n_in, &node->attrs, arena, in, s) < 0 || expand(def->out, def->n_out, &node->attrs, arena, out, s) < 0)
        return -1;
    return in->n == n_data ? 0 : fail_inputs(s, node, def, in, n_data);
}
