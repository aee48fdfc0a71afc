/* Layouts: RunMetadata is 2 cost_graph, 3 partition_graphs.  CostGraphDef is 1 node { 1 name, 2 device, 3 id, 4 input_info {
 * 1 preceding_node, 2 preceding_port }, 5 output_info { 1 size, 2 alias_input_port, 3 shape, 4 dtype }, 7 is_final, 8 control_input,
 * 9 compute_cost in microseconds }. */
#include "runtime/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "io/attr_value.h"
#include "io/graph_def.h"
#include "io/wire.h"
#include "runtime/local.h"
#include "runtime/stats.h"

/* ---- what is needed ---- */

static const TfgNeededEnd *find_arg(const TfgNeeded *n, TfgOutput at)
{
    for (int i = 0; i < n->n_args; i++)
        if (n->args[i].at.op == at.op && n->args[i].at.index == at.index)
            return &n->args[i];
    return NULL;
}

static bool is_only_fed(const TfgNeeded *n, const TfgOp *op)
{
    return strncmp(op->def->name, "Placeholder", 11) == 0 && find_arg(n, (TfgOutput){(TfgOp *)op, 0});
}

static int need(TfgNeeded *n, const TfgOp *op, TfgStatus *s)
{
    uint64_t known;
    uint64_t key = (uint64_t)(uintptr_t)op;
    if (tfg_idmap_get(&n->number, key, &known))
        return 0;
    if (tfg_grow((void **)&n->ops, &n->capacity, n->n + 1, sizeof *n->ops) < 0 || tfg_idmap_put(&n->number, key, n->n + 1) < 0)
        return tfg_fail_memory(s);
    n->ops[n->n++] = op;
    return 0;
}

/* The list grows while it is walked. */
static int need_sources(TfgNeeded *n, TfgStatus *s)
{
    for (size_t i = 0; i < n->n; i++) {
        const TfgOp *op = n->ops[i];
        for (int32_t k = 0; k < op->n_inputs; k++)
            if (!find_arg(n, op->inputs[k]) && need(n, op->inputs[k].op, s) < 0)
                return -1;
        for (int32_t k = 0; k < op->n_controls; k++)
            if (!is_only_fed(n, op->controls[k]) && need(n, op->controls[k], s) < 0)
                return -1;
    }
    return 0;
}

