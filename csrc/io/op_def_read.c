/* Reading definitions; the layout stands in op_def.c. */
#include <string.h>

#include "base/status.h"
#include "io/attr_value.h"

static int read_text(TfgProtoReader *r, const TfgField *f, const char **out, TfgStatus *s)
{
    if (!tfg_field_is_text(f))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "A name in an OpDef holds a NUL byte");
    char *copy = tfg_arena_strndup(r->arena, f->n ? (const char *)f->data : "", f->n);
    *out = copy;
    return copy ? 0 : tfg_fail_memory(s);
}

static int read_arg(TfgProtoReader *r, TfgWire w, TfgArgDef *arg, TfgStatus *s)
{
    TfgField f;
    int more, rc = 0;
    arg->name = "";
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0)
            return -1;
        if (f.type == TFG_WIRE_VARINT && f.number == 3)
            arg->type = f.value < TFG_N_DTYPES ? (TfgDType)f.value : TFG_INVALID;
        else if (f.type == TFG_WIRE_VARINT && f.number == 16)
            arg->is_ref = f.value != 0;
        else if (f.type == TFG_WIRE_BYTES && f.number == 1)
            rc = read_text(r, &f, &arg->name, s);
        else if (f.type == TFG_WIRE_BYTES && f.number == 4 && f.n > 0)
            rc = read_text(r, &f, &arg->type_attr, s);
        else if (f.type == TFG_WIRE_BYTES && f.number == 5 && f.n > 0)
            rc = read_text(r, &f, &arg->number_attr, s);
        else if (f.type == TFG_WIRE_BYTES && f.number == 6 && f.n > 0)
            rc = read_text(r, &f, &arg->type_list_attr, s);
    }
    return rc;
}

static int parse_attr_type(TfgAttrDef *a, TfgStatus *s)
{
    static const struct { const char *name; TfgAttrKind kind; } kinds[] = {
        {"string", TFG_ATTR_STRING}, {"int", TFG_ATTR_INT}, {"float", TFG_ATTR_FLOAT}, {"bool", TFG_ATTR_BOOL},
        {"type", TFG_ATTR_TYPE}, {"shape", TFG_ATTR_SHAPE}, {"tensor", TFG_ATTR_TENSOR}, {"func", TFG_ATTR_FUNC},
    };
    const char *name = a->type;
    size_t n = strlen(name);
    a->is_list = n > 6 && strncmp(name, "list(", 5) == 0 && name[n - 1] == ')';
    if (a->is_list) {
        name += 5;
        n -= 6;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == n && memcmp(kinds[i].name, name, n) == 0) {
            a->kind = kinds[i].kind;
            return 0;
        }
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Unknown type '%s' of attr '%s'", a->type, a->name);
}

static int set_allowed(TfgAttrDef *a, const TfgAttr *list, TfgStatus *s)
{
    if (!list->is_list || list->n == 0)
        return 0;
    if (list->kind == TFG_ATTR_TYPE) {
        a->allowed_order = list->list_type;
        a->n_allowed_types = list->n;
        for (int32_t i = 0; i < list->n; i++)
            if ((int)list->list_type[i] < TFG_N_DTYPES)
                a->allowed_types |= (uint64_t)1 << list->list_type[i];
    } else if (list->kind == TFG_ATTR_STRING) {
        a->allowed_strings = list->list_s;
        a->n_allowed_strings = list->n;
    } else {
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Allowed values of attr '%s' are neither types nor strings", a->name);
    }
    return 0;
}

static int read_value(TfgProtoReader *r, const TfgWire *w, const TfgField *f, TfgAttr *out, TfgStatus *s)
{
    TfgWire inner;
    return tfg_wire_enter(w, f, &inner, s) < 0 ? -1 : tfg_attr_read_wire(r, inner, out, s);
}

static int read_attr_def(TfgProtoReader *r, TfgWire w, TfgAttrDef *a, TfgStatus *s)
{
    TfgField f;
    TfgAttr allowed = {.kind = TFG_ATTR_NONE};
    int more, rc = 0;
    a->name = a->type = "";
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0) {
        if (more < 0) {
            rc = -1;
        } else if (f.type == TFG_WIRE_BYTES && f.number == 1) {
            rc = read_text(r, &f, &a->name, s);
        } else if (f.type == TFG_WIRE_BYTES && f.number == 2) {
            rc = read_text(r, &f, &a->type, s);
        } else if (f.type == TFG_WIRE_BYTES && f.number == 3) {
            tfg_attr_drop_tensors(&a->default_value);
            rc = read_value(r, &w, &f, &a->default_value, s);
            a->has_default = rc == 0;
        } else if (f.type == TFG_WIRE_VARINT && f.number == 5) {
            a->has_minimum = f.value != 0;
        } else if (f.type == TFG_WIRE_VARINT && f.number == 6) {
            a->minimum = (int64_t)f.value;
        } else if (f.type == TFG_WIRE_BYTES && f.number == 7) {
            tfg_attr_drop_tensors(&allowed);
            rc = read_value(r, &w, &f, &allowed, s);
        }
    }
    if (rc == 0 && (rc = parse_attr_type(a, s)) == 0)
        rc = set_allowed(a, &allowed, s);
    tfg_attr_drop_tensors(&allowed);
    return rc;
}

