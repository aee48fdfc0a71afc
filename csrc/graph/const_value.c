/* Values that can be known while the graph is built: constants, sizes of known shapes, and what stateless ops make of them. */
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/const_value.h"

static _Atomic(TfgEvaluateFn) evaluator;

void tfg_graph_set_evaluator(TfgEvaluateFn fn)
{
    atomic_store(&evaluator, fn);
}

bool tfg_op_is(const TfgOp *op, const char *type)
{
    return strcmp(op->def->name, type) == 0;
}

/* ---- Shape, ShapeN, Rank, Size of a shape that is known ---- */

static TfgTensor *make_ints(TfgDType dtype, int rank, const int64_t *values, int64_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgTensor *t = tfg_tensor_new(dtype, rank, &n, &s);
    tfg_status_fini(&s);
    for (int64_t i = 0; t && i < n; i++) {
        if (dtype == TFG_INT32)
            ((int32_t *)t->data)[i] = (int32_t)values[i];
        else
            ((int64_t *)t->data)[i] = values[i];
    }
    return t;
}

static bool fits(TfgDType dtype, const int64_t *values, int n)
{
    for (int i = 0; i < n; i++)
        if (dtype == TFG_INT32 && values[i] > INT32_MAX)
            return false;
    return dtype == TFG_INT32 || dtype == TFG_INT64;
}

static TfgTensor *size_value(TfgOutput o)
{
    bool many = tfg_op_is(o.op, "ShapeN");
    bool shape = many || tfg_op_is(o.op, "Shape"), rank = !shape && tfg_op_is(o.op, "Rank");
    if (!shape && !rank && !tfg_op_is(o.op, "Size"))
        return NULL;
    TfgShape in;
    TfgDType dtype = o.op->outputs[o.index].dtype;
    tfg_output_shape(o.op->inputs[many ? o.index : 0], &in);
    if (rank) {
        int64_t r = in.rank;
        return r >= 0 ? make_ints(dtype, 0, &r, 1) : NULL;
    }
    int64_t count = tfg_shape_count(&in);
    if (!tfg_shape_is_full(&in) || (!shape && count < 0))
        return NULL;
    if (shape)
        return fits(dtype, in.dims, in.rank) ? make_ints(dtype, 1, in.dims, in.rank) : NULL;
    return fits(dtype, &count, 1) ? make_ints(dtype, 0, &count, 1) : NULL;
}

/* ---- Subgraphs ---- */

typedef struct Frame { TfgOp *op; int next; } Frame;

typedef struct Search {
    TfgGraph *g;
    Frame *stack;
    size_t n, capacity;
    TfgIdMap values;            /* output key -> TfgTensor, counted */
    TfgIdMap seen;              /* ops on the stack or done */
    bool failed;
} Search;

#define MAX_SEARCH 20000

/* Control flow is left alone: what a Switch gives may be nothing, and a Merge may be part of a loop. */
static bool may_evaluate(const TfgOp *op)
{
    static const char *const never[] = {"Merge", "Switch", "Enter", "Exit", "NextIteration", "LoopCond", "PlaceholderWithDefault",
                                        "Placeholder", "PlaceholderV2"};
    if ((op->def->flags & TFG_OP_STATEFUL) || op->n_inputs == 0)
        return false;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (tfg_op_is(op, never[i]))
            return false;
    for (int i = 0; i < op->n_inputs; i++)
        if (tfg_dtype_is_ref(tfg_output_dtype(op->inputs[i])))
            return false;
    for (int i = 0; i < op->n_outputs; i++)
        if (tfg_dtype_is_ref(op->outputs[i].dtype))
            return false;
    return true;
}

static bool has_value(const Search *f, TfgOutput o)
{
    return tfg_idmap_get(&f->values, tfg_output_key(o), NULL);
}

static void keep_value(Search *f, TfgOutput o, TfgTensor *t)
{
    if (tfg_idmap_put(&f->values, tfg_output_key(o), (uint64_t)(uintptr_t)t) < 0) {
        tfg_tensor_unref(t);
        f->failed = true;
    }
}

