/* Changes of operations that exist: TensorFlow's private Operation._update_input, _set_attr and their like. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"

/* ---- Who uses what.  Lists double inside the arena. ---- */

static void *grow_in_arena(TfgArena *arena, const void *items, int32_t n, int32_t *capacity, size_t size)
{
    int32_t wanted = *capacity ? 2 * *capacity : 1;
    void *bigger = tfg_arena_alloc(arena, (size_t)wanted * size);
    if (!bigger)
        return NULL;
    if (n)
        memcpy(bigger, items, (size_t)n * size);
    *capacity = wanted;
    return bigger;
}

int tfg_use_add(TfgOutput o, TfgOp *op, int index)
{
    TfgOutputInfo *info = &o.op->outputs[o.index];
    if (info->n_uses == info->uses_capacity) {
        TfgUse *bigger = grow_in_arena(&o.op->graph->arena, info->uses, info->n_uses, &info->uses_capacity, sizeof *bigger);
        if (!bigger)
            return -1;
        info->uses = bigger;
    }
    info->uses[info->n_uses++] = (TfgUse){op, index};
    return 0;
}

void tfg_use_remove(TfgOutput o, TfgOp *op, int index)
{
    TfgOutputInfo *info = &o.op->outputs[o.index];
    for (int32_t i = info->n_uses; i-- > 0;)
        if (info->uses[i].op == op && info->uses[i].index == index) {
            memmove(&info->uses[i], &info->uses[i + 1], (size_t)(info->n_uses - i - 1) * sizeof *info->uses);
            info->n_uses--;
            return;
        }
}

int tfg_control_use_add(TfgOp *from, TfgOp *to)
{
    if (from->n_control_uses == from->control_uses_capacity) {
        TfgOp **bigger = grow_in_arena(&from->graph->arena, from->control_uses, from->n_control_uses, &from->control_uses_capacity,
                                       sizeof(TfgOp *));
        if (!bigger)
            return -1;
        from->control_uses = bigger;
    }
    from->control_uses[from->n_control_uses++] = to;
    return 0;
}

void tfg_control_use_remove(TfgOp *from, TfgOp *to)
{
    for (int32_t i = from->n_control_uses; i-- > 0;)
        if (from->control_uses[i] == to) {
            memmove(&from->control_uses[i], &from->control_uses[i + 1], (size_t)(from->n_control_uses - i - 1) * sizeof(TfgOp *));
            from->n_control_uses--;
            return;
        }
}

/* ---- Inputs ---- */

/* Whether argument `i` of the flattened inputs wants a reference. */
static bool wants_ref(const TfgOp *op, int i)
{
    for (int k = 0; k < op->def->n_in; k++) {
        i -= tfg_arg_count(&op->def->in[k], &op->attrs);
        if (i < 0)
            return op->def->in[k].is_ref;
    }
    return false;
}

