/* The one place where an operation is added. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/const_value.h"
#include "graph/graph_internal.h"
#include "graph/names.h"

typedef struct Adding {
    TfgGraph *g;
    const TfgOpSpec *spec;
    TfgOp *op;
    const char *name;
    TfgNameTake take;
    int64_t entry;              /* of the name */
    TfgAttr *values;            /* of the definition's attributes; borrowed contents */
    TfgOp **controls;
    size_t n_controls, controls_capacity;
    int64_t n_outputs;
    bool direct;
} Adding;

/* ---- Checks before anything is made ---- */

static int check_inputs(Adding *a, TfgStatus *s)
{
    for (int i = 0; i < a->spec->n_inputs; i++) {
        TfgOutput in = a->spec->inputs[i];
        if (!in.op)
            return tfg_fail(s, TFG_TYPE_ERROR, "Input #%d is not a tensor", i);
        if (in.op->graph != a->g)
            return tfg_fail(s, TFG_VALUE_ERROR, "%s:%d must be from the graph that the operation is added to.", in.op->name, in.index);
        if (in.index < 0 || in.index >= in.op->n_outputs)
            return tfg_fail(s, TFG_OUT_OF_RANGE, "Node '%s' (type: '%s', num of outputs: %d) does not have output %d", in.op->name,
                            in.op->def->name, (int)in.op->n_outputs, in.index);
    }
    return 0;
}

static int check_deprecation(const TfgGraph *g, const TfgOpDef *d, TfgStatus *s)
{
    if (!d->deprecated_since || g->producer < d->deprecated_since)
        return 0;
    return tfg_fail(s, TFG_UNIMPLEMENTED, "Op %s is not available in GraphDef version %d. It has been removed in version %d. %s.",
                    d->name, g->producer, d->deprecated_since, d->deprecation ? d->deprecation : "");
}

/* ---- The name ---- */

static int check_name(Adding *a, const char *name, TfgStatus *s)
{
    if (!tfg_is_op_name(name))
        return tfg_fail(s, TFG_VALUE_ERROR, "'%s' is not a valid node name", name);
    if (tfg_name_table_op(&a->g->names, a->entry, name))
        return tfg_fail(s, TFG_VALUE_ERROR, "Duplicate node name in graph: '%s'", name);
    return 0;
}

static int take_name(Adding *a, TfgStatus *s)
{
    const TfgThreadScope *t = tfg_thread_scope(a->g);
    const char *name = a->spec->name ? a->spec->name : a->spec->def->name;
    size_t n = strlen(name);
    if (a->spec->exact || (n > 0 && name[n - 1] == '/')) {
        if (!a->spec->exact && !a->direct && tfg_check_scope_name(t, name, s) < 0)
            return -1;
        a->name = tfg_arena_strndup(&a->g->arena, name, a->spec->exact ? n : n - 1);
        if (!a->name)
            return tfg_fail_memory(s);
        a->entry = tfg_names_entry(a->g, a->name, true, s);
        if (a->entry < 0)
            return -1;
    } else {
        if (!a->direct && n > 0 && tfg_check_scope_name(t, name, s) < 0)
            return -1;
        bool scoped = t && (n > 0 || a->direct);        /* a scope "" is the root, and no op is named so */
        a->name = tfg_names_take(a->g, scoped ? t->scope : "", scoped ? t->n : 0, name, true, &a->take, s);
        if (!a->name)
            return -1;
        a->entry = a->take.entry;
    }
    return check_name(a, a->name, s);
}

/* ---- Control inputs: what is asked for, then what the blocks give, each once ---- */

#define FEW_CONTROLS 16

/* Of equal ops the first stays.  A group may wait for every variable of a large model, so long lists are hashed. */
static int keep_first(Adding *a)
{
    TfgIdMap seen = {NULL, 0, 0};
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; i < a->n_controls && rc == 0; i++) {
        TfgOp *op = a->controls[i];
        bool known = false;
        if (a->n_controls > FEW_CONTROLS)
            known = tfg_idmap_get(&seen, (uint64_t)(uintptr_t)op, NULL);
        else
            for (size_t k = 0; k < kept && !known; k++)
                known = a->controls[k] == op;
        if (known)
            continue;
        a->controls[kept++] = op;
        if (a->n_controls > FEW_CONTROLS)
            rc = tfg_idmap_put(&seen, (uint64_t)(uintptr_t)op, 1);
    }
    tfg_idmap_fini(&seen);
    a->n_controls = kept;
    return rc;
}

