/* A FunctionDef is turned into a GraphDef, which is then imported: arguments become _Arg nodes, references to outputs by name
 * ("node:output:0", "argument") become references by number ("node:2"), placeholders in attributes become the values given.
 * Layout: FunctionDef is 1 signature, 3 node_def, 4 ret { 1 key, 2 value }, 5 attr, 6 control_ret { 1 key, 2 value }. */
#include "io/function_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/graph_def.h"
#include "io/node_def.h"

#define MAX_LIST 65536          /* tensors that one argument may stand for */

typedef struct Source {         /* what a name in the body stands for */
    const TfgOpDef *def;        /* of a node; NULL: an argument of the function */
    const TfgNodeDef *node;
    int first, n;               /* an argument's tensors, by number of their _Arg */
} Source;

typedef struct Ends { const char *name, *value; } Ends;         /* of ret and control_ret */

typedef struct Maker {
    TfgGraph *library;
    const char *name;
    const TfgAttrs *given;
    TfgArena arena;
    TfgProtoReader reader;
    TfgOpDef *signature;
    TfgAttrs attrs;             /* the function's own */
    int32_t attrs_capacity;
    TfgNodeDef *nodes;
    int32_t n_nodes;
    Ends *rets, *controls;
    int n_rets, n_controls;
    TfgMap names;               /* to Source */
    const char **arg_names;
    TfgDType *arg_types;
    int n_args;
    TfgStr bytes;
} Maker;

/* ---- Reading ----------------------------------------------------------------------------------------------------------------- */

static int read_entry(Maker *m, const TfgWire *w, const TfgField *f, Ends *out, TfgStatus *s)
{
    TfgWire inner;
    TfgField e;
    int more;
    *out = (Ends){"", ""};
    if (tfg_wire_enter(w, f, &inner, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&inner, &e, s)) > 0) {
        if ((e.number != 1 && e.number != 2) || !tfg_field_is_text(&e))
            continue;
        const char *text = tfg_arena_strndup(&m->arena, e.n ? (const char *)e.data : "", e.n);
        if (!text)
            return tfg_fail_memory(s);
        *(e.number == 1 ? &out->name : &out->value) = text;
    }
    return more;
}

static int count_fields(TfgWire w, size_t *n, TfgStatus *s)     /* n[8]: by number */
{
    TfgField f;
    int more;
    memset(n, 0, 8 * sizeof *n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (f.number < 8 && f.type == TFG_WIRE_BYTES)
            n[f.number]++;
    return more;
}

static int read_def(Maker *m, const void *data, size_t size, TfgStatus *s)
{
    TfgWire w, inner;
    TfgField f;
    size_t n[8];
    int more;
    tfg_wire_init(&w, data, size);
    if (count_fields(w, n, s) < 0)
        return -1;
    if (n[3] > INT32_MAX / 4 || n[4] > MAX_LIST || n[6] > MAX_LIST)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Function %s is too large", m->name);
    m->nodes = tfg_arena_alloc(&m->arena, (n[3] + 1) * sizeof *m->nodes);
    m->rets = tfg_arena_alloc(&m->arena, (n[4] + 1) * sizeof *m->rets);
    m->controls = tfg_arena_alloc(&m->arena, (n[6] + 1) * sizeof *m->controls);
    if (!m->nodes || !m->rets || !m->controls)
        return tfg_fail_memory(s);
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        int rc = 0;
        if (f.type != TFG_WIRE_BYTES)
            continue;
        if (f.number == 1) {
            if (m->signature)
                tfg_op_def_drop_tensors(m->signature);
            m->signature = NULL;
            rc = tfg_op_def_read(f.data, f.n, &m->arena, &m->signature, s);
        } else if (f.number == 3) {
            rc = tfg_wire_enter(&w, &f, &inner, s) < 0 ? -1 : tfg_node_def_read_wire(&m->reader, inner, &m->nodes[m->n_nodes], s);
            m->n_nodes += rc == 0;
        } else if (f.number == 4) {
            rc = read_entry(m, &w, &f, &m->rets[m->n_rets++], s);
        } else if (f.number == 5) {
            rc = tfg_wire_enter(&w, &f, &inner, s) < 0 ? -1 : tfg_attrs_read_entry(&m->reader, inner, &m->attrs, &m->attrs_capacity, s);
        } else if (f.number == 6) {
            rc = read_entry(m, &w, &f, &m->controls[m->n_controls++], s);
        }
        if (rc < 0)
            return -1;
    }
    if (more == 0 && !m->signature)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Function %s has no signature", m->name);
    return more;
}