static int read_deprecation(TfgProtoReader *r, TfgWire w, TfgOpDef *def, TfgStatus *s)
{
    TfgField f;
    int more;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (tfg_field_is(&f, 1, TFG_WIRE_VARINT))
            def->deprecated_since = (int)f.value;
        else if (tfg_field_is(&f, 2, TFG_WIRE_BYTES) && read_text(r, &f, &def->deprecation, s) < 0)
            return -1;
    }
    return more;
}

/* Makes room for the arguments and attributes, whose numbers are counted first. */
static int make_room(TfgProtoReader *r, TfgWire w, TfgOpDef *def, TfgStatus *s)
{
    TfgField f;
    int more;
    size_t in = 0, out = 0, attr = 0;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        in += tfg_field_is(&f, 2, TFG_WIRE_BYTES);
        out += tfg_field_is(&f, 3, TFG_WIRE_BYTES);
        attr += tfg_field_is(&f, 4, TFG_WIRE_BYTES);
    }
    if (more < 0)
        return -1;
    def->in = tfg_arena_alloc(r->arena, (in + 1) * sizeof *def->in);
    def->out = tfg_arena_alloc(r->arena, (out + 1) * sizeof *def->out);
    def->attr = tfg_arena_alloc(r->arena, (attr + 1) * sizeof *def->attr);
    return def->in && def->out && def->attr ? 0 : tfg_fail_memory(s);
}

static int read_field(TfgProtoReader *r, const TfgWire *w, const TfgField *f, TfgOpDef *def, TfgStatus *s)
{
    static const struct { uint32_t number, flag; } flags[] = {
        {16, TFG_OP_AGGREGATE}, {17, TFG_OP_STATEFUL}, {18, TFG_OP_COMMUTATIVE}, {19, TFG_OP_ALLOWS_UNINITIALIZED},
    };
    TfgWire inner;
    if (f->type == TFG_WIRE_VARINT) {
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
            if (flags[i].number == f->number)
                def->flags = f->value ? def->flags | flags[i].flag : def->flags & ~flags[i].flag;
        return 0;
    }
    if (f->type != TFG_WIRE_BYTES)
        return 0;
    if (f->number == 1)
        return read_text(r, f, &def->name, s);
    if (f->number != 2 && f->number != 3 && f->number != 4 && f->number != 8)
        return 0;
    if (tfg_wire_enter(w, f, &inner, s) < 0)
        return -1;
    switch (f->number) {
    case 2: return read_arg(r, inner, &def->in[def->n_in++], s);
    case 3: return read_arg(r, inner, &def->out[def->n_out++], s);
    case 4: return read_attr_def(r, inner, &def->attr[def->n_attr++], s);
    default: return read_deprecation(r, inner, def, s);
    }
}

/* An argument's attribute must be there and of the kind that such an argument takes. */
static int check_arg_attr(const TfgOpDef *def, const TfgArgDef *arg, const char *attr, TfgAttrKind kind, bool is_list, TfgStatus *s)
{
    const TfgAttrDef *a = attr ? tfg_op_def_attr(def, attr) : NULL;
    if (!attr || (a && a->kind == kind && a->is_list == is_list))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, a ? "Attr '%s' used as an argument's type or length has the wrong type in Op<name=%s>, '%s'"
                                               : "No attr with name '%s' in Op<name=%s> for argument '%s'", attr, def->name, arg->name);
}

static int check_args(const TfgOpDef *def, const TfgArgDef *args, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++) {
        const TfgArgDef *a = &args[i];
        if (check_arg_attr(def, a, a->type_attr, TFG_ATTR_TYPE, false, s) < 0
            || check_arg_attr(def, a, a->number_attr, TFG_ATTR_INT, false, s) < 0
            || check_arg_attr(def, a, a->type_list_attr, TFG_ATTR_TYPE, true, s) < 0)
            return -1;
        if ((a->type != TFG_INVALID) + (a->type_attr != NULL) + (a->type_list_attr != NULL) != 1 || (a->number_attr && a->type_list_attr))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument '%s' in Op<name=%s> has not exactly one type", a->name, def->name);
    }
    return 0;
}

int tfg_op_def_read(const void *data, size_t n, TfgArena *arena, TfgOpDef **out, TfgStatus *s)
{
    TfgProtoReader r = TFG_PROTO_READER(arena);
    TfgWire w;
    TfgField f;
    int more, rc = 0;
    TfgOpDef *def = tfg_arena_alloc(arena, sizeof *def);
    if (!def)
        return tfg_fail_memory(s);
    def->name = "";
    tfg_wire_init(&w, data, n);
    if (make_room(&r, w, def, s) < 0)
        return -1;
    while (rc == 0 && (more = tfg_wire_next(&w, &f, s)) != 0)
        rc = more < 0 ? -1 : read_field(&r, &w, &f, def, s);
    if (rc == 0 && (check_args(def, def->in, def->n_in, s) < 0 || check_args(def, def->out, def->n_out, s) < 0))
        rc = -1;
    if (rc < 0) {
        tfg_op_def_drop_tensors(def);
        return -1;
    }
    tfg_op_def_link(def);
    *out = def;
    return 0;
}

void tfg_op_def_drop_tensors(TfgOpDef *def)
{
    for (int i = 0; i < def->n_attr; i++)
        tfg_attr_drop_tensors(&def->attr[i].default_value);
}
