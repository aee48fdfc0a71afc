/* Life of a graph, its lock, its array of nodes and the getters. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/graph_internal.h"
#include "graph/names.h"

/* ---- Life ---- */

static int init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t a;
    if (pthread_mutexattr_init(&a) != 0)
        return -1;
    int rc = pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE) || pthread_mutex_init(lock, &a) ? -1 : 0;
    pthread_mutexattr_destroy(&a);
    return rc;
}

TfgGraph *tfg_graph_new(TfgStatus *s)
{
    if (tfg_init(s) < 0)
        return NULL;
    TfgGraph *g = tfg_calloc(1, sizeof *g);
    if (!g || init_lock(&g->lock) < 0) {
        tfg_free(g);
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&g->refs, 1);
    tfg_arena_init(&g->arena);
    g->container = "";
    g->producer = TFG_GRAPH_DEF_PRODUCER;
    g->min_consumer = TFG_GRAPH_DEF_MIN_CONSUMER;
    return g;
}

TfgGraph *tfg_graph_ref(TfgGraph *g)
{
    atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
    return g;
}

static void drop_ops(TfgGraph *g)
{
    for (int32_t i = 0; i < g->n_ops; i++) {
        TfgOp *op = tfg_graph_op(g, i);
        for (int k = 0; k < op->attrs.n; k++)
            tfg_attr_drop_tensors(&op->attrs.items[k].value);
    }
    for (size_t k = 0; k < TFG_NODE_CHUNKS; k++)
        tfg_free(g->chunks[k]);
}

static void drop_scopes(TfgGraph *g)
{
    while (g->n_devices > 0)
        tfg_graph_leave_device(g);
    tfg_free(g->devices);
    tfg_free(g->controls);
    tfg_free(g->colocations);
    tfg_free(g->attr_scope.items);
    tfg_free(g->attr_entries);
    tfg_label_map_fini(&g->gradients);
    tfg_label_map_fini(&g->kernels);
}

static void drop_values(TfgGraph *g)
{
    for (size_t i = 0; i < g->n_retired; i++)
        tfg_tensor_unref(g->retired[i]);
    tfg_free(g->retired);
    uint64_t value;
    for (size_t i = 0; tfg_idmap_next(&g->constants, &i, NULL, &value);)
        tfg_tensor_unref((TfgTensor *)(uintptr_t)value);
    tfg_idmap_fini(&g->constants);
}

static void free_graph(TfgGraph *g)
{
    for (TfgOpContext *c = g->contexts, *next; c; c = next) {
        next = c->next_owned;
        tfg_context_free(c);
    }
    drop_ops(g);
    drop_scopes(g);
    drop_values(g);
    tfg_name_table_fini(&g->names);
    tfg_map_fini(&g->strings);
    tfg_map_fini(&g->functions_by_name);
    tfg_free(g->functions);
    tfg_arena_fini(&g->arena);
    pthread_mutex_destroy(&g->lock);
    tfg_graph_unref(g->outer);
    tfg_free(g);
}

void tfg_graph_unref(TfgGraph *g)
{
    if (g && atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) == 1)
        free_graph(g);
}

void tfg_graph_set_hooks(TfgGraph *g, const TfgGraphHooks *hooks)
{
    g->hooks = hooks ? *hooks : (TfgGraphHooks){.capture_stack = NULL};
}

void tfg_graph_set_binding(TfgGraph *g, void *binding) { g->binding = binding; }
void *tfg_graph_binding(const TfgGraph *g) { return g->binding; }
void tfg_graph_lock(TfgGraph *g) { pthread_mutex_lock(&g->lock); }
bool tfg_graph_trylock(TfgGraph *g) { return pthread_mutex_trylock(&g->lock) == 0; }
void tfg_graph_unlock(TfgGraph *g) { pthread_mutex_unlock(&g->lock); }
void tfg_graph_after_fork(TfgGraph *g) { init_lock(&g->lock); }
TfgArena *tfg_graph_arena(TfgGraph *g) { return &g->arena; }
TfgGraph *tfg_graph_outer(const TfgGraph *g) { return g->outer; }

void tfg_graph_set_outer(TfgGraph *g, TfgGraph *outer)
{
    TfgGraph *before = g->outer;
    g->outer = outer ? tfg_graph_ref(outer) : NULL;
    tfg_graph_unref(before);
}

