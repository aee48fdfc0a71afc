/* What inputs say about attributes, and checks of attributes: in the words of TensorFlow's Python layer. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

typedef struct Infer {
    const TfgOpSpec *spec;
    const TfgOpDef *def;
    TfgAttr *values;
    bool later;                 /* an attribute of a later version is given, so others may have that version's values */
    TfgStatus *s;
} Infer;

static bool is_absent(const TfgAttr *v)
{
    return v->kind == TFG_ATTR_NONE && !v->is_list;
}

/* ---- What is given ---- */

static int take_given(Infer *f)
{
    for (int i = 0; i < f->spec->n_attrs; i++) {
        const TfgNamedAttr *a = &f->spec->attrs[i];
        const TfgAttrDef *d = tfg_op_def_attr(f->def, a->name);
        if (d)
            f->values[d - f->def->attr] = a->value;
        else if (tfg_op_def_later(f->def, a->name))
            f->later = true;
        else if (a->name[0] != '_')
            return tfg_fail(f->s, TFG_TYPE_ERROR, "apply_op() got unexpected keyword arguments: %s", a->name);
    }
    return 0;
}

/* ---- How many inputs each argument takes ---- */

/* Inputs that are spoken for, and how often the one list length that nobody gave occurs. */
typedef struct Lengths {
    int64_t fixed;
    int n_unknown;
    int16_t number, type_list;      /* attribute that is to be found out, or -1 */
} Lengths;

static int count_arg(Infer *f, const TfgArgDef *arg, Lengths *l)
{
    if (arg->number_index >= 0 && is_absent(&f->values[arg->number_index])) {
        if (l->type_list >= 0 || (l->number >= 0 && l->number != arg->number_index))
            return -1;
        l->number = arg->number_index;
        l->n_unknown++;
    } else if (arg->type_list_index >= 0 && is_absent(&f->values[arg->type_list_index])) {
        if (l->number >= 0 || (l->type_list >= 0 && l->type_list != arg->type_list_index))
            return -1;
        l->type_list = arg->type_list_index;
        l->n_unknown++;
    } else if (arg->number_index >= 0) {
        l->fixed += f->values[arg->number_index].i;
    } else {
        l->fixed += arg->type_list_index >= 0 ? f->values[arg->type_list_index].n : 1;
    }
    return 0;
}

static int fail_count(Infer *f)
{
    return tfg_fail(f->s, TFG_VALUE_ERROR, "%d inputs do not fit the arguments of op '%s'", f->spec->n_inputs, f->def->name);
}

/* *each is how long the lists are whose length nobody gave. */
static int find_lengths(Infer *f, int64_t *each)
{
    Lengths l = {.number = -1, .type_list = -1};
    *each = 0;
    if (f->def->is_plain_io)
        return f->spec->n_inputs == f->def->n_in ? 0 : fail_count(f);
    for (int i = 0; i < f->def->n_in; i++)
        if (count_arg(f, &f->def->in[i], &l) < 0)
            return tfg_fail(f->s, TFG_TYPE_ERROR, "The lengths of the lists that op '%s' takes must be given", f->def->name);
    int64_t rest = f->spec->n_inputs - l.fixed;
    if (rest < 0 || l.fixed < 0 || (l.n_unknown ? rest % l.n_unknown != 0 : rest != 0))
        return fail_count(f);
    *each = l.n_unknown ? rest / l.n_unknown : 0;
    if (l.number >= 0)
        f->values[l.number] = TFG_A_INT(*each);
    return 0;
}

/* ---- Types ---- */

static TfgDType input_type(const Infer *f, int i)
{
    return tfg_dtype_base(f->spec->inputs[i].op->outputs[f->spec->inputs[i].index].dtype);
}

static int fail_allowed(Infer *f, const TfgAttrDef *a, TfgDType type, const char *parameter)
{
    TfgStr allowed = TFG_STR_INIT;
    for (int i = 0; i < a->n_allowed_types; i++)
        tfg_str_printf(&allowed, "%s%s", i ? ", " : "", tfg_dtype_name(a->allowed_order[i]));
    tfg_fail(f->s, TFG_TYPE_ERROR, "Value passed to parameter '%s' has DataType %s not in list of allowed values: %s", parameter,
             tfg_dtype_name(type), tfg_str_text(&allowed));
    tfg_str_fini(&allowed);
    return -1;
}