static int find_controls(Adding *a, TfgStatus *s)
{
    for (int i = 0; i < a->spec->n_controls; i++) {
        if (a->spec->controls[i]->graph != a->g)
            return tfg_fail(s, TFG_VALUE_ERROR, "%s must be from the graph that the operation is added to.", a->spec->controls[i]->name);
        if (tfg_grow((void **)&a->controls, &a->controls_capacity, a->n_controls + 1, sizeof *a->controls) < 0)
            return tfg_fail_memory(s);
        a->controls[a->n_controls++] = a->spec->controls[i];
    }
    if (!a->spec->exact && a->g->n_controls &&
        tfg_control_inputs(a->g, a->spec->inputs, a->spec->n_inputs, &a->controls, &a->n_controls, &a->controls_capacity) < 0)
        return tfg_fail_memory(s);
    return keep_first(a) < 0 ? tfg_fail_memory(s) : 0;
}

/* ---- The node: one block for it, its inputs, control inputs, outputs and attributes ---- */

static size_t round_up(size_t n) { return (n + 15) & ~(size_t)15; }

static int n_private(const TfgOpSpec *spec)
{
    int n = 0;
    for (int i = 0; i < spec->n_attrs; i++)
        n += tfg_op_def_lets(spec->def, spec->attrs[i].name);
    return n;
}

static int allocate(Adding *a, TfgStatus *s)
{
    const TfgOpDef *d = a->spec->def;
    size_t n_attrs = (size_t)(d->n_attr + n_private(a->spec));
    size_t op = round_up(sizeof(TfgOp)), inputs = round_up((size_t)a->spec->n_inputs * sizeof(TfgOutput));
    size_t controls = round_up(a->n_controls * sizeof(TfgOp *)), outputs = round_up((size_t)a->n_outputs * sizeof(TfgOutputInfo));
    char *block = tfg_arena_alloc(&a->g->arena, op + inputs + controls + outputs + n_attrs * sizeof(TfgNamedAttr));
    if (!block)
        return tfg_fail_memory(s);
    a->op = (TfgOp *)(void *)block;
    a->op->graph = a->g;
    a->op->def = d;
    a->op->name = a->name;
    a->op->device = "";
    a->op->n_inputs = a->spec->n_inputs;
    a->op->n_controls = (int32_t)a->n_controls;
    a->op->n_outputs = (int32_t)a->n_outputs;
    a->op->inputs = (TfgOutput *)(void *)(block += op);
    a->op->controls = (TfgOp **)(void *)(block += inputs);
    a->op->outputs = (TfgOutputInfo *)(void *)(block += controls);
    a->op->attrs.items = (TfgNamedAttr *)(void *)(block + outputs);
    for (int i = 0; i < a->spec->n_inputs; i++)
        a->op->inputs[i] = a->spec->inputs[i];
    for (size_t i = 0; i < a->n_controls; i++)
        a->op->controls[i] = a->controls[i];
    return 0;
}

static int put_attr(TfgOp *op, const char *name, const TfgAttr *value)
{
    TfgNamedAttr *to = &op->attrs.items[op->attrs.n];
    to->name = name;
    if (tfg_attr_copy(&to->value, value, &op->graph->arena) < 0)
        return -1;
    op->attrs.n++;
    return 0;
}

static int copy_attrs(Adding *a, TfgStatus *s)
{
    const TfgOpDef *d = a->spec->def;
    for (int i = 0; i < d->n_attr; i++)
        if (put_attr(a->op, d->attr[i].name, &a->values[i]) < 0)
            return tfg_fail_memory(s);
    for (int i = 0; i < a->spec->n_attrs; i++) {
        const TfgNamedAttr *given = &a->spec->attrs[i];
        if (!tfg_op_def_lets(d, given->name))
            continue;
        const char *name = tfg_graph_intern(a->g, given->name, s);
        if (!name)
            return -1;
        if (put_attr(a->op, name, &given->value) < 0)
            return tfg_fail_memory(s);
    }
    return 0;
}