/* One copy of each text, for as long as the graph lives. */
const char *tfg_graph_intern(TfgGraph *g, const char *text, TfgStatus *s)
{
    size_t n = strlen(text);
    if (n == 0)
        return "";
    const char *kept = tfg_map_find(&g->strings, text, n);
    if (kept)
        return kept;
    kept = tfg_arena_strndup(&g->arena, text, n);
    if (!kept || tfg_map_put(&g->strings, kept, n, (void *)(uintptr_t)kept) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    return kept;
}

/* ---- Nodes ---- */

static TfgOp **place(const TfgGraph *g, int32_t i)
{
    uint32_t shifted = ((uint32_t)i >> TFG_NODE_CHUNK_BITS) + 1;
    int k = 31 - __builtin_clz(shifted);
    return &g->chunks[k][(uint32_t)i - (((1u << k) - 1) << TFG_NODE_CHUNK_BITS)];
}

int tfg_graph_reserve_node(TfgGraph *g, TfgStatus *s)
{
    if (g->n_ops == INT32_MAX)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "A graph cannot have more operations");
    uint32_t shifted = ((uint32_t)g->n_ops >> TFG_NODE_CHUNK_BITS) + 1;
    int k = 31 - __builtin_clz(shifted);
    if (!g->chunks[k] && !(g->chunks[k] = tfg_alloc(((size_t)1 << (k + TFG_NODE_CHUNK_BITS)) * sizeof(TfgOp *))))
        return tfg_fail_memory(s);
    return 0;
}

void tfg_graph_put_node(TfgGraph *g, TfgOp *op)
{
    op->index = g->n_ops;
    *place(g, g->n_ops) = op;
    g->n_ops++;
}

int32_t tfg_graph_n_ops(const TfgGraph *g)
{
    return atomic_load_explicit(&g->n_published, memory_order_acquire);
}

TfgOp *tfg_graph_op(const TfgGraph *g, int32_t i) { return *place(g, i); }
int32_t tfg_graph_producer(const TfgGraph *g) { return g->producer; }

/* Readers older than 12 know no functions. */
int32_t tfg_graph_min_consumer(const TfgGraph *g)
{
    int32_t functions = tfg_graph_n_functions(g) > 0 ? 12 : TFG_GRAPH_DEF_MIN_CONSUMER;
    return g->min_consumer > functions ? g->min_consumer : functions;
}

void tfg_graph_set_versions(TfgGraph *g, int32_t producer, int32_t min_consumer)
{
    tfg_graph_lock(g);
    g->producer = producer;
    g->min_consumer = min_consumer;
    tfg_graph_unlock(g);
}

int32_t tfg_graph_version(const TfgGraph *g) { return g->version; }

int tfg_graph_check_writable(const TfgGraph *g, TfgStatus *s)
{
    return g->finalized ? tfg_fail(s, TFG_RUNTIME_ERROR, "Graph is finalized and cannot be modified.") : 0;
}

int64_t tfg_graph_next_id(TfgGraph *g)
{
    tfg_graph_lock(g);
    int64_t id = ++g->next_id;
    tfg_graph_unlock(g);
    return id;
}

int64_t tfg_graph_seed_taken(TfgGraph *g)
{
    tfg_graph_lock(g);
    int64_t id = g->next_id;
    tfg_graph_unlock(g);
    return id;
}

void tfg_graph_finalize(TfgGraph *g, bool finalized)
{
    tfg_graph_lock(g);
    g->finalized = finalized;
    tfg_graph_unlock(g);
}

bool tfg_graph_is_finalized(const TfgGraph *g) { return g->finalized; }

TfgOp *tfg_graph_find_op(const TfgGraph *g, const char *name)
{
    TfgGraph *locked = (TfgGraph *)(uintptr_t)g;
    tfg_graph_lock(locked);
    TfgOp *op = tfg_name_table_op(&g->names, tfg_names_entry(locked, name, false, NULL), name);
    tfg_graph_unlock(locked);
    return op;
}

/* ---- Operations ---- */

const char *tfg_op_name(const TfgOp *op) { return op->name; }
const char *tfg_op_type(const TfgOp *op) { return op->def->name; }
int tfg_op_n_inputs(const TfgOp *op) { return op->n_inputs; }
TfgOutput tfg_op_input(const TfgOp *op, int i) { return op->inputs[i]; }
int tfg_op_n_outputs(const TfgOp *op) { return op->n_outputs; }
TfgDType tfg_output_dtype(TfgOutput o) { return o.op->outputs[o.index].dtype; }
void tfg_output_shape(TfgOutput o, TfgShape *shape) { tfg_shape_from_dims(shape, o.op->outputs[o.index].shape); }

void tfg_output_format(TfgOutput o, TfgStr *out)
{
    tfg_str_printf(out, "%s:%d", o.op->name, o.index);
}

const TfgTensor *tfg_output_constant(TfgOutput o)
{
    if (strcmp(o.op->def->name, "Const") != 0)
        return NULL;
    const TfgAttr *v = tfg_attrs_find(&o.op->attrs, "value");
    return v && v->kind == TFG_ATTR_TENSOR && !v->is_list ? v->tensor : NULL;
}