static bool is_allowed(const TfgAttrDef *a, TfgDType type)
{
    return !a->allowed_types || (type < TFG_N_DTYPES && a->allowed_types >> type & 1);
}

/* The argument that the type attribute was first inferred from. */
static const char *inferred_from(const Infer *f, int16_t attr)
{
    for (int i = 0; i < f->spec->n_attrs; i++)
        if (strcmp(f->spec->attrs[i].name, f->def->attr[attr].name) == 0)
            return f->def->attr[attr].name;
    for (int i = 0; i < f->def->n_in; i++)
        if (f->def->in[i].type_index == attr)
            return f->def->in[i].name;
    return f->def->attr[attr].name;
}

static int infer_one(Infer *f, const TfgArgDef *arg, int at)
{
    TfgDType type = input_type(f, at);
    if (arg->type_index < 0) {
        if (type == arg->type || arg->type == TFG_INVALID)
            return 0;
        return tfg_fail(f->s, TFG_TYPE_ERROR, "Input '%s' of '%s' Op has type %s that does not match expected type of %s.", arg->name,
                        f->def->name, tfg_dtype_name(type), tfg_dtype_name(arg->type));
    }
    TfgAttr *v = &f->values[arg->type_index];
    const TfgAttrDef *a = &f->def->attr[arg->type_index];
    if (is_absent(v)) {
        if (!is_allowed(a, type))
            return fail_allowed(f, a, type, arg->name);
        *v = TFG_A_TYPE(type);
    } else if (v->type != type) {
        return tfg_fail(f->s, TFG_TYPE_ERROR, "Input '%s' of '%s' Op has type %s that does not match type %s of argument '%s'.",
                        arg->name, f->def->name, tfg_dtype_name(type), tfg_dtype_name(v->type), inferred_from(f, arg->type_index));
    }
    return 0;
}

static int fail_list(Infer *f, const TfgArgDef *arg, int at, int n, const char *why, const char *type)
{
    TfgStr types = TFG_STR_INIT;
    for (int i = 0; i < n; i++)
        tfg_str_printf(&types, "%s%s", i ? ", " : "", tfg_dtype_name(input_type(f, at + i)));
    tfg_fail(f->s, TFG_TYPE_ERROR, "Tensors in list passed to '%s' of '%s' Op have types [%s] that %s%s%s", arg->name, f->def->name,
             tfg_str_text(&types), why, type ? type : "", !type ? "." : strstr(why, "expected") ? "." :
             " inferred from earlier arguments.");
    tfg_str_fini(&types);
    return -1;
}

static int check_length(Infer *f, const TfgArgDef *arg, int n)
{
    const TfgAttrDef *a = &f->def->attr[arg->number_index];
    if (a->has_minimum && n < a->minimum)
        return tfg_fail(f->s, TFG_VALUE_ERROR, "List argument '%s' to '%s' Op with length %d shorter than minimum length %lld.",
                        arg->name, f->def->name, n, (long long)a->minimum);
    return 0;
}

/* n tensors of one type. */
static int infer_same(Infer *f, const TfgArgDef *arg, int at, int n)
{
    if (check_length(f, arg, n) < 0)
        return -1;
    for (int i = 1; i < n; i++)
        if (input_type(f, at + i) != input_type(f, at))
            return fail_list(f, arg, at, n, "don't all match", NULL);
    if (arg->type_index < 0)
        return n == 0 || input_type(f, at) == arg->type ? 0 :
            fail_list(f, arg, at, n, "do not match expected type ", tfg_dtype_name(arg->type));
    TfgAttr *v = &f->values[arg->type_index];
    if (!is_absent(v))
        return n == 0 || input_type(f, at) == v->type ? 0 : fail_list(f, arg, at, n, "do not match type ", tfg_dtype_name(v->type));
    if (n == 0)
        return tfg_fail(f->s, TFG_TYPE_ERROR,
                        "Don't know how to infer type variable from empty input list passed to input '%s' of '%s' Op.", arg->name,
                        f->def->name);
    return infer_one(f, arg, at);
}

static void list_types(const TfgDType *types, int n, TfgStr *out)
{
    for (int i = 0; i < n; i++)
        tfg_str_printf(out, "%s%s", i ? ", " : "", tfg_dtype_name(types[i]));
}