static int fail_shapes(const TfgDims *to, const TfgDims *from, TfgStatus *s)
{
    TfgShape a, b;
    TfgStr text = TFG_STR_INIT;
    tfg_shape_from_dims(&a, to);
    tfg_shape_from_dims(&b, from);
    tfg_shape_format(&a, &text);
    tfg_str_puts(&text, " and ");
    tfg_shape_format(&b, &text);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Cannot update edge, incompatible shapes: %s.", tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int check_update(const TfgOp *op, int i, TfgOutput to, TfgStatus *s)
{
    if (to.op->graph != op->graph)
        return tfg_fail(s, TFG_VALUE_ERROR, "%s must be from the same graph as %s.", to.op->name, op->name);
    if (to.index < 0 || to.index >= to.op->n_outputs)
        return tfg_fail(s, TFG_OUT_OF_RANGE, "Cannot update edge. Output index [%d] is greater than the number of total outputs [%d].",
                        to.index, (int)to.op->n_outputs);
    if (i < 0 || i >= op->n_inputs)
        return tfg_fail(s, TFG_OUT_OF_RANGE, "Cannot update edge. Input index [%d] is greater than the number of total inputs [%d].",
                        i, (int)op->n_inputs);
    const TfgDims *now = op->inputs[i].op->outputs[op->inputs[i].index].shape, *then = to.op->outputs[to.index].shape;
    TfgShape a, b;
    tfg_shape_from_dims(&a, now);
    tfg_shape_from_dims(&b, then);
    if (!tfg_shape_compatible(&a, &b))
        return fail_shapes(then, now, s);
    TfgDType is = op->inputs[i].op->outputs[op->inputs[i].index].dtype, wanted = to.op->outputs[to.index].dtype;
    if (tfg_dtype_base(is) != tfg_dtype_base(wanted) || (wants_ref(op, i) && !tfg_dtype_is_ref(wanted)))
        return tfg_fail(s, TFG_TYPE_ERROR, "Input %d of node %s was passed %s from %s:%d incompatible with expected %s.", i, op->name,
                        tfg_dtype_signature_name(wanted), to.op->name, to.index, tfg_dtype_signature_name(is));
    return 0;
}

/* Arrays are replaced, never written to: a session that has run the op goes on with the old ones. */
static int replace_input(TfgOp *op, int i, TfgOutput to, TfgStatus *s)
{
    TfgOutput *inputs = tfg_arena_memdup(&op->graph->arena, op->inputs, (size_t)op->n_inputs * sizeof *inputs), before = op->inputs[i];
    if (!inputs || tfg_use_add(to, op, i) < 0)
        return tfg_fail_memory(s);
    inputs[i] = to;
    op->inputs = inputs;
    if (before.op == to.op && before.index == to.index)
        to.op->outputs[to.index].n_uses--;              /* the use just added */
    else
        tfg_use_remove(before, op, i);
    op->version++;
    return 0;
}

int tfg_op_update_input(TfgOp *op, int i, TfgOutput to, TfgStatus *s)
{
    TfgGraph *g = op->graph;
    tfg_graph_lock(g);
    int rc = check_update(op, i, to, s);
    if (rc == 0)
        rc = replace_input(op, i, to, s);
    tfg_graph_unlock(g);
    return rc;
}

int tfg_merge_close_loop(TfgOp *merge, int i, TfgOutput next, TfgStatus *s)
{
    tfg_graph_lock(merge->graph);
    int rc = replace_input(merge, i, next, s);
    tfg_graph_unlock(merge->graph);
    return rc;
}

void tfg_output_forget_shape(TfgOutput o)
{
    tfg_graph_lock(o.op->graph);
    o.op->outputs[o.index].shape = NULL;
    tfg_graph_unlock(o.op->graph);
}

/* ---- Control inputs ---- */

static bool has_control(const TfgOp *op, const TfgOp *control)
{
    for (int i = 0; i < op->n_controls; i++)
        if (op->controls[i] == control)
            return true;
    return false;
}

static int add_controls(TfgOp *op, TfgOp *const *controls, int n)
{
    TfgOp **all = tfg_arena_alloc(&op->graph->arena, (size_t)(op->n_controls + n) * sizeof(TfgOp *));
    if (!all)
        return -1;
    if (op->n_controls)
        memcpy(all, op->controls, (size_t)op->n_controls * sizeof(TfgOp *));
    op->controls = all;
    for (int i = 0; i < n; i++) {
        if (has_control(op, controls[i]))
            continue;
        if (tfg_control_use_add(controls[i], op) < 0)
            return -1;
        all[op->n_controls++] = controls[i];
    }
    return 0;
}

int tfg_op_add_controls(TfgOp *op, TfgOp *const *controls, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (controls[i]->graph != op->graph)
            return tfg_fail(s, TFG_VALUE_ERROR, "%s must be from the same graph as %s.", controls[i]->name, op->name);
    tfg_graph_lock(op->graph);
    int rc = n > 0 ? add_controls(op, controls, n) : 0;
    op->version++;
    tfg_graph_unlock(op->graph);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

int tfg_op_remove_controls(TfgOp *op, TfgStatus *s)
{
    (void)s;
    tfg_graph_lock(op->graph);
    for (int i = 0; i < op->n_controls; i++)
        tfg_control_use_remove(op->controls[i], op);
    op->n_controls = 0;
    op->controls = NULL;
    op->version++;
    tfg_graph_unlock(op->graph);
    return 0;
}

/* ---- Attributes ---- */

static int retire(TfgGraph *g, TfgTensor *t)
{
    if (!t)
        return 0;
    if (tfg_grow((void **)&g->retired, &g->retired_capacity, g->n_retired + 1, sizeof t) < 0)
        return -1;
    g->retired[g->n_retired++] = t;
    return 0;
}

static int retire_func(TfgGraph *g, const TfgFuncAttr *f)
{
    for (int i = 0; f && i < f->attrs.n; i++)
        if (tfg_retire_tensors(g, &f->attrs.items[i].value) < 0)
            return -1;
    return 0;
}

int tfg_retire_tensors(TfgGraph *g, TfgAttr *a)
{
    if (a->kind == TFG_ATTR_TENSOR && !a->is_list)
        return retire(g, a->tensor);
    if (a->kind == TFG_ATTR_FUNC && !a->is_list)
        return retire_func(g, a->func);
    for (int i = 0; a->is_list && i < a->n; i++) {
        int rc = a->kind == TFG_ATTR_TENSOR ? retire(g, a->list_tensor[i]) :
            a->kind == TFG_ATTR_FUNC ? retire_func(g, a->list_func[i]) : 0;
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int add_attr(TfgOp *op, const char *name, const TfgAttr *value, TfgStatus *s)
{
    TfgNamedAttr *items = tfg_arena_alloc(&op->graph->arena, (size_t)(op->attrs.n + 1) * sizeof *items);
    const char *kept = items ? tfg_graph_intern(op->graph, name, s) : NULL;
    if (!kept)
        return tfg_fail_memory(s);
    if (op->attrs.n)
        memcpy(items, op->attrs.items, (size_t)op->attrs.n * sizeof *items);
    items[op->attrs.n] = (TfgNamedAttr){kept, *value};
    op->attrs.items = items;
    op->attrs.n++;
    return 0;
}

int tfg_op_set_attr(TfgOp *op, const char *name, const TfgAttr *value, TfgStatus *s)
{
    TfgAttr copy;
    int rc = -1;
    tfg_graph_lock(op->graph);
    if (tfg_attr_copy(&copy, value, &op->graph->arena) < 0) {
        tfg_fail_memory(s);
        goto done;
    }
    const TfgAttr *there = tfg_attrs_find(&op->attrs, name);
    TfgNamedAttr *items = there ? tfg_arena_memdup(&op->graph->arena, op->attrs.items, (size_t)op->attrs.n * sizeof *items) : NULL;
    if (there && (!items || tfg_retire_tensors(op->graph, (TfgAttr *)(uintptr_t)there) < 0))
        tfg_fail_memory(s);
    else if (there || add_attr(op, name, &copy, s) == 0)
        rc = 0;
    if (rc < 0) {
        tfg_attr_drop_tensors(&copy);
        goto done;
    }
    if (there) {
        items[(const TfgNamedAttr *)(const void *)((const char *)there - offsetof(TfgNamedAttr, value)) - op->attrs.items].value = copy;
        op->attrs.items = items;
    }
    op->version++;
done:
    tfg_graph_unlock(op->graph);
    return rc;
}

int tfg_op_set_device_name(TfgOp *op, const char *device, TfgStatus *s)
{
    tfg_graph_lock(op->graph);
    const char *kept = tfg_graph_intern(op->graph, device ? device : "", s);
    if (kept) {
        op->device = kept;
        op->version++;
    }
    tfg_graph_unlock(op->graph);
    return kept ? 0 : -1;
}

void tfg_op_set_context(TfgOp *op, TfgOpContext *c)
{
    tfg_graph_lock(op->graph);
    op->context = c;
    tfg_graph_unlock(op->graph);
}

/* ---- Outputs ---- */

int tfg_output_set_shape(TfgOutput o, const TfgShape *shape, TfgStatus *s)
{
    TfgGraph *g = o.op->graph;
    TfgOutputInfo *info = &o.op->outputs[o.index];
    TfgShape now, merged;
    tfg_graph_lock(g);
    tfg_shape_from_dims(&now, info->shape);
    int rc = tfg_merge_shape(&now, shape, &merged, s);
    if (rc == 0 && !tfg_shape_equal(&merged, &now)) {
        const TfgDims *dims = tfg_dims_new(&g->arena, &merged);
        rc = dims ? 0 : tfg_fail_memory(s);
        if (dims)
            info->shape = dims;
    }
    tfg_graph_unlock(g);
    if (rc < 0 && s->code == TFG_INVALID_ARGUMENT)
        s->code = TFG_VALUE_ERROR;
    return rc;
}

static const TfgHandleInfo *copy_handle(TfgArena *arena, const TfgHandleInfo *info)
{
    TfgHandleInfo *copy = tfg_arena_alloc(arena, sizeof *copy);
    const TfgDims **shapes = tfg_arena_alloc(arena, (size_t)info->n * sizeof *shapes);
    TfgDType *dtypes = tfg_arena_memdup(arena, info->dtypes, (size_t)info->n * sizeof *dtypes);
    if (!copy || !shapes || !dtypes)
        return NULL;
    for (int i = 0; i < info->n; i++) {
        const TfgDims *d = info->shapes[i];
        if (d && !(shapes[i] = tfg_arena_memdup(arena, d, sizeof *d + (size_t)d->rank * sizeof d->dims[0])))
            return NULL;
    }
    *copy = (TfgHandleInfo){info->n, shapes, dtypes};
    return copy;
}

int tfg_output_set_handle(TfgOutput o, const TfgHandleInfo *info, TfgStatus *s)
{
    TfgGraph *g = o.op->graph;
    tfg_graph_lock(g);
    const TfgHandleInfo *copy = copy_handle(&g->arena, info);
    if (copy)
        o.op->outputs[o.index].handle = copy;
    tfg_graph_unlock(g);
    return copy ? 0 : tfg_fail_memory(s);
}