/* ---- Attributes -------------------------------------------------------------------------------------------------------------- */

static int substitute(Maker *m, TfgAttrs *attrs, const char *node, TfgStatus *s);

static int substitute_func(Maker *m, const TfgFuncAttr **f, const char *node, TfgStatus *s)
{
    return substitute(m, &((TfgFuncAttr *)(uintptr_t)*f)->attrs, node, s);
}

/* Placeholders in attributes, also in those of functions among them, become what the call gives. */
static int substitute(Maker *m, TfgAttrs *attrs, const char *node, TfgStatus *s)
{
    for (int32_t i = 0; i < attrs->n; i++) {
        TfgAttr *a = &attrs->items[i].value;
        if (a->kind == TFG_ATTR_FUNC) {
            for (int32_t k = 0; a->is_list && k < a->n; k++)
                if (substitute_func(m, (const TfgFuncAttr **)(uintptr_t)&a->list_func[k], node, s) < 0)
                    return -1;
            if (!a->is_list && substitute_func(m, &a->func, node, s) < 0)
                return -1;
        }
        if (a->kind != TFG_ATTR_PLACEHOLDER)
            continue;
        char *key = tfg_arena_strndup(&m->arena, a->s.n ? a->s.data : "", a->s.n);
        const TfgAttr *value = key && m->given ? tfg_attrs_find(m->given, key) : NULL;
        if (!key)
            return tfg_fail_memory(s);
        if (!value)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Attr %s is not found: node %s of function %s needs it", key, node, m->name);
        if (tfg_attr_copy(a, value, &m->arena) < 0) {
            a->kind = TFG_ATTR_NONE;
            return tfg_fail_memory(s);
        }
    }
    return 0;
}

/* The place of a node among others of its graph says nothing about the body. */
static void drop_colocation(TfgAttrs *attrs)
{
    for (int32_t i = 0; i < attrs->n; i++)
        if (strcmp(attrs->items[i].name, "_class") == 0) {
            tfg_attr_drop_tensors(&attrs->items[i].value);
            memmove(&attrs->items[i], &attrs->items[i + 1], (size_t)(attrs->n - i - 1) * sizeof *attrs->items);
            attrs->n--;
            i--;
        }
}

/* ---- Names ------------------------------------------------------------------------------------------------------------------- */