static int compare_list(Infer *f, const TfgArgDef *arg, const TfgDType *types, int n)
{
    const TfgAttr *v = &f->values[arg->type_list_index];
    if (v->n == n && (n == 0 || memcmp(v->list_type, types, (size_t)n * sizeof *types) == 0))
        return 0;
    TfgStr got = TFG_STR_INIT, want = TFG_STR_INIT;
    list_types(types, n, &got);
    list_types(v->list_type, v->n, &want);
    tfg_fail(f->s, TFG_TYPE_ERROR, "Input '%s' of '%s' Op has type list of %s that does not match type list %s of argument '%s'.",
             arg->name, f->def->name, tfg_str_text(&got), tfg_str_text(&want), arg->type_list_attr);
    tfg_str_fini(&got);
    tfg_str_fini(&want);
    return -1;
}

/* n tensors of types of their own. */
static int infer_mixed(Infer *f, const TfgArgDef *arg, int at, int n)
{
    const TfgAttrDef *a = &f->def->attr[arg->type_list_index];
    TfgDType *types = tfg_arena_alloc(tfg_graph_arena(f->spec->inputs[0].op->graph),
                                      (size_t)n * sizeof *types);
    if (!types)
        return tfg_fail_memory(f->s);
    for (int i = 0; i < n; i++) {
        types[i] = input_type(f, at + i);
        if (!is_allowed(a, types[i]))
            return fail_allowed(f, a, types[i], arg->name);
    }
    if (!is_absent(&f->values[arg->type_list_index]))
        return compare_list(f, arg, types, n);
    f->values[arg->type_list_index] = (TfgAttr){.kind = TFG_ATTR_TYPE, .is_list = true, .n = n, .list_type = types};
    return 0;
}

static int check_refs(Infer *f, const TfgArgDef *arg, int at, int n)
{
    for (int i = at; arg->is_ref && i < at + n; i++)
        if (!tfg_dtype_is_ref(f->spec->inputs[i].op->outputs[f->spec->inputs[i].index].dtype))
            return tfg_fail(f->s, TFG_TYPE_ERROR, "'%s' Op requires that input '%s' be a mutable tensor (e.g.: a tf.Variable)",
                            f->def->name, arg->name);
    return 0;
}

static int check_minimum(Infer *f, const TfgAttrDef *a, const TfgAttr *v)
{
    if (a->is_list && v->n < a->minimum)
        return tfg_fail(f->s, TFG_VALUE_ERROR, "Attr '%s' of '%s' Op passed list of length %d less than minimum %lld.", a->name,
                        f->def->name, (int)v->n, (long long)a->minimum);
    if (!a->is_list && a->kind == TFG_ATTR_INT && v->i < a->minimum)
        return tfg_fail(f->s, TFG_VALUE_ERROR, "Attr '%s' of '%s' Op passed %lld less than minimum %lld.", a->name, f->def->name,
                        (long long)v->i, (long long)a->minimum);
    return 0;
}

static int infer_inputs(Infer *f)
{
    int64_t each;
    int at = 0;
    if (find_lengths(f, &each) < 0)
        return -1;
    for (int i = 0; i < f->def->n_in; i++) {
        const TfgArgDef *arg = &f->def->in[i];
        int n = 1, rc;
        if (arg->number_index >= 0) {
            n = (int)f->values[arg->number_index].i;
            rc = infer_same(f, arg, at, n);
        } else if (arg->type_list_index >= 0) {
            const TfgAttr *list = &f->values[arg->type_list_index];
            n = is_absent(list) ? (int)each : list->n;
            if (n == 0 && is_absent(list)) {
                const TfgAttrDef *a = &f->def->attr[arg->type_list_index];
                f->values[arg->type_list_index] = (TfgAttr){.kind = TFG_ATTR_TYPE, .is_list = true};
                if (a->has_minimum && check_minimum(f, a, &f->values[arg->type_list_index]) < 0)
                    return -1;
                continue;
            }
            rc = n > 0 ? infer_mixed(f, arg, at, n) : 0;
        } else {
            rc = infer_one(f, arg, at);
        }
        if (rc < 0 || check_refs(f, arg, at, n) < 0)
            return -1;
        at += n;
    }
    return 0;
}