/* A value that was computed before, or is there to be read. */
static TfgTensor *stored_value(const Search *f, TfgOutput o)
{
    uint64_t cached;
    const TfgTensor *t = tfg_output_constant(o);
    if (t)
        return tfg_tensor_ref((TfgTensor *)(uintptr_t)t);
    if (tfg_idmap_get(&f->g->constants, tfg_output_key(o), &cached))
        return tfg_tensor_ref((TfgTensor *)(uintptr_t)cached);
    return NULL;
}

static TfgTensor *known_value(const Search *f, TfgOutput o)
{
    TfgTensor *t = stored_value(f, o);
    return t ? t : size_value(o);
}

static void push(Search *f, TfgOutput o)
{
    bool cycle = tfg_idmap_get(&f->seen, (uint64_t)(uint32_t)o.op->index, NULL);
    if (cycle || f->seen.n > MAX_SEARCH || !may_evaluate(o.op) ||
        tfg_idmap_put(&f->seen, (uint64_t)(uint32_t)o.op->index, 1) < 0 ||
        tfg_grow((void **)&f->stack, &f->capacity, f->n + 1, sizeof *f->stack) < 0)
        f->failed = true;
    else
        f->stack[f->n++] = (Frame){o.op, 0};
}

static void want(Search *f, TfgOutput o)
{
    if (has_value(f, o))
        return;
    TfgTensor *t = known_value(f, o);
    if (t)
        keep_value(f, o, t);
    else
        push(f, o);
}

static void run(Search *f, const TfgOp *op, TfgEvaluateFn fn)
{
    size_t n_in = (size_t)op->n_inputs, n_out = (size_t)op->n_outputs;
    TfgTensor **all = tfg_calloc(n_in + n_out, sizeof *all);
    if (!all) {
        f->failed = true;
        return;
    }
    for (size_t i = 0; i < n_in; i++) {
        uint64_t v = 0;
        tfg_idmap_get(&f->values, tfg_output_key(op->inputs[i]), &v);
        all[i] = (TfgTensor *)(uintptr_t)v;
    }
    f->failed = fn(op, all, all + n_in) < 0;
    for (size_t i = 0; i < n_out; i++) {
        TfgTensor *t = all[n_in + i];
        if (t && !f->failed)
            keep_value(f, (TfgOutput){(TfgOp *)(uintptr_t)op, (int)i}, t);
        else
            tfg_tensor_unref(t);
    }
    tfg_free(all);
}

static void search(Search *f, TfgOutput o)
{
    TfgEvaluateFn fn = atomic_load(&evaluator);
    push(f, o);
    while (!f->failed && f->n > 0) {
        Frame *top = &f->stack[f->n - 1];
        if (!fn) {
            f->failed = true;
        } else if (top->next < top->op->n_inputs) {
            want(f, top->op->inputs[top->next++]);
        } else {
            TfgOp *op = top->op;
            f->n--;
            run(f, op, fn);
        }
    }
}

#define MAX_CACHED 1024         /* bytes */

static void cache(TfgGraph *g, TfgOutput o, TfgTensor *t)
{
    if (tfg_tensor_nbytes(t) > MAX_CACHED || tfg_output_constant(o) || tfg_idmap_get(&g->constants, tfg_output_key(o), NULL))
        return;
    if (tfg_idmap_put(&g->constants, tfg_output_key(o), (uint64_t)(uintptr_t)t) == 0)
        tfg_tensor_ref(t);
}

static TfgTensor *compute(TfgGraph *g, TfgOutput o)
{
    Search f = {.g = g};
    TfgTensor *result = NULL;
    uint64_t v = 0;
    search(&f, o);
    if (!f.failed && tfg_idmap_get(&f.values, tfg_output_key(o), &v)) {
        result = tfg_tensor_ref((TfgTensor *)(uintptr_t)v);
        cache(g, o, result);
    }
    for (size_t i = 0; tfg_idmap_next(&f.values, &i, NULL, &v);)
        tfg_tensor_unref((TfgTensor *)(uintptr_t)v);
    tfg_idmap_fini(&f.values);
    tfg_idmap_fini(&f.seen);
    tfg_free(f.stack);
    return result;
}