static int add_name(Maker *m, const char *name, Source source, TfgStatus *s)
{
    if (tfg_map_has(&m->names, name, strlen(name)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicated arg name. '%s' appears twice in function %s", name, m->name);
    Source *kept = tfg_arena_memdup(&m->arena, &source, sizeof source);
    return kept && tfg_map_put(&m->names, name, strlen(name), kept) == 0 ? 0 : tfg_fail_memory(s);
}

/* How many tensors an argument of the signature stands for; -1 with a status. */
static int count_of(Maker *m, const TfgArgDef *arg, const TfgAttrs *attrs, TfgStatus *s)
{
    int64_t n = 1;
    if (arg->number_attr)
        n = attrs ? tfg_attrs_int(attrs, arg->number_attr) : 0;
    else if (arg->type_list_attr) {
        const TfgAttr *list = attrs ? tfg_attrs_find(attrs, arg->type_list_attr) : NULL;
        n = list && list->is_list && (list->kind == TFG_ATTR_TYPE || list->n == 0) ? list->n : 0;
    }
    if (n < 0 || n > MAX_LIST)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument %s of function %s has %lld tensors", arg->name, m->name, (long long)n);
    return (int)n;
}

static TfgDType type_of(const TfgArgDef *arg, int i, const TfgAttrs *attrs)
{
    if (arg->type_list_attr) {
        const TfgAttr *list = attrs ? tfg_attrs_find(attrs, arg->type_list_attr) : NULL;
        return list && list->is_list && list->kind == TFG_ATTR_TYPE && i < list->n ? list->list_type[i] : TFG_INVALID;
    }
    return arg->type_attr ? (attrs ? tfg_attrs_type(attrs, arg->type_attr) : TFG_INVALID) : arg->type;
}

static int name_args(Maker *m, TfgStatus *s)
{
    int total = 0;
    for (int i = 0; i < m->signature->n_in; i++) {
        int n = count_of(m, &m->signature->in[i], m->given, s);
        if (n < 0)
            return -1;
        total += n;
    }
    m->arg_names = tfg_arena_alloc(&m->arena, ((size_t)total + 1) * sizeof *m->arg_names);
    m->arg_types = tfg_arena_alloc(&m->arena, ((size_t)total + 1) * sizeof *m->arg_types);
    if (!m->arg_names || !m->arg_types)
        return tfg_fail_memory(s);
    for (int i = 0; i < m->signature->n_in; i++) {
        const TfgArgDef *arg = &m->signature->in[i];
        int n = count_of(m, arg, m->given, s);
        bool list = arg->number_attr || arg->type_list_attr;
        if (add_name(m, arg->name, (Source){.first = m->n_args, .n = n}, s) < 0)
            return -1;
        for (int k = 0; k < n; k++) {
            TfgStr text = TFG_STR_INIT;
            TfgDType type = tfg_dtype_base(type_of(arg, k, m->given));
            tfg_str_puts(&text, arg->name);
            if (list)
                tfg_str_printf(&text, "_%d", k);
            m->arg_names[m->n_args] = text.failed ? NULL : tfg_arena_strdup(&m->arena, tfg_str_text(&text));
            tfg_str_fini(&text);
            if (!m->arg_names[m->n_args])
                return tfg_fail_memory(s);
            if (type == TFG_INVALID)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Argument %s of function %s has no type", arg->name, m->name);
            m->arg_types[m->n_args++] = type;
        }
    }
    return 0;
}

/* The name an _Arg node gets: no node of the body may have it. */
static int settle_arg_names(Maker *m, TfgStatus *s)
{
    for (int i = 0; i < m->n_args; i++) {
        const Source *taken;
        while ((taken = tfg_map_find(&m->names, m->arg_names[i], strlen(m->arg_names[i]))) && taken->def) {
            TfgStr text = TFG_STR_INIT;
            tfg_str_printf(&text, "%s_", m->arg_names[i]);
            m->arg_names[i] = text.failed ? NULL : tfg_arena_strdup(&m->arena, tfg_str_text(&text));
            tfg_str_fini(&text);
            if (!m->arg_names[i])
                return tfg_fail_memory(s);
        }
    }
    return 0;
}

static int name_nodes(Maker *m, TfgStatus *s)
{
    for (int32_t i = 0; i < m->n_nodes; i++) {
        TfgNodeDef *node = &m->nodes[i];
        const TfgOpDef *def = tfg_find_op_def(node->op);
        if (!def && !(def = tfg_function_op_def(m->library, node->op, s)))
            return s->code != TFG_OK ? -1 : tfg_fail(s, TFG_NOT_FOUND, "Op type not registered '%s' in function %s", node->op, m->name);
        drop_colocation(&node->attrs);
        if (substitute(m, &node->attrs, node->name, s) < 0 || tfg_node_def_add_defaults(node, def, &m->arena, s) < 0 ||
            add_name(m, node->name, (Source){.def = def, .node = node}, s) < 0)
            return -1;
    }
    return settle_arg_names(m, s);
}

/* ---- Inputs ------------------------------------------------------------------------------------------------------------------ */

typedef struct Span { const char *node; int first, n; } Span;   /* outputs first .. first + n of a node */

static int fail_input(const Maker *m, const char *input, TfgStatus *s)
{
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input %s is not found in function %s", input, m->name);
}

/* A number behind a colon; -1: none such. */
static int parse_index(const char *text)
{
    int n = 0;
    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || n > MAX_LIST)
            return -1;
        n = n * 10 + (*text - '0');
    }
    return n;
}