static TfgDType type_of(const Adding *a, const TfgArgDef *arg, int i)
{
    TfgDType type = arg->type_index >= 0 ? a->values[arg->type_index].type :
        arg->type_list_index >= 0 ? a->values[arg->type_list_index].list_type[i] : arg->type;
    return arg->is_ref ? (TfgDType)(tfg_dtype_base(type) + TFG_REF) : type;
}

static void set_output_types(Adding *a)
{
    const TfgOpDef *d = a->spec->def;
    int at = 0;
    for (int k = 0; k < d->n_out; k++) {
        const TfgArgDef *arg = &d->out[k];
        int n = arg->number_index >= 0 ? (int)a->values[arg->number_index].i :
            arg->type_list_index >= 0 ? a->values[arg->type_list_index].n : 1;
        for (int i = 0; i < n; i++)
            a->op->outputs[at++].dtype = type_of(a, arg, i);
    }
}

/* ---- Into the graph ---- */

static void unlink_op(TfgOp *op)
{
    for (int i = 0; i < op->n_inputs; i++)
        tfg_use_remove(op->inputs[i], op, i);
    for (int i = 0; i < op->n_controls; i++)
        tfg_control_use_remove(op->controls[i], op);
}

static int link_op(Adding *a, TfgStatus *s)
{
    TfgOp *op = a->op;
    if (tfg_graph_reserve_node(a->g, s) < 0)
        return -1;
    bool failed = false;
    for (int i = 0; i < op->n_inputs && !failed; i++)
        failed = tfg_use_add(op->inputs[i], op, i) < 0;
    for (int i = 0; i < op->n_controls && !failed; i++)
        failed = tfg_control_use_add(op->controls[i], op) < 0;
    if (failed || tfg_name_table_set_op(&a->g->names, a->entry, op, op->name) < 0) {
        unlink_op(op);
        return tfg_fail_memory(s);
    }
    TfgNameEntry *entry = &a->g->names.entries[a->entry];
    if (a->spec->exact && !entry->used)         /* a name from a file is in use; one that a scope gave was before */
        entry->used = 1;
    tfg_graph_put_node(a->g, op);
    a->g->version = op->id;
    return 0;
}

static int take_id(Adding *a, TfgStatus *s)
{
    if (a->g->next_id >= INT32_MAX)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "A graph cannot have more operations");
    a->op->id = (int32_t)++a->g->next_id;
    return 0;
}

static int build(Adding *a, TfgStatus *s)
{
    if (tfg_infer_attrs(a->spec, a->values, s) < 0 || tfg_count_outputs(a->spec->def, a->values, &a->n_outputs, s) < 0 ||
        take_name(a, s) < 0 || find_controls(a, s) < 0 || allocate(a, s) < 0)
        return -1;
    if (copy_attrs(a, s) < 0)
        goto drop;
    set_output_types(a);
    if (!a->spec->exact)
        a->op->context = a->g->context;
    if (a->spec->device && !(a->op->device = tfg_graph_intern(a->g, a->spec->device, s)))
        goto drop;
    /* The id is gone even where the shapes do not fit: seeds are made of ids, and TensorFlow counts such ops. */
    if (take_id(a, s) < 0 || tfg_infer_op_shapes(a->g, a->op, s) < 0 || link_op(a, s) < 0)
        goto drop;
    if (a->g->hooks.capture_stack)
        a->op->stack = a->g->hooks.capture_stack(a->g);
    return 0;
drop:
    for (int i = 0; i < a->op->attrs.n; i++)
        tfg_attr_drop_tensors(&a->op->attrs.items[i].value);
    return -1;
}

/* ---- What scopes and contexts do with a new node ---- */