/* TensorFlow reads the size of a known shape behind other ops, but not where the Size (Shape, Rank) itself is what is asked for. */
TfgTensor *tfg_value_for_shapes(TfgGraph *g, TfgOutput o)
{
    TfgTensor *result = stored_value(&(Search){.g = g}, o);
    return result ? result : compute(g, o);
}

TfgTensor *tfg_graph_evaluate_constant(TfgGraph *g, TfgOutput o)
{
    tfg_graph_lock(g);
    TfgTensor *result = known_value(&(Search){.g = g}, o);
    if (!result)
        result = compute(g, o);
    tfg_graph_unlock(g);
    return result;
}

/* ---- tensor_util.constant_value ---- */

static bool is_one_of(const TfgOp *op, const char *const *types)
{
    for (; *types; types++)
        if (tfg_op_is(op, *types))
            return true;
    return false;
}

static bool has_known_size(TfgOutput o)
{
    TfgTensor *t = size_value(o);
    tfg_tensor_unref(t);
    return t != NULL;
}

static bool is_constant(TfgOutput o, int depth);

static bool are_constant(const TfgOp *op, int first, int n, int depth)
{
    for (int i = first; i < n; i++)
        if (!is_constant(op->inputs[i], depth))
            return false;
    return true;
}

static bool follow(TfgOutput o, int depth)
{
    static const char *const through[] = {"Range", "Cast", "Concat", "ConcatV2", "Equal", "NotEqual", NULL};
    TfgShape shape;
    if (tfg_output_constant(o) || has_known_size(o))
        return true;
    if (depth == 0)
        return false;
    if (tfg_op_is(o.op, "Pack"))
        return o.op->n_inputs > 0 && tfg_attrs_int(&o.op->attrs, "axis") == 0 && are_constant(o.op, 0, o.op->n_inputs, depth - 1);
    if (tfg_op_is(o.op, "Fill")) {
        tfg_output_shape(o, &shape);
        return tfg_shape_is_full(&shape) && are_constant(o.op, 1, 2, depth - 1);
    }
    return is_one_of(o.op, through) && are_constant(o.op, 0, o.op->n_inputs, depth - 1);
}

/* What was taken for a constant shapes the graph, so a session must not feed it anything else. */
static bool is_constant(TfgOutput o, int depth)
{
    bool result = follow(o, depth);
    if (result)
        o.op->outputs[o.index].unfeedable = true;
    return result;
}

/* A Fill whose result has a known shape, though its dims are not constant. */
static TfgTensor *filled(TfgGraph *g, TfgOutput o)
{
    TfgShape shape;
    TfgStatus s = TFG_STATUS_INIT;
    tfg_output_shape(o, &shape);
    TfgTensor *value = tfg_op_is(o.op, "Fill") && tfg_shape_is_full(&shape) ? tfg_graph_evaluate_constant(g, o.op->inputs[1]) : NULL;
    TfgTensor *t = value && value->count == 1 && tfg_dtype_is_plain(value->dtype) ?
        tfg_tensor_new(value->dtype, shape.rank, shape.dims, &s) : NULL;
    size_t size = value ? tfg_dtype_size(value->dtype) : 0;
    for (int64_t i = 0; t && i < t->count; i++)
        memcpy((char *)t->data + (size_t)i * size, value->data, size);
    tfg_tensor_unref(value);
    tfg_status_fini(&s);
    return t;
}

#define MAX_DEPTH 100

TfgTensor *tfg_graph_constant_value(TfgGraph *g, TfgOutput o)
{
    tfg_graph_lock(g);
    TfgTensor *t = NULL;
    if (is_constant(o, MAX_DEPTH)) {
        t = tfg_graph_evaluate_constant(g, o);
        if (!t)
            t = filled(g, o);
    }
    tfg_graph_unlock(g);
    return t;
}

void tfg_constants_forget(TfgGraph *g, int32_t first_index)
{
    uint64_t key, value;
    for (size_t i = 0; tfg_idmap_next(&g->constants, &i, &key, &value);)
        if ((int32_t)(key >> 32) >= first_index) {
            tfg_idmap_remove(&g->constants, key);
            tfg_tensor_unref((TfgTensor *)(uintptr_t)value);
            i = 0;              /* a removal moves others */
        }
}