static int resolve_output(Maker *m, const char *input, const Source *from, const char *rest, Span *out, TfgStatus *s)
{
    const char *colon = strchr(rest, ':');
    size_t n = colon ? (size_t)(colon - rest) : strlen(rest);
    int first = 0;
    for (int i = 0; i < from->def->n_out; i++) {
        const TfgArgDef *arg = &from->def->out[i];
        int count = count_of(m, arg, &from->node->attrs, s);
        if (count < 0)
            return -1;
        if (strlen(arg->name) != n || memcmp(arg->name, rest, n) != 0) {
            first += count;
            continue;
        }
        int index = colon ? parse_index(colon + 1) : -1;
        if (colon && (index < 0 || index >= count))
            return fail_input(m, input, s);
        *out = (Span){from->node->name, first + (colon ? index : 0), colon ? 1 : count};
        return 0;
    }
    return fail_input(m, input, s);
}

/* What "argument", "argument:1", "node:output" or "node:output:1" stands for. */
static int resolve(Maker *m, const char *input, Span *out, TfgStatus *s)
{
    const char *colon = strchr(input, ':');
    size_t n = colon ? (size_t)(colon - input) : strlen(input);
    const Source *from = tfg_map_find(&m->names, input, n);
    if (!from)
        return fail_input(m, input, s);
    if (from->def)
        return colon ? resolve_output(m, input, from, colon + 1, out, s) : fail_input(m, input, s);
    int index = colon ? parse_index(colon + 1) : -1;
    if (colon && (index < 0 || index >= from->n))
        return fail_input(m, input, s);
    *out = (Span){NULL, from->first + (colon ? index : 0), colon ? 1 : from->n};
    return 0;
}

static int write_input(Maker *m, const char *input, TfgStatus *s)
{
    Span span;
    if (*input == '^') {
        const Source *from = tfg_map_find(&m->names, input + 1, strlen(input + 1));
        if (!from)
            return fail_input(m, input, s);
        if (from->def)
            tfg_put_text(&m->bytes, 3, input);
        return 0;               /* an argument is always there */
    }
    if (resolve(m, input, &span, s) < 0)
        return -1;
    for (int i = 0; i < span.n; i++) {
        TfgStr text = TFG_STR_INIT;
        if (!span.node)
            tfg_str_puts(&text, m->arg_names[span.first + i]);
        else
            tfg_str_printf(&text, "%s:%d", span.node, span.first + i);
        tfg_put_bytes(&m->bytes, 3, tfg_str_text(&text), text.n);
        bool failed = text.failed;
        tfg_str_fini(&text);
        if (failed)
            return tfg_fail_memory(s);
    }
    return 0;
}

/* ---- The graph --------------------------------------------------------------------------------------------------------------- */

static int write_arg(Maker *m, int i, TfgStatus *s)
{
    TfgNamedAttr items[2] = {{"T", TFG_A_TYPE(m->arg_types[i])}, {"index", TFG_A_INT(i)}};
    TfgAttrs attrs = {2, items};
    size_t mark = tfg_put_begin(&m->bytes, 1, 64);
    tfg_put_text(&m->bytes, 1, m->arg_names[i]);
    tfg_put_text(&m->bytes, 2, "_Arg");
    int rc = tfg_attrs_write(&attrs, NULL, 5, &m->bytes, s);
    tfg_put_end(&m->bytes, mark);
    return rc;
}

static int write_node(Maker *m, const TfgNodeDef *node, TfgStatus *s)
{
    size_t mark = tfg_put_begin(&m->bytes, 1, 128);
    tfg_put_text(&m->bytes, 1, node->name);
    tfg_put_text(&m->bytes, 2, node->op);
    for (int32_t i = 0; i < node->n_inputs; i++)
        if (write_input(m, node->inputs[i], s) < 0)
            return -1;
    tfg_put_text_unless_empty(&m->bytes, 4, node->device);
    int rc = tfg_attrs_write(&node->attrs, NULL, 5, &m->bytes, s);
    tfg_put_end(&m->bytes, mark);
    return rc;
}