static int by_index(const void *a, const void *b)
{
    const TfgOp *const *x = a, *const *y = b;
    return ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

static int by_name(const void *a, const void *b)
{
    const TfgNeededEnd *x = a, *y = b;
    int c = strcmp(x->at.op->name, y->at.op->name);
    return c ? c : (x->at.index > y->at.index) - (x->at.index < y->at.index);
}

/* Arguments and results are numbered in the order of their names. */
static TfgNeededEnd *make_ends(TfgNeeded *n, const char *kind, const TfgOutput *of, int count, TfgStatus *s)
{
    TfgNeededEnd *ends = tfg_arena_alloc(&n->arena, (size_t)count * sizeof *ends);
    TfgStr name = TFG_STR_INIT;
    if (!ends) {
        tfg_fail_memory(s);
        return NULL;
    }
    for (int i = 0; i < count; i++)
        ends[i].at = of[i];
    if (count > 1)
        qsort(ends, (size_t)count, sizeof *ends, by_name);
    for (int i = 0; i < count; i++) {
        tfg_str_clear(&name);
        tfg_str_printf(&name, "%s_%s_%d_%d", kind, ends[i].at.op->name, ends[i].at.index, i);
        ends[i].index = i;
        ends[i].name = name.failed ? NULL : tfg_arena_strdup(&n->arena, tfg_str_text(&name));
        if (!ends[i].name) {
            tfg_fail_memory(s);
            ends = NULL;
            break;
        }
    }
    tfg_str_fini(&name);
    return ends;
}

int tfg_needed_init(TfgNeeded *n, const TfgPlan *p, TfgStatus *s)
{
    *n = (TfgNeeded){.plan = p};
    tfg_arena_init(&n->arena);
    if (!(n->args = make_ends(n, "_arg", p->feeds, p->n_feeds, s)) || !(n->results = make_ends(n, "_retval", p->fetches, p->n_fetches, s)))
        return -1;
    n->n_args = p->n_feeds;
    n->n_results = p->n_fetches;
    for (int i = 0; i < p->n_fetches; i++)
        if (!find_arg(n, p->fetches[i]) && need(n, p->fetches[i].op, s) < 0)
            return -1;
    for (int i = 0; i < p->n_targets; i++)
        if (!is_only_fed(n, p->targets[i]) && need(n, p->targets[i], s) < 0)
            return -1;
    if (need_sources(n, s) < 0)
        return -1;
    if (n->n > 1)
        qsort(n->ops, n->n, sizeof *n->ops, by_index);
    for (size_t i = 0; i < n->n; i++)
        if (tfg_idmap_put(&n->number, (uint64_t)(uintptr_t)n->ops[i], i + 1) < 0)
            return tfg_fail_memory(s);
    return 0;
}

void tfg_needed_fini(TfgNeeded *n)
{
    tfg_free(n->ops);
    tfg_idmap_fini(&n->number);
    tfg_arena_fini(&n->arena);
}

int tfg_needed_device(const TfgNeeded *n, const TfgOp *op)
{
    int device = tfg_session_match_device(n->plan->session, op->device);
    return device < 0 ? 0 : device;
}

static void put_name(TfgOutput at, TfgStr *out)
{
    tfg_str_puts(out, at.op->name);
    if (at.index > 0)
        tfg_str_printf(out, ":%d", at.index);
}

void tfg_needed_input(const TfgNeeded *n, const TfgOp *op, int32_t k, TfgStr *out)
{
    const TfgNeededEnd *arg = find_arg(n, op->inputs[k]);
    if (arg)
        tfg_str_puts(out, arg->name);
    else
        put_name(op->inputs[k], out);
}

/* ---- the graph ---- */

static const char *device_name(const TfgNeeded *n, int device) { return n->plan->session->devices[device].name; }

static void put_input(TfgStr *out, const TfgStr *name) { tfg_put_bytes(out, 3, tfg_str_text(name), name->n); }

static int write_op(const TfgNeeded *n, const TfgOp *op, TfgStr *out, TfgStatus *s)
{
    TfgStr input = TFG_STR_INIT;
    size_t node = tfg_put_begin(out, 1, 200);
    tfg_put_text(out, 1, op->name);
    tfg_put_text(out, 2, op->def->name);
    for (int32_t k = 0; k < op->n_inputs; k++) {
        tfg_str_clear(&input);
        tfg_needed_input(n, op, k, &input);
        put_input(out, &input);
    }
    for (int32_t k = 0; k < op->n_controls; k++) {
        if (is_only_fed(n, op->controls[k]))
            continue;
        tfg_str_clear(&input);
        tfg_str_printf(&input, "^%s", op->controls[k]->name);
        put_input(out, &input);
    }
    bool failed = input.failed;
    tfg_str_fini(&input);
    tfg_put_text(out, 4, device_name(n, tfg_needed_device(n, op)));
    if (tfg_attrs_write(&op->attrs, NULL, 5, out, s) < 0)
        return -1;
    tfg_put_end(out, node);
    return failed ? tfg_fail_memory(s) : 0;
}

static void put_attr(TfgStr *out, const char *key, uint32_t field, int64_t value)
{
    size_t entry = tfg_put_begin(out, 5, 24);
    tfg_put_text(out, 1, key);
    size_t attr = tfg_put_begin(out, 2, 12);
    tfg_put_int(out, field, value);
    tfg_put_end(out, attr);
    tfg_put_end(out, entry);
}

static void write_end(const TfgNeeded *n, const TfgNeededEnd *e, bool is_arg, TfgStr *out)
{
    size_t node = tfg_put_begin(out, 1, 100);
    tfg_put_text(out, 1, e->name);
    tfg_put_text(out, 2, is_arg ? "_Arg" : "_Retval");
    if (!is_arg) {
        const TfgNeededEnd *arg = find_arg(n, e->at);
        TfgStr input = TFG_STR_INIT;
        if (arg)
            tfg_str_puts(&input, arg->name);
        else
            put_name(e->at, &input);
        put_input(out, &input);
        tfg_str_fini(&input);
    }
    tfg_put_text(out, 4, device_name(n, tfg_needed_device(n, e->at.op)));
    put_attr(out, "T", 6, (int64_t)tfg_dtype_base(e->at.op->outputs[e->at.index].dtype));
    put_attr(out, "index", 3, e->index);
    tfg_put_end(out, node);
}

int tfg_metadata_write_graph(const TfgNeeded *n, TfgStr *out, TfgStatus *s)
{
    size_t graph = tfg_put_begin(out, 3, 4096);
    for (int i = 0; i < n->n_args; i++)
        write_end(n, &n->args[i], true, out);
    for (size_t i = 0; i < n->n; i++)
        if (write_op(n, n->ops[i], out, s) < 0)
            return -1;
    for (int i = 0; i < n->n_results; i++)
        write_end(n, &n->results[i], false, out);
    size_t library = tfg_put_begin(out, 2, 0);
    if (tfg_function_library_write(n->plan->session->graph, out, s) < 0)
        return -1;
    tfg_put_end(out, library);
    size_t versions = tfg_put_begin(out, 4, 4);
    tfg_put_int(out, 1, TFG_GRAPH_DEF_PRODUCER);
    tfg_put_end(out, versions);
    tfg_put_end(out, graph);
    return out->failed ? tfg_fail_memory(s) : 0;
}

/* ---- its costs ---- */

enum { SOURCE, SINK, FIRST };   /* numbers of the nodes before all others */

static int64_t number_of(const TfgNeeded *n, TfgOutput at)
{
    uint64_t k = 0;
    const TfgNeededEnd *arg = find_arg(n, at);
    if (arg)
        return (int64_t)n->n + FIRST + arg->index;
    tfg_idmap_get(&n->number, (uint64_t)(uintptr_t)at.op, &k);
    return (int64_t)k - 1 + FIRST;
}

static size_t begin_node(const char *name, const char *device, int64_t id, TfgStr *out)
{
    size_t node = tfg_put_begin(out, 1, 100);
    tfg_put_text(out, 1, name);
    tfg_put_text_unless_empty(out, 2, device);
    tfg_put_int_unless_zero(out, 3, id);
    return node;
}

static void put_input_info(const TfgNeeded *n, TfgOutput at, TfgStr *out)
{
    bool fed = find_arg(n, at) != NULL;
    size_t info = tfg_put_begin(out, 4, 10);
    tfg_put_int(out, 1, number_of(n, at));
    tfg_put_int_unless_zero(out, 2, fed ? 0 : at.index);
    tfg_put_end(out, info);
}

static void put_shape(TfgStr *out, int32_t rank, const int64_t *dims)
{
    size_t shape = tfg_put_begin(out, 3, 24);
    for (int32_t d = 0; d < rank; d++) {
        size_t dim = tfg_put_begin(out, 2, 12);
        tfg_put_int(out, 1, dims[d]);
        tfg_put_end(out, dim);
    }
    tfg_put_end(out, shape);
}

/* The input whose memory an output shares, or -1. */
static int64_t alias_of(const struct TfgStepStats *stats, const TfgOp *op, const TfgOutputStats *o)
{
    for (int32_t k = 0; k < op->n_inputs; k++) {
        const TfgOutputStats *in = tfg_stats_output(stats, op->inputs[k].op, op->inputs[k].index);
        if (in && in->data == o->data && o->bytes)
            return k;
    }
    return -1;
}

/* Elements of a shape of which all is known, or -1. */
static int64_t known_count(const TfgDims *shape)
{
    int64_t count = 1;
    for (int32_t d = 0; shape && d < shape->rank; d++)
        if (shape->dims[d] < 0 || __builtin_mul_overflow(count, shape->dims[d], &count))
            return -1;
    return shape && count < ((int64_t)1 << 56) ? count : -1;
}

static void put_output_info(const struct TfgStepStats *stats, const TfgOp *op, int32_t index, TfgStr *out)
{
    const TfgOutputStats *o = tfg_stats_output(stats, op, index);
    const TfgDims *known = op->outputs[index].shape;
    TfgDType dtype = op->outputs[index].dtype;
    int64_t size = -1, alias = -1;
    size_t info = tfg_put_begin(out, 5, 40);
    if (o) {
        size = o->bytes;
        alias = alias_of(stats, op, o);
    } else if (known_count(known) >= 0) {
        size = (int64_t)tfg_tensor_size(tfg_dtype_base(dtype), known_count(known));
    }
    tfg_put_int(out, 1, size);
    tfg_put_int(out, 2, alias);
    if (o)
        put_shape(out, o->rank, o->dims);
    else if (size >= 0)
        put_shape(out, known->rank, known->dims);
    if (size >= 0)
        tfg_put_int(out, 4, (int64_t)dtype);
    tfg_put_end(out, info);
}

static void write_cost(const TfgNeeded *n, size_t i, const struct TfgStepStats *stats, TfgStr *out)
{
    const TfgOp *op = n->ops[i];
    int64_t spent = tfg_stats_spent(stats, op) / 1000;
    bool waits = op->n_inputs > 0;
    size_t node = begin_node(op->name, device_name(n, tfg_needed_device(n, op)), (int64_t)i + FIRST, out);
    for (int32_t k = 0; k < op->n_inputs; k++)
        put_input_info(n, op->inputs[k], out);
    for (int32_t k = 0; k < op->n_outputs; k++)
        put_output_info(stats, op, k, out);
    for (int32_t k = 0; k < op->n_controls; k++) {
        if (is_only_fed(n, op->controls[k]))
            continue;
        tfg_put_int(out, 8, number_of(n, (TfgOutput){op->controls[k], -1}));
        waits = true;
    }
    if (!waits)
        tfg_put_int(out, 8, SOURCE);
    tfg_put_int(out, 9, spent > 0 ? spent : 1);
    tfg_put_end(out, node);
}

static void write_end_cost(const TfgNeeded *n, const TfgNeededEnd *e, bool is_arg, TfgStr *out)
{
    int64_t id = (int64_t)n->n + FIRST + e->index + (is_arg ? 0 : n->n_args);
    size_t node = begin_node(e->name, device_name(n, tfg_needed_device(n, e->at.op)), id, out);
    if (is_arg) {
        size_t info = tfg_put_begin(out, 5, 20);
        tfg_put_int(out, 2, -1);
        tfg_put_int(out, 4, (int64_t)tfg_dtype_base(e->at.op->outputs[e->at.index].dtype));
        tfg_put_end(out, info);
        tfg_put_int(out, 8, SOURCE);
        tfg_put_int(out, 9, 1);
    } else {
        put_input_info(n, e->at, out);
    }
    tfg_put_end(out, node);
}

void tfg_metadata_write_costs(const TfgNeeded *n, const struct TfgStepStats *stats, TfgStr *out)
{
    size_t graph = tfg_put_begin(out, 2, 4096);
    size_t source = begin_node("_SOURCE", "", SOURCE, out);
    tfg_put_int(out, 9, 1);
    tfg_put_end(out, source);
    size_t sink = begin_node("_SINK", "", SINK, out);
    tfg_put_int(out, 8, SOURCE);
    for (int i = 0; i < n->n_results; i++)
        tfg_put_int(out, 8, (int64_t)n->n + FIRST + n->n_args + i);
    tfg_put_end(out, sink);
    for (size_t i = 0; i < n->n; i++)
        write_cost(n, i, stats, out);
    for (int i = 0; i < n->n_args; i++)
        write_end_cost(n, &n->args[i], true, out);
    for (int i = 0; i < n->n_results; i++)
        write_end_cost(n, &n->results[i], false, out);
    tfg_put_end(out, graph);
}