/* Contexts add ops of their own (a Switch): these are named below the op, whose name is a scope while it is made. */
static int run_context(TfgGraph *g, TfgOp *op, bool direct, TfgStatus *s)
{
    TfgOpContext *c = op->context;
    if (tfg_context_check_inputs(op, s) < 0)
        return -1;
    if (!c || !c->type->add_op)
        return 0;
    if (direct)
        return c->type->add_op(c, op, s);
    TfgThreadScope *t = tfg_thread_scope_make(g, s);
    if (!t)
        return -1;
    const char *saved = t->scope;
    size_t saved_n = t->n;
    t->scope = op->name;
    t->n = strlen(op->name);
    int rc = c->type->add_op(c, op, s);
    t->scope = saved;
    t->n = saved_n;
    return rc;
}

static int apply_scopes(TfgGraph *g, TfgOp *op, bool devices, TfgStatus *s)
{
    op->control_scope = tfg_control_scope(g);
    op->original = g->original;
    if (tfg_apply_attr_scopes(g, op, s) < 0 || (devices && tfg_apply_devices(g, op, s) < 0))
        return -1;
    return tfg_apply_colocation(g, op, s);
}

static int finish(Adding *a, TfgStatus *s)
{
    TfgGraph *g = a->g;
    if (g->hooks.op_created && g->hooks.op_created(a->op, s) < 0)
        return -1;
    if (a->spec->exact)
        return 0;
    return run_context(g, a->op, a->direct, s) < 0 ? -1 : apply_scopes(g, a->op, !a->spec->device, s);
}

/* An op goes where the variables go that it is given by reference: one colocation per such argument. */
static int enter_ref_colocations(Adding *a, int *n, TfgStatus *s)
{
    *n = 0;
    for (int i = 0; i < a->spec->def->n_in && i < a->spec->n_inputs && !a->direct && !a->spec->exact; i++) {
        if (!a->spec->def->in[i].is_ref)
            continue;
        if (tfg_graph_enter_colocation(a->g, a->spec->inputs[i].op, false, s) < 0)
            return -1;
        ++*n;
    }
    return 0;
}

/* ---- Taking back ---- */

/* A long name needs memory to be looked up; there may be none. */
static int64_t find_entry(TfgGraph *g, const TfgOp *op)
{
    int64_t i = tfg_names_entry(g, op->name, false, NULL);
    if (i < 0)
        for (i = (int64_t)g->names.n - 1; g->names.entries[i].op != op;)
            i--;
    return i;
}

/* What stays does not wait for what goes: a stack's push that a loop's counter was told to wait for. */
static void release_waiting(const TfgOp *gone, int32_t first)
{
    for (int32_t i = 0; i < gone->n_control_uses; i++) {
        TfgOp *user = gone->control_uses[i];
        int32_t kept = 0;
        for (int32_t k = 0; user->index < first && k < user->n_controls; k++)
            if (user->controls[k] != gone)
                user->controls[kept++] = user->controls[k];
        if (user->index < first)
            user->n_controls = kept;
    }
}

static void take_back_from(TfgGraph *g, int32_t first)
{
    for (int32_t i = g->n_ops; i-- > first;) {
        TfgOp *op = tfg_graph_op(g, i);
        unlink_op(op);
        release_waiting(op, first);
        int64_t entry = find_entry(g, op);
        tfg_name_table_unset_op(&g->names, entry, op, op->name);
        g->names.entries[entry].used = 0;
        for (int k = 0; k < op->attrs.n; k++)
            tfg_attr_drop_tensors(&op->attrs.items[k].value);
    }
    for (TfgOpContext *c = g->contexts; c; c = c->next_owned)
        tfg_context_forget(c, first);
    tfg_constants_forget(g, first);
    g->n_ops = first;
    g->version = first > 0 ? tfg_graph_op(g, first - 1)->id : 0;
}

/* ---- Together ---- */

#define FEW_ATTRS 12