static int write_graph(Maker *m, TfgStatus *s)
{
    for (int i = 0; i < m->n_args; i++)
        if (write_arg(m, i, s) < 0)
            return -1;
    for (int32_t i = 0; i < m->n_nodes; i++)
        if (write_node(m, &m->nodes[i], s) < 0)
            return -1;
    if (m->bytes.failed)
        return tfg_fail_memory(s);
    return m->bytes.n > TFG_WIRE_MAX_BYTES ? tfg_fail(s, TFG_INVALID_ARGUMENT, "Function %s is larger than 2GB", m->name) : 0;
}

static const char *ret_named(const Maker *m, const char *name)
{
    for (int i = 0; i < m->n_rets; i++)
        if (strcmp(m->rets[i].name, name) == 0)
            return m->rets[i].value;
    return NULL;
}

/* The tensors that the function returns, in the order of its signature; *n of them. */
static TfgImportWant *list_rets(Maker *m, TfgDType **types, int *n, TfgStatus *s)
{
    TfgImportWant *want = NULL;
    size_t capacity = 0, type_capacity = 0;
    *types = NULL;
    *n = 0;
    for (int i = 0; i < m->signature->n_out; i++) {
        const TfgArgDef *arg = &m->signature->out[i];
        const char *value = ret_named(m, arg->name);
        Span span = {0};
        int count = count_of(m, arg, m->given, s), rc = count < 0 ? -1 : 0;
        if (rc == 0 && !value)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Return %s of function %s is missing", arg->name, m->name);
        if (rc == 0 && resolve(m, value, &span, s) < 0)
            rc = -1;
        if (rc == 0 && span.n != count)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Return %s of function %s is %d tensors, not %d", arg->name, m->name, span.n, count);
        if (rc == 0 && (tfg_grow((void **)&want, &capacity, (size_t)*n + (size_t)count + 1, sizeof *want) < 0 ||
                        tfg_grow((void **)types, &type_capacity, (size_t)*n + (size_t)count + 1, sizeof **types) < 0))
            rc = tfg_fail_memory(s);
        if (rc < 0) {
            tfg_free(want);
            return NULL;
        }
        for (int k = 0; k < count; k++) {
            (*types)[*n] = tfg_dtype_base(type_of(arg, k, m->given));
            want[(*n)++] = span.node ? (TfgImportWant){span.node, span.first + k} : (TfgImportWant){m->arg_names[span.first + k], 0};
        }
    }
    if (!want && !(want = tfg_alloc(sizeof *want)))
        tfg_fail_memory(s);
    return want;
}

static int check_rets(const Maker *m, const TfgFunctionBody *b, TfgStatus *s)
{
    for (int i = 0; i < b->n_rets; i++)
        if (tfg_dtype_base(b->rets[i].op->outputs[b->rets[i].index].dtype) != b->ret_types[i])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Return value %d of function %s is %s, but its signature says %s", i, m->name,
                            tfg_dtype_signature_name(tfg_dtype_base(b->rets[i].op->outputs[b->rets[i].index].dtype)),
                            tfg_dtype_signature_name(b->ret_types[i]));
    return 0;
}