/* ---- Checks of values ---- */

static int check_one_string(Infer *f, const TfgAttrDef *a, TfgBytes v)
{
    const TfgAttrDef *later = f->later ? tfg_op_def_later(f->def, a->name) : NULL;
    if (tfg_attr_lets_string(a, v) || (later && tfg_attr_lets_string(later, v)))
        return 0;
    TfgStr allowed = TFG_STR_INIT;
    for (int i = 0; i < a->n_allowed_strings; i++) {
        TfgBytes b = a->allowed_strings[i];
        tfg_str_printf(&allowed, "%s%.*s", i ? "\", \"" : "", (int)b.n, b.data);
    }
    tfg_fail(f->s, TFG_VALUE_ERROR, "Attr '%s' of '%s' Op passed string '%.*s' not in: \"%s\".", a->name, f->def->name, (int)v.n,
             v.n ? v.data : "", tfg_str_text(&allowed));
    tfg_str_fini(&allowed);
    return -1;
}

static int check_type(Infer *f, const TfgAttrDef *a, TfgDType type)
{
    if (!tfg_dtype_is_valid((int)type))
        return tfg_fail(f->s, TFG_TYPE_ERROR, "Expected DataType for argument '%s' not %d.", a->name, (int)type);
    return is_allowed(a, type) ? 0 : fail_allowed(f, a, type, a->name);
}

static int check_given(Infer *f, const TfgAttrDef *a, TfgAttr *v)
{
    if (a->is_list && v->is_list && v->n == 0)
        v->kind = (uint8_t)a->kind;
    if (v->kind != a->kind || v->is_list != a->is_list) {
        tfg_check_attr(f->def, a, v, f->s);
        f->s->code = TFG_TYPE_ERROR;
        return -1;
    }
    if (a->has_minimum && check_minimum(f, a, v) < 0)
        return -1;
    for (int i = 0; a->kind == TFG_ATTR_STRING && a->n_allowed_strings && i < (a->is_list ? v->n : 1); i++)
        if (check_one_string(f, a, a->is_list ? v->list_s[i] : v->s) < 0)
            return -1;
    for (int i = 0; a->kind == TFG_ATTR_TYPE && i < (a->is_list ? v->n : 1); i++)
        if (check_type(f, a, a->is_list ? v->list_type[i] : v->type) < 0)
            return -1;
    return 0;
}

static int fill_rest(Infer *f)
{
    for (int i = 0; i < f->def->n_attr; i++) {
        const TfgAttrDef *a = &f->def->attr[i];
        if (!is_absent(&f->values[i]))
            continue;
        if (!a->has_default)
            return tfg_fail(f->s, TFG_TYPE_ERROR, "No argument for attr %s", a->name);
        f->values[i] = a->default_value;
    }
    return 0;
}

/* Given values are checked; inferred ones were when they were found, defaults are right. */
static int check_all_given(Infer *f)
{
    for (int i = 0; i < f->def->n_attr; i++)
        if (!is_absent(&f->values[i]) && check_given(f, &f->def->attr[i], &f->values[i]) < 0)
            return -1;
    return 0;
}

int tfg_infer_attrs(const TfgOpSpec *spec, TfgAttr *values, TfgStatus *s)
{
    Infer f = {.spec = spec, .def = spec->def, .values = values, .s = s};
    if (spec->n_attrs > 0 && (take_given(&f) < 0 || check_all_given(&f) < 0))
        return -1;
    return infer_inputs(&f) < 0 ? -1 : fill_rest(&f);
}

#define MAX_OUTPUTS (1 << 24)

int tfg_count_outputs(const TfgOpDef *def, const TfgAttr *values, int64_t *n, TfgStatus *s)
{
    *n = def->n_out;
    if (def->is_plain_io)
        return 0;
    *n = 0;
    for (int i = 0; i < def->n_out; i++) {
        const TfgArgDef *arg = &def->out[i];
        int64_t count = arg->number_index >= 0 ? values[arg->number_index].i :
            arg->type_list_index >= 0 ? values[arg->type_list_index].n : 1;
        if (count < 0 || count > MAX_OUTPUTS || (*n += count) > MAX_OUTPUTS)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Op '%s' cannot have %lld outputs", def->name, (long long)count);
    }
    return 0;
}