static TfgOp *add(TfgGraph *g, const TfgOpSpec *spec, TfgStatus *s)
{
    TfgAttr few[FEW_ATTRS];
    Adding a = {.g = g, .spec = spec, .values = few, .take = {-1, -1, 0}, .direct = spec->direct || strcmp(spec->def->name, "Const") == 0};
    int32_t first = g->n_ops;
    int n_refs = 0, rc = -1;
    if (spec->def->n_attr > FEW_ATTRS && !(a.values = tfg_alloc((size_t)spec->def->n_attr * sizeof *a.values))) {
        tfg_fail_memory(s);
        return NULL;
    }
    memset(a.values, 0, (size_t)spec->def->n_attr * sizeof *a.values);
    if (check_inputs(&a, s) == 0 && (spec->exact || check_deprecation(g, spec->def, s) == 0) && enter_ref_colocations(&a, &n_refs, s) == 0 &&
        build(&a, s) == 0)
        rc = finish(&a, s);
    while (n_refs-- > 0)
        tfg_graph_leave_colocation(g);
    if (rc < 0) {
        if (g->n_ops > first)
            take_back_from(g, first);
        /* What Graph.create_op names itself stays taken, as in TensorFlow. */
        bool stays = (a.direct || (spec->name && !*spec->name)) && s->code != TFG_RESOURCE_EXHAUSTED;
        if (!stays)
            tfg_names_give_back(g, &a.take);
    }
    if (a.values != few)
        tfg_free(a.values);
    tfg_free(a.controls);
    return rc < 0 ? NULL : a.op;
}

TfgOp *tfg_graph_add_op(TfgGraph *g, const TfgOpSpec *spec, TfgStatus *s)
{
    TfgOp *op = NULL;
    tfg_graph_lock(g);
    if (tfg_graph_check_writable(g, s) == 0) {
        g->adding++;
        op = add(g, spec, s);
        if (--g->adding == 0)
            atomic_store_explicit(&g->n_published, g->n_ops, memory_order_release);
    }
    tfg_graph_unlock(g);
    return op;
}

int32_t tfg_graph_begin(TfgGraph *g)
{
    tfg_graph_lock(g);
    g->adding++;
    return g->n_ops;
}

void tfg_graph_end(TfgGraph *g, int32_t first, bool keep)
{
    if (!keep && g->n_ops > first)
        take_back_from(g, first);
    if (--g->adding == 0)
        atomic_store_explicit(&g->n_published, g->n_ops, memory_order_release);
    tfg_graph_unlock(g);
}

void tfg_graph_join_context(TfgGraph *g, TfgOp *op)
{
    tfg_graph_lock(g);
    op->context = g->context;
    tfg_graph_unlock(g);
}

int tfg_graph_adopt_op(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    TfgOp **controls = NULL;
    size_t n = 0, capacity = 0;
    int rc = -1;
    tfg_graph_lock(g);
    g->adding++;
    if (tfg_control_inputs(g, NULL, 0, &controls, &n, &capacity) < 0) {
        tfg_fail_memory(s);
        goto done;
    }
    if (tfg_op_add_controls(op, controls, (int)n, s) < 0)
        goto done;
    rc = run_context(g, op, true, s) < 0 ? -1 : apply_scopes(g, op, false, s);
done:
    if (--g->adding == 0)
        atomic_store_explicit(&g->n_published, g->n_ops, memory_order_release);
    tfg_graph_unlock(g);
    tfg_free(controls);
    return rc;
}

TfgOp *tfg_graph_make(TfgGraph *g, const char *type, const char *name, const TfgOutput *in, int n_in, const TfgNamedAttr *attrs,
                      int n_attrs, TfgStatus *s)
{
    const TfgOpDef *def = tfg_load_op_def(type, s);
    if (!def)
        return NULL;
    TfgOpSpec spec = {.def = def, .name = name, .inputs = in, .n_inputs = n_in, .attrs = attrs, .n_attrs = n_attrs};
    return tfg_graph_add_op(g, &spec, s);
}

TfgOutput tfg_graph_constant(TfgGraph *g, TfgTensor *value, const char *name, TfgStatus *s)
{
    TfgNamedAttr attrs[] = {{"value", TFG_A_TENSOR(value)}, {"dtype", TFG_A_TYPE(value->dtype)}};
    return (TfgOutput){tfg_graph_make(g, "Const", name, NULL, 0, attrs, 2, s), 0};
}