static int import(Maker *m, TfgFunctionBody *b, TfgStatus *s)
{
    TfgImportWant *rets = list_rets(m, &b->ret_types, &b->n_rets, s), *all = NULL;
    TfgOutput *found = NULL;
    int n_rets = b->n_rets, rc = -1;
    size_t n = (size_t)m->n_args + (size_t)n_rets + (size_t)m->n_controls;
    if (!rets)
        return -1;
    all = tfg_calloc(n + 1, sizeof *all);
    found = tfg_calloc(n + 1, sizeof *found);
    b->args = tfg_calloc((size_t)m->n_args + 1, sizeof *b->args);
    b->arg_types = tfg_calloc((size_t)m->n_args + 1, sizeof *b->arg_types);
    b->rets = tfg_calloc((size_t)n_rets + 1, sizeof *b->rets);
    b->controls = tfg_calloc((size_t)m->n_controls + 1, sizeof *b->controls);
    if (!all || !found || !b->args || !b->arg_types || !b->rets || !b->controls) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < m->n_args; i++)
        all[i] = (TfgImportWant){m->arg_names[i], 0};
    memcpy(all + m->n_args, rets, (size_t)n_rets * sizeof *all);
    for (int i = 0; i < m->n_controls; i++)
        all[m->n_args + n_rets + i] = (TfgImportWant){m->controls[i].value, -1};
    TfgImportOptions options = {.prefix = "", .want = all, .n_want = (int)n};
    tfg_graph_lock(b->graph);
    rc = tfg_graph_def_import(b->graph, m->bytes.n ? m->bytes.data : "", m->bytes.n, &options, found, NULL, NULL, s);
    tfg_graph_unlock(b->graph);
    if (rc < 0) {
        if (s->code == TFG_VALUE_ERROR)
            s->code = TFG_INVALID_ARGUMENT;
        s->op = NULL;           /* of a graph that ends here */
        goto done;
    }
    b->n_args = m->n_args;
    b->noinline = tfg_attrs_bool(&m->attrs, "_noinline");
    b->n_controls = m->n_controls;
    memcpy(b->args, found, (size_t)m->n_args * sizeof *found);
    memcpy(b->arg_types, m->arg_types, (size_t)m->n_args * sizeof *m->arg_types);
    memcpy(b->rets, found + m->n_args, (size_t)n_rets * sizeof *found);
    for (int i = 0; i < m->n_controls; i++)
        b->controls[i] = found[m->n_args + n_rets + i].op;
    rc = check_rets(m, b, s);
done:
    tfg_free(rets);
    tfg_free(all);
    tfg_free(found);
    return rc;
}

static void maker_fini(Maker *m)
{
    for (int32_t i = 0; i < m->n_nodes; i++)
        tfg_attrs_drop_tensors(&m->nodes[i].attrs);
    if (m->signature)
        tfg_op_def_drop_tensors(m->signature);
    tfg_attrs_drop_tensors(&m->attrs);
    tfg_map_fini(&m->names);
    tfg_str_fini(&m->bytes);
    tfg_arena_fini(&m->arena);
}

TfgFunctionBody *tfg_function_body_new(TfgGraph *library, const char *name, const TfgAttrs *attrs, TfgStatus *s)
{
    Maker m = {.library = library, .name = name, .given = attrs};
    const void *def;
    size_t n;
    if (!tfg_graph_find_function(library, name, &def, &n, NULL)) {
        tfg_fail(s, TFG_NOT_FOUND, "Function %s is not defined.", name);
        return NULL;
    }
    TfgFunctionBody *b = tfg_calloc(1, sizeof *b);
    if (!b) {
        tfg_fail_memory(s);
        return NULL;
    }
    int rc = -1;
    tfg_arena_init(&m.arena);
    m.reader = (TfgProtoReader)TFG_PROTO_READER(&m.arena);
    b->graph = tfg_graph_new(s);
    if (b->graph) {
        tfg_graph_set_outer(b->graph, library);
        if (read_def(&m, def, n, s) == 0 && name_args(&m, s) == 0 && name_nodes(&m, s) == 0 && write_graph(&m, s) == 0)
            rc = import(&m, b, s);
    }
    maker_fini(&m);
    if (rc < 0) {
        tfg_function_body_free(b);
        return NULL;
    }
    return b;
}

void tfg_function_body_free(TfgFunctionBody *b)
{
    if (!b)
        return;
    tfg_graph_unref(b->graph);
    tfg_free(b->args);
    tfg_free(b->rets);
    tfg_free(b->controls);
    tfg_free(b->arg_types);
    tfg_free(b->ret_types);
    tfg_free(b);
}
